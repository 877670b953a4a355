"""Measures of one ranking, each between 0 and 1, higher is better.

A ranking is given as its gains: the grade of each hit from the first on, 0 for one that is not right. What could have
been gained are the grades of all that is right, in any order, at least one.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from math import log2

# The page of results that readers see, and the depth at which a post counts as found at all.
PAGE, DEPTH = 10, 100


def ndcg(gains: Sequence[int], right: Sequence[int]) -> float:
    """Compare the gains of the first ten, discounted by rank, to those of the best order there is.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20 (4), 2002; the gain is
    the grade itself and the discount log2(rank + 1), as in trec_eval.
    """
    return _discounted(gains) / _discounted(sorted(right, reverse=True))


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(islice(gains, PAGE), 1))


def reciprocal_rank(gains: Sequence[int]) -> float:
    """Return 1 / rank of the first right hit among the first ten, or 0."""
    return next((1 / rank for rank, gain in enumerate(gains[:PAGE], 1) if gain), 0.0)


def success(gains: Sequence[int]) -> float:
    """Return 1 if the first hit is right, or 0."""
    return float(any(gains[:1]))


def recall(gains: Sequence[int], right: Sequence[int]) -> float:
    """Return the share of the right posts that is among the first hundred."""
    return sum(gain > 0 for gain in gains[:DEPTH]) / len(right)
