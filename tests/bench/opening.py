"""Opening: how long a fresh process needs for its first answer, and what it then holds in memory."""

import sys
from statistics import median

import msgspec

from tests.bench.bench import Bench, Figures
from tests.bench.process import backmatter, run
from tests.bench.tables import figure, table

TIMES = 7
MEGA = 1_000_000


def measure(bench: Bench) -> Figures:
    """Open the index in fresh processes."""
    assert bench.engine.snapshot()
    queries = [query.text for kind in bench.drawn.values() for query in kind]
    command = [sys.executable, "-m", "tests.bench.first", str(bench.settings.index)]
    fresh = [msgspec.json.decode(run([*command, *queries[i:]], watch=False).output) for i in range(TIMES)]
    whole = [backmatter("search", bench.settings, query).seconds * 1000 for query in queries[:TIMES]]
    rows = [
        ["open and first answer, after imports, ms", *_spread([one["first_ms"] for one in fresh])],
        ["`backmatter search`, whole process, ms", *_spread(whole)],
        [f"resident after {len(queries)} queries, MB", *_spread([one["resident"] / MEGA for one in fresh])],
        ["of that not mapped from files, MB", *_spread([one["own"] / MEGA for one in fresh])],
    ]
    return Figures(table(["opening", "median", "most"], rows), {"fresh": fresh, "whole": whole})


def _spread(values: list[float]) -> list[str]:
    return [figure(median(values)), figure(max(values))]
