"""The same queries at growing sizes of the corpus."""

from collections.abc import Mapping
from pathlib import Path

from index.engine import Engine, Snapshot
from index.engines import open_engine
from index.sync import sync
from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.figures import Times
from tests.bench.peers import Peer, opener
from tests.bench.peers.backmatter import BackmatterPeer
from tests.bench.queries import Query, draw
from tests.bench.race import race
from tests.bench.tables import figure, ratio, table

SIZES = (1_000, 4_000, 14_000)
# A corpus of about a size counts as that size; the whole of it always comes last.
NEARLY = 0.9
# By size, way, kind of query and engine.
Grown = dict[int, dict[str, dict[str, dict[str, Times]]]]


def measure(bench: Bench) -> Figures:
    """Ask what is drawn from the smallest corpus of all of them; the smaller are part of the larger."""
    files = len(corpus.articles_in(bench.content))
    sizes = [*(size for size in SIZES if size < files * NEARLY), files]
    drawn: dict[str, list[Query]] = {}
    grown: Grown = {}
    for size in sizes:
        engine = _part(bench, size) if size < files else bench.engine
        peers, articles = _peers(bench, engine.snapshot(), bench.folder / f"growth-tantivy-{size}")
        drawn = drawn or draw(articles, bench.seed, bench.count)
        grown[size] = race(peers, drawn)
    return Figures(_tables(grown), {str(size): raced for size, raced in grown.items()})


def _part(bench: Bench, size: int) -> Engine:
    folder = bench.folder / f"growth-{size}"
    content = corpus.subset(bench.content, folder / "content", size, bench.seed)
    settings = corpus.settings_for(content, folder / "index")
    engine = open_engine(settings)
    sync(engine, settings)
    return engine


def _peers(bench: Bench, snapshot: Snapshot, folder: Path) -> tuple[list[Peer], list[corpus.Article]]:
    held = snapshot.holdings()
    articles = [article for article in bench.articles if article.path in held]
    others = [opener("tantivy")(folder, articles)] if "tantivy" in bench.peers else []
    return [BackmatterPeer(snapshot), *others], articles


def _tables(grown: Grown) -> str:
    ways = next(iter(grown.values()))
    return "\n\n".join(f"**{way}**: median in ms by number of files\n\n{_table(grown, way)}" for way in ways)


def _table(grown: Grown, way: str) -> str:
    sizes = list(grown)
    engines = list(next(iter(grown[sizes[0]][way].values())))
    head = ["query", *(f"{name}, {size:,}" for name in engines for size in sizes), *(f"{e}: growth" for e in engines)]
    rows = [[kind, *_row({size: grown[size][way][kind] for size in sizes}, engines)] for kind in grown[sizes[0]][way]]
    return table(head, rows)


def _row(by_size: Mapping[int, Mapping[str, Times]], engines: list[str]) -> list[str]:
    sizes = list(by_size)
    medians = [figure(by_size[size][name].median) for name in engines for size in sizes]
    return medians + [ratio(by_size[sizes[-1]][e].median, by_size[sizes[0]][e].median) for e in engines]
