"""What meaning costs: the same queries on one index, with its model and without, in turn, in CPU time.

python -m tests.bench.meaning INDEX QUERIES [MODEL]
"""

import argparse
import gc
from collections.abc import Sequence
from pathlib import Path
from time import thread_time_ns

import numpy as np

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.curation import Editorial, load_editorial
from backmatter.index.search.search import search
from backmatter.index.semantic.model import SemanticModel
from backmatter.index.settings import Settings
from backmatter.index.tools.evaluation.judgements import read_queries

ROUNDS = 3


def times(snapshots: Sequence[Snapshot], texts: Sequence[str], editorial: Editorial) -> np.ndarray:
    """Return the least milliseconds of each query on each snapshot, of some rounds."""
    found = np.full((len(texts), len(snapshots)), np.inf)
    for _ in range(ROUNDS):
        for number, text in enumerate(texts):
            for place, snapshot in enumerate(snapshots):
                started = thread_time_ns()
                search(snapshot, analyse(text), editorial=editorial)
                found[number, place] = min(found[number, place], (thread_time_ns() - started) / 1e6)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("model", type=Path, nargs="?")
    given = parser.parse_args()
    texts = [query.text for query in read_queries(given.queries)]
    without = WhooshEngine(given.index).snapshot()
    meaning = WhooshEngine(given.index, SemanticModel(given.model)).snapshot()
    used = [text for text in texts if analyse(text).meaning]
    gc.disable()
    words, both = times([without, meaning], used, load_editorial(Settings())).T
    print(f"{len(used)} of {len(texts)} queries use it; {without.stats().posts} posts")  # noqa: T201
    for name, share in (("median", 50), ("p99", 99)):
        one, other = np.percentile(words, share), np.percentile(both, share)
        print(f"{name}: {one:.2f} ms by words, {other:.2f} ms with meaning, {other / one:.2f} x")  # noqa: T201


if __name__ == "__main__":
    main()
