"""The engine on a cluster of one node, beside the embedded one: build, queries, one changed post, and what each costs.

    python -m tests.bench.distributed FOLDER ...

Every folder is a content tree.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Engine
from backmatter.index.engines.opensearch.cluster import Access, Cluster
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.sync.sync import sync
from tests.bench.bench import Bench
from tests.bench.change import CHANGES, changes, inside
from tests.bench.figures import Times, timed, times
from tests.bench.machine import shape
from tests.bench.peers.backmatter import BackmatterPeer
from tests.bench.queries import Query
from tests.bench.race import race, tables
from tests.bench.tables import figure, table
from tests.cluster import access, cluster

# Queries of each kind.
COUNT = 10
NAME = "bench"


def main(trees: list[Path]) -> None:
    """Print the figures of both engines on some content."""
    print(shape(), flush=True)  # noqa: T201
    with TemporaryDirectory() as place, cluster(Path(place) / "nodes", 1) as nodes:
        bench = Bench(folder=Path(place), trees=trees, peers=(), seed=2026, count=COUNT)
        way = access(nodes)
        engines: dict[str, Engine] = {"embedded": open_engine(bench.settings), "cluster": _on(way)}
        built = {name: timed(lambda e=engine: sync(e, bench.settings, full=True)) for name, engine in engines.items()}
        _built(engines, built)
        drawn = bench.drawn
        print(f"\n{tables(race([_peer(*each) for each in engines.items()], drawn))}\n", flush=True)  # noqa: T201
        texts = [query.text for queries in drawn.values() for query in queries]
        print(_first(_on(way), drawn), flush=True)  # noqa: T201
        print(_costs(engines["cluster"], way, texts), flush=True)  # noqa: T201
        print(_changed(bench, engines), flush=True)  # noqa: T201


def _on(way: Access) -> OpenSearchEngine:
    return OpenSearchEngine(way, NAME, replicas=0)


def _peer(name: str, engine: Engine) -> BackmatterPeer:
    peer = BackmatterPeer(engine.snapshot())
    peer.name = name
    return peer


def _built(engines: Mapping[str, Engine], seconds: Mapping[str, float]) -> None:
    rows = []
    for name, engine in engines.items():
        held = engine.snapshot().stats()
        size = held.bytes / held.posts / 1_000
        rows.append([name, f"{held.posts:,}", figure(seconds[name]), figure(held.posts / seconds[name]), figure(size)])
    print(f"\n{table(['build', 'posts', 'seconds', 'posts/s', 'kB a post'], rows)}", flush=True)  # noqa: T201


def _first(engine: Engine, drawn: Mapping[str, list[Query]]) -> str:
    """Ask with nothing fetched yet: later queries find some of the posts of earlier ones."""
    snapshot = engine.snapshot()
    rows = []
    for kind, queries in drawn.items():
        taken = times([timed(lambda query=query: search(snapshot, analyse(query.text))) for query in queries])
        rows.append([kind, _both(taken)])
    return table(["cluster, first time with passages", "median / p99 in ms"], rows) + "\n"


def _both(taken: Times) -> str:
    return f"{figure(taken.median)} / {figure(taken.p99)}"


def _costs(engine: Engine, way: Access, texts: list[str]) -> str:
    """Measure the processors' time of a search, here and in the node."""
    snapshot = engine.snapshot()
    for text in texts:
        search(snapshot, analyse(text))
    node, own = _node_seconds(way), time.process_time()
    for text in texts:
        search(snapshot, analyse(text))
    rows = [
        ["here", figure((time.process_time() - own) / len(texts) * 1_000)],
        ["in the node", figure((_node_seconds(way) - node) / len(texts) * 1_000)],
    ]
    return table([f"processors' time of a search, {len(texts)} searches", "ms"], rows) + "\n"


def _node_seconds(way: Access) -> float:
    # A node looks at its own process once a second at most.
    time.sleep(1.5)
    nodes = Cluster(way)(lambda client: client.nodes.stats(metric="process"))["nodes"]
    return float(sum(node["process"]["cpu"]["total_in_millis"] for node in nodes.values())) / 1_000


def _changed(bench: Bench, engines: Mapping[str, Engine]) -> str:
    taken: dict[str, list[float]] = {name: [] for name in engines}
    words = changes(bench)
    for _ in range(CHANGES):
        word = next(words)
        for name, engine in engines.items():
            taken[name].append(inside(engine, bench.settings, word))
    rows = [[name, figure(median(part) * 1_000), figure(max(part) * 1_000)] for name, part in taken.items()]
    return table(["one post changed", "median, ms", "slowest, ms"], rows)


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
