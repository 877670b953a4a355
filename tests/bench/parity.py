"""Both engines on the same posts and queries: what they rank first, in which order, how much they find, what they show.

    python -m tests.bench.parity FOLDER [QUERIES]

FOLDER has content/, queries.jsonl and qrels.tsv. Beside these queries others are drawn from the posts: words, phrases,
prefixes and tags.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter

from backmatter.index.engines.base import Engine, Snapshot
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Hit, Results
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from backmatter.index.tools.evaluation import evaluate
from backmatter.index.tools.evaluation.judgements import read_judgements
from tests.bench.corpus import article
from tests.bench.queries import draw
from tests.cluster import access, cluster

# Queries of each kind that are drawn, and how.
DRAWN, SEED = 40, 2026


def main(folder: Path, count: int) -> None:
    """Print the parity of the engines on one collection."""
    with TemporaryDirectory() as place, cluster(Path(place) / "nodes", 1) as nodes:
        embedded = WhooshEngine(Path(place) / "index")
        distributed = OpenSearchEngine(access(nodes), "parity", replicas=0)
        settings = Settings(content=(folder / "content",), index=Path(place) / "index")
        snapshots = [_indexed(engine, settings) for engine in (embedded, distributed)]
        judged = read_judgements(
            folder / "queries.jsonl", folder / "qrels.tsv", lambda path: evaluate.has(snapshots[0], path)
        )
        articles = [article(post) for post in snapshots[0].posts()]
        drawn = {kind: [query.text for query in own] for kind, own in draw(articles, SEED, DRAWN).items()}
        for kind, texts in {"judged": [query.text for query in judged.queries][:count], **drawn}.items():
            print(f"\n{kind}", flush=True)  # noqa: T201
            answers = [_answers(snapshot, texts) for snapshot in snapshots]
            for name, value in _parity(*answers):
                print(f"{name:28} {value:.4f}", flush=True)  # noqa: T201
        print()  # noqa: T201
        for snapshot in snapshots:
            scores = evaluate.evaluate(evaluate.search_ranking(snapshot), judged).scores
            print(f"{type(snapshot).__name__:28} nDCG@10 {scores.ndcg:.4f} of {scores.queries} queries", flush=True)  # noqa: T201


def _indexed(engine: Engine, settings: Settings) -> Snapshot:
    started = perf_counter()
    report = sync(engine, settings, full=True)
    print(f"{type(engine).__name__:28} {len(report.added)} posts in {perf_counter() - started:.1f} s", flush=True)  # noqa: T201
    return engine.snapshot()


def _answers(snapshot: Snapshot, texts: list[str]) -> list[Results]:
    started = perf_counter()
    answers = [search(snapshot, analyse(text)) for text in texts]
    each = (perf_counter() - started) * 1000 / max(1, len(texts))
    print(f"{type(snapshot).__name__:28} {each:.1f} ms a query of {len(texts)}", flush=True)  # noqa: T201
    return answers


def _parity(ones: list[Results], others: list[Results]) -> Iterator[tuple[str, float]]:
    pairs = list(zip(ones, others, strict=True))
    lists = [[[hit.path for hit in answer.hits] for answer in pair] for pair in pairs]
    yield "overlap of the first ten", fmean(len({*a} & {*b}) / max(1, len({*a, *b})) if a or b else 1 for a, b in lists)
    yield "same order", fmean(a == b for a, b in lists)
    yield "same total", fmean(a.total == b.total for a, b in pairs)
    yield "difference of totals", fmean(abs(a.total - b.total) / max(1, a.total) for a, b in pairs)
    yield "same facets", fmean(a.facets == b.facets for a, b in pairs)
    shown = [(hit.passage, twin.passage) for a, b in pairs for hit, twin in _twins(a, b)]
    yield "same passage of a same hit", fmean(a == b for a, b in shown) if shown else 1.0


def _twins(one: Results, other: Results) -> Iterator[tuple[Hit, Hit]]:
    found = {hit.path: hit for hit in other.hits}
    yield from ((hit, found[hit.path]) for hit in one.hits if hit.path in found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500)
