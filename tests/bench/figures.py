"""Times to figures."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Times:
    """The middle and the far end of many times, in milliseconds."""

    median: float
    p99: float
    count: int


def times(seconds: Sequence[float]) -> Times:
    """Sum up times that were taken in seconds."""
    return Times(median(seconds) * 1000, percentile(seconds, 0.99) * 1000, len(seconds))


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that this share of all values does not exceed (nearest rank, nothing interpolated)."""
    ordered = sorted(values)
    rank = -(-len(ordered) * round(share * 1000) // 1000)
    return ordered[max(rank, 1) - 1]


def timed(run: Callable[[], object]) -> float:
    """Run once and give the time that it took, in seconds."""
    started = perf_counter()
    run()
    return perf_counter() - started


def settle() -> None:
    """Collect what earlier work left and freeze the rest, so that a benchmark does not pay for its own corpus."""
    gc.collect()
    gc.freeze()
