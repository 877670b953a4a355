"""What the size of a journal changes: queries, memory, building, and bringing up to date.

Where more files are asked for than there are, the others repeat them with changed words; see `corpus.enlarged`. Queries
are drawn from the articles of the smallest size; those of the others are never in memory together.
"""

from collections.abc import Iterator, Mapping, Sequence
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
from tests.bench.race import race
from tests.bench.tables import figure, ratio, table

SIZES = (1_000, 4_000, 14_000)
# A corpus of about a size counts as that size; the whole of it always comes last.
NEARLY = 0.9
MEGA = 1_000_000
OWN = "Backmatter"


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
    drawn = draw(next(iter(parts.values())).articles, bench.seed, bench.count)
    # Plain Whoosh is left out: it needs seconds for a query of a large journal.
    engines = [OWN, *(name for name in bench.peers if name != "whoosh")]
    raced = race(dict(_peers(engines, parts)), drawn)
    costs = {size: _cost(part, drawn) for size, part in parts.items()}
    tables = [_tables(way, kinds, engines, list(parts)) for way, kinds in raced.items()]
    return Figures("\n\n".join([*tables, _costs(costs)]), {"queries": raced, "costs": costs})


def _sizes(bench: Bench) -> Sequence[int]:
    files = len(corpus.articles_in(bench.content))
    return bench.sizes or [*(size for size in SIZES if size < files * NEARLY), files]


def _part(bench: Bench, size: int) -> Bench:
    folder = bench.folder / f"growth-{size}"
    chosen = corpus.subset if size <= len(corpus.articles_in(bench.content)) else corpus.enlarged
    tree = chosen(bench.content, folder / "tree", size, bench.seed)
    return replace(bench, folder=folder, trees=(tree,))


def _peers(engines: Sequence[str], parts: Mapping[int, Bench]) -> Iterator[tuple[str, Peer]]:
    for engine in engines:
        for files, part in parts.items():
            snapshot = part.engine.snapshot()
            articles = map(corpus.article, snapshot.posts())
            peer = BackmatterPeer(snapshot) if engine == OWN else opener(engine)(part.folder / engine, articles)
            yield _name(engine, files), peer


def _name(engine: str, files: int) -> str:
    return f"{engine}, {files:,}"


def _cost(bench: Bench, drawn: Mapping[str, Sequence[Query]]) -> Cost:
    index, text = size(bench.settings.index), corpus.text_size(map(corpus.article, bench.engine.snapshot().posts()))
    resident, own = worker_memory(bench, [query.text for kind in drawn.values() for query in kind])
    return Cost(bench.build, index, text, resident, own, ways(bench))


def _tables(way: str, kinds: Mapping[str, Mapping[str, Times]], engines: Sequence[str], sizes: Sequence[int]) -> str:
    """Lay out Backmatter's medians and how much those of all grow, and below how Backmatter's stand to the others."""
    names = [_name(OWN, size) for size in sizes]
    grown = [(_name(engine, sizes[-1]), _name(engine, sizes[0])) for engine in engines]
    beside = [(_name(OWN, size), _name(engine, size)) for engine in engines[1:] for size in sizes]
    head = ["query", *names, *(f"{large} : {small.rpartition(', ')[2]}" for large, small in grown)]
    own = [[kind, *(figure(t[name].median) for name in names), *_ratios(t, grown)] for kind, t in kinds.items()]
    others = [[kind, *_ratios(t, beside)] for kind, t in kinds.items()]
    return (
        f"**{way}**: median in ms of the processor by number of files\n\n{table(head, own)}\n\n"
        f"{table([f'{OWN} :', *(other for _, other in beside)], others)}"
    )


def _ratios(times: Mapping[str, Times], pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [ratio(times[one].median, times[other].median) for one, other in pairs]


def _costs(costs: Mapping[int, Cost]) -> str:
    """Lay out a row for each cost, a column for each size."""
    by_row = {
        "build, s": [figure(cost.build.seconds) for cost in costs.values()],
        "build, s of the processor": [figure(cost.build.processor) for cost in costs.values()],
        "build, peak memory of all processes, MB": [figure(cost.build.peak / MEGA) for cost in costs.values()],
        "index, MB": [figure(cost.index / MEGA) for cost in costs.values()],
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
