"""The engine on a cluster, beside what one would write for OpenSearch, and beside the embedded engine.

    python -m tests.bench.distributed FOLDER [QUERIES] [--sizes 10000,50000,200000] [--nodes 3]

FOLDER has content/ and queries.jsonl. With sizes, everything is measured once for each number of articles, on nodes of
its own: these are the folder's and copies of them with changed words. With several nodes, each has a shard of both
indexes, and a copy of another. All is measured in turns in one run, so that the ratios count where the machine has
other work; each query is asked once, nothing of it kept from before. Posts are read one after the other from the
embedded index, so that no size is held in memory; both builds read them so.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from backmatter.index.engines.base import Engine
from backmatter.index.engines.opensearch.cluster import Access, Cluster
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.model import Post
from backmatter.index.sync.sync import sync
from tests.bench.bench import Bench
from tests.bench.change import CHANGES, changes, inside
from tests.bench.corpus import article, enlarged
from tests.bench.figures import timed, times
from tests.bench.machine import shape
from tests.bench.peers import Peer
from tests.bench.peers.backmatter import BackmatterPeer
from tests.bench.peers.opensearch import PlainOpenSearch
from tests.bench.queries import Query
from tests.bench.tables import figure, table
from tests.bench.traffic import recorded
from tests.cluster import LastingNode, access, cluster

PLAIN, OWN = "bench-plain", "bench"
# Queries that are asked before any is measured, so that the node has compiled what it runs.
WARMING = 30
SEED = 2026
# Seconds; a shard asks every thirty what it has to keep to repair a copy.
KEPT_FOR_COPIES = 35


class Cost(NamedTuple):
    """What one search costs: seconds by the clock and of the processor in front, requests, and bytes fetched."""

    seconds: float
    front: float
    requests: int
    fetched: int


def main() -> None:
    """Print the figures on some content."""
    parser = argparse.ArgumentParser(description="Compare the engine on a cluster with what one would write for it.")
    parser.add_argument("folder", type=Path, help="has content/ and queries.jsonl")
    parser.add_argument("queries", type=int, nargs="?", default=60, help="how many are asked")
    parser.add_argument("--sizes", type=_sizes, default=(0,), help="numbers of articles; the folder's own without it")
    parser.add_argument("--nodes", type=int, default=1)
    given = parser.parse_args()
    print(shape(), flush=True)  # noqa: T201
    for articles in given.sizes:
        _measure(given.folder, given.queries, articles, given.nodes)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _measure(folder: Path, count: int, articles: int, nodes: int) -> None:
    with TemporaryDirectory() as place, cluster(Path(place) / "nodes", nodes, LastingNode) as running:
        tree = enlarged(folder / "content", Path(place) / "tree", articles, SEED) if articles else folder / "content"
        bench = Bench(folder=Path(place), trees=[tree], peers=(), seed=SEED, count=1)
        way, copies = access(running), int(nodes > 1)
        own = OpenSearchEngine(way, OWN, shards=nodes, replicas=copies, directory=Path(place) / "kept")
        engines: dict[str, Engine] = {"cluster": own, "embedded": bench.engine}
        plain = PlainOpenSearch(Cluster(way).client, PLAIN, nodes, copies)
        print(f"\n{_built(way, plain, own, bench.engine)}\n", flush=True)  # noqa: T201
        peers = {plain.name: plain, **{name: BackmatterPeer(engine.snapshot()) for name, engine in engines.items()}}
        print(f"{_searched(way, peers, _queries(folder, count))}\n", flush=True)  # noqa: T201
        sync(own, bench.settings)
        print(f"{_changed(bench, engines)}\n", flush=True)  # noqa: T201
        print(_weighed(way), flush=True)  # noqa: T201


def _queries(folder: Path, count: int) -> list[Query]:
    lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    return [Query("judged", json.loads(line)["text"]) for line in lines][: count + WARMING]


def _built(way: Access, plain: PlainOpenSearch, own: Engine, source: Engine) -> str:
    """Index the same posts plainly and by the engine, in this process."""
    sizes: list[int] = []

    def posts() -> Iterator[Post]:
        return source.snapshot().posts()

    def read() -> None:
        sizes.extend(len(post.text.encode()) for post in posts())

    def build_own() -> None:
        with own.writer(rebuild=True) as writer:
            writer.commit([writer.stage(posts())])

    columns = [_build(way, build) for build in (read, lambda: plain.build(map(article, posts())), build_own)]
    head = [f"{len(sizes):,} posts, {figure(fmean(sizes) / 1_000)} kB of text each", "read", "plain `_bulk`", "cluster"]
    names = ["seconds", "processor's time in front, s", "processor's time of the nodes, s", "memory in front, MB"]
    rows = [[name, *map(figure, values)] for name, *values in zip(names, *columns, strict=True)]
    return table(head, rows)


def _build(way: Access, build: Callable[[], None]) -> list[float]:
    node, front = _node_seconds(way), time.process_time()
    taken = [timed(build), time.process_time() - front, _node_seconds(way) - node]
    return [*taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024]


def _weighed(way: Access) -> str:
    """Merge both indexes and weigh them; what is kept to repair copies is dropped by a merge some time later."""
    time.sleep(KEPT_FOR_COPIES)
    client = Cluster(way).client
    sizes = []
    for index in (PLAIN, OWN):
        client.indices.flush(index=index)
        client.indices.forcemerge(index=index, params={"max_num_segments": 1}, request_timeout=600)
        client.indices.refresh(index=index)
        held = client.indices.stats(index=index)["_all"]["primaries"]
        sizes.append(figure(held["store"]["size_in_bytes"] / held["docs"]["count"] / 1_000))
    return table(["on disk, merged", "plain `_bulk`", "cluster"], [["kB a post", *sizes]])


def _searched(way: Access, peers: Mapping[str, Peer], queries: list[Query]) -> str:
    costs: dict[str, list[Cost]] = {name: [] for name in peers}
    for number, query in enumerate(queries):
        Cluster(way).client.indices.clear_cache(index="_all", params={"request": "true"})
        for name, peer in peers.items():
            cost = _cost(peer, query)
            if number >= WARMING:
                costs[name].append(cost)
    rows = {
        "by the clock, ms (median / p99)": [_both([cost.seconds for cost in own]) for own in costs.values()],
        "processor's time in front, ms (median / mean)": [
            f"{figure(median(fronts) * 1_000)} / {figure(fmean(fronts) * 1_000)}"
            for fronts in ([cost.front for cost in own] for own in costs.values())
        ],
        "requests (median)": [figure(median(cost.requests for cost in own)) for own in costs.values()],
        "kB fetched (median)": [figure(median(cost.fetched for cost in own) / 1_000) for own in costs.values()],
    }
    head = [f"a search that was never asked, with passages; {len(queries) - WARMING} queries", *peers]
    return table(head, [[name, *cells] for name, cells in rows.items()])


def _cost(peer: Peer, query: Query) -> Cost:
    front = time.process_time()
    with recorded() as traffic:
        seconds = timed(lambda: peer.passages(query))
    return Cost(seconds, time.process_time() - front, traffic.requests, traffic.fetched)


def _both(seconds: list[float]) -> str:
    taken = times(seconds)
    return f"{figure(taken.median)} / {figure(taken.p99)}"


def _node_seconds(way: Access) -> float:
    # A node looks at its own process once a second at most.
    time.sleep(1.5)
    nodes = Cluster(way)(lambda client: client.nodes.stats(metric="process"))["nodes"]
    return float(sum(node["process"]["cpu"]["total_in_millis"] for node in nodes.values())) / 1_000


def _changed(bench: Bench, engines: Mapping[str, Engine]) -> str:
    """Change one post after the other, and find each; of these the cluster's refresh is a part that nobody can save."""
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for _, word in islice(changes(bench), CHANGES):
        for name, engine in engines.items():
            taken[name].append(inside(engine, bench.settings, word)[0])
    rows = [[name, figure(median(part) * 1_000), figure(max(part) * 1_000)] for name, part in taken.items()]
    return table(["one post changed and found", "median, ms", "slowest, ms"], rows)


if __name__ == "__main__":
    main()
