"""What the size of a journal changes: queries, memory, building, and bringing up to date.

Where more files are asked for than there are, the others repeat them with changed words; see `corpus.enlarged`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.change import Taken, processor, ways
from tests.bench.figures import Times
from tests.bench.http import worker_memory
from tests.bench.peers import Peer, opener
from tests.bench.peers.backmatter import BackmatterPeer
from tests.bench.process import Run, size
from tests.bench.queries import Query, draw
from tests.bench.race import Raced, race
from tests.bench.tables import figure, ratio, table

SIZES = (1_000, 4_000, 14_000)
# A corpus of about a size counts as that size; the whole of it always comes last.
NEARLY = 0.9
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What a journal of one size costs: bytes, but for the times of building and changes."""

    build: Run
    index: int
    text: int
    resident: int
    own: int
    changes: Mapping[str, Taken]


def measure(bench: Bench) -> Figures:
    """Ask what is drawn from the smallest part of all parts in turn; the smaller are within the larger."""
    parts = {size: _part(bench, size) for size in _sizes(bench)}
    engines = _peers(parts, "tantivy" in bench.peers)
    drawn = draw(next(iter(parts.values())).articles, bench.seed, bench.count)
    raced = race(engines, drawn)
    costs = {size: _cost(part, drawn) for size, part in parts.items()}
    text = f"{_tables(raced, len(parts))}\n\n{_costs(costs)}"
    return Figures(text, {"queries": raced, "costs": costs})


def _sizes(bench: Bench) -> Sequence[int]:
    files = len(corpus.articles_in(bench.content))
    return bench.sizes or [*(size for size in SIZES if size < files * NEARLY), files]


def _part(bench: Bench, size: int) -> Bench:
    folder = bench.folder / f"growth-{size}"
    chosen = corpus.subset if size <= len(corpus.articles_in(bench.content)) else corpus.enlarged
    tree = chosen(bench.content, folder / "tree", size, bench.seed)
    return replace(bench, folder=folder, trees=(tree,))


def _peers(parts: Mapping[int, Bench], tantivy: bool) -> list[Peer]:
    peers: list[Peer] = [_named(BackmatterPeer(part.engine.snapshot()), size) for size, part in parts.items()]
    if tantivy:
        peers += [_named(opener("tantivy")(p.folder / "tantivy", p.articles), size) for size, p in parts.items()]
    return peers


def _named(peer: Peer, size: int) -> Peer:
    peer.name = f"{peer.name}, {size:,}"
    return peer


def _cost(bench: Bench, drawn: Mapping[str, Sequence[Query]]) -> Cost:
    index, text = size(bench.settings.index), corpus.text_size(bench.articles)
    resident, own = worker_memory(bench, [query.text for kind in drawn.values() for query in kind])
    return Cost(bench.build, index, text, resident, own, ways(bench))


def _tables(raced: Raced, sizes: int) -> str:
    return "\n\n".join(
        f"**{way}**: median in ms of the processor by number of files\n\n{_table(kinds, sizes)}"
        for way, kinds in raced.items()
    )


def _table(kinds: Mapping[str, Mapping[str, Times]], sizes: int) -> str:
    names = list(next(iter(kinds.values())))
    engines = [names[i : i + sizes] for i in range(0, len(names), sizes)]
    head = ["query", *names, *(f"{engine[-1]} : {engine[0]}" for engine in engines)]
    rows = [
        [
            kind,
            *(figure(times[name].median) for name in names),
            *(ratio(times[engine[-1]].median, times[engine[0]].median) for engine in engines),
        ]
        for kind, times in kinds.items()
    ]
    return table(head, rows)


def _costs(costs: Mapping[int, Cost]) -> str:
    """Lay out a row for each cost, a column for each size."""
    by_row = {
        "build, s": [figure(cost.build.seconds) for cost in costs.values()],
        "build, s of the processor": [figure(cost.build.processor) for cost in costs.values()],
        "build, peak memory, MB": [figure(cost.build.peak / MEGA) for cost in costs.values()],
        "index : text": [ratio(cost.index, cost.text) for cost in costs.values()],
        "worker, resident MB": [figure(cost.resident / MEGA) for cost in costs.values()],
        "of that not mapped from files, MB": [figure(cost.own / MEGA) for cost in costs.values()],
    }
    for way in next(iter(costs.values())).changes:
        taken = [cost.changes[way] for cost in costs.values()]
        by_row[f"{way}, ms (of the processor)"] = [
            f"{figure(median(each.clock) * 1000)} ({processor(each)})" for each in taken
        ]
    return table(["journal", *(f"{size:,} files" for size in costs)], [[name, *row] for name, row in by_row.items()])
