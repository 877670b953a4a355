"""The same queries at growing sizes of the corpus."""

from collections.abc import Mapping

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Engine, Snapshot
from backmatter.index.sync.sync import sync
from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.figures import Times
from tests.bench.peers import Peer, opener
from tests.bench.peers.backmatter import BackmatterPeer
from tests.bench.queries import draw
from tests.bench.race import Raced, race
from tests.bench.tables import figure, ratio, table

SIZES = (1_000, 4_000, 14_000)
# A corpus of about a size counts as that size; the whole of it always comes last.
NEARLY = 0.9


def measure(bench: Bench) -> Figures:
    """Ask what is drawn from the smallest part of all parts in turn; the smaller are within the larger."""
    files = len(corpus.articles_in(bench.content))
    sizes = [*(size for size in SIZES if size < files * NEARLY), files]
    parts = {size: (_part(bench, size) if size < files else bench.engine).snapshot() for size in sizes}
    articles = {size: _articles(bench, snapshot) for size, snapshot in parts.items()}
    peers: list[Peer] = [_named(BackmatterPeer(snapshot), size) for size, snapshot in parts.items()]
    if "tantivy" in bench.peers:
        peers += [_named(opener("tantivy")(bench.folder / f"tantivy-{size}", articles[size]), size) for size in sizes]
    raced = race(peers, draw(articles[sizes[0]], bench.seed, bench.count))
    return Figures(_tables(raced, len(sizes)), raced)


def _part(bench: Bench, size: int) -> Engine:
    folder = bench.folder / f"growth-{size}"
    content = corpus.subset(bench.content, folder / "content", size, bench.seed)
    settings = corpus.settings_for(content, folder / "index")
    engine = open_engine(settings)
    sync(engine, settings)
    return engine


def _articles(bench: Bench, snapshot: Snapshot) -> list[corpus.Article]:
    held = snapshot.holdings()
    return [article for article in bench.articles if article.path in held]


def _named(peer: Peer, size: int) -> Peer:
    peer.name = f"{peer.name}, {size:,}"
    return peer


def _tables(raced: Raced, sizes: int) -> str:
    return "\n\n".join(
        f"**{way}**: median in ms by number of files\n\n{_table(kinds, sizes)}" for way, kinds in raced.items()
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
