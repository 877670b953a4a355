"""Compare runs of the same queries under different settings: what changed, whether by chance, and what to choose.

Two settings are compared by a paired randomization test (Smucker, Allan, Carterette: A Comparison of Statistical
Significance Tests for Information Retrieval Evaluation, 2007): if a setting made no difference, each query could as
well have had the two scores the other way round.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np

from ...errors import InputError
from .evaluate import EvaluationRun, QueryScores, load_evaluation

# What got worse by less is a tie that fell the other way.
NOTABLE = 0.005

# Random exchanges of the scores: the standard error of a p of 0.05 is 0.002. The same seed gives the same answer.
EXCHANGES, SEED = 10_000, 1

# The runs of one setting, by the name of the judged set.
SetRuns = Mapping[str, EvaluationRun]


class Change(NamedTuple):
    """A query that did better or worse than before, by nDCG.

    Attributes:
        text: The query.
        before, now: Its nDCG.
        right: The right post that moved most among the first ten.
        ranks: Its rank before and now, from 1; None where it is not among the first ten.
        instead: What is now at the rank that it had.
    """

    text: str
    before: float
    now: float
    right: str = ""
    ranks: tuple[int | None, int | None] = (None, None)
    instead: str = ""


class SetComparison(NamedTuple):
    """Two runs of one judged set: their nDCG, how many queries got better and worse, and the p of the test."""

    name: str
    before: float
    now: float
    better: int
    worse: int
    p: float


class LeftOut(NamedTuple):
    """What is chosen without a set, and what it scores there, beside the first setting."""

    name: str
    chosen: str
    first: float
    score: float


def load_runs(place: Path) -> SetRuns:
    """Read the saved runs of a setting: one file, whose set has no name, or a folder of files named as their sets.

    Raises:
        InputError: There is none, or a file is not a saved run.
    """
    if not place.is_dir():
        return {"": load_evaluation(place)}
    runs = {file.stem: load_evaluation(file) for file in sorted(place.glob("*.json"))}
    if not runs:
        raise InputError(f"{place}: has no run; save some with `backmatter evaluate --save {place}/NAME.json`")
    return runs


def changes(before: EvaluationRun, now: EvaluationRun) -> list[Change]:
    """Return the queries of both runs that did better or worse, by nDCG, the largest loss first."""
    earlier = {each.id: each for each in before.outcomes}
    moved = [_change(earlier[each.id], each) for each in now.outcomes if each.id in earlier]
    return sorted((c for c in moved if abs(c.now - c.before) > NOTABLE), key=lambda c: c.now - c.before)


def _change(before: QueryScores, now: QueryScores) -> Change:
    ranks = {right: (_rank(right, before.hits), _rank(right, now.hits)) for right in now.expected}
    moved = {right: pair for right, pair in ranks.items() if pair[0] != pair[1]}
    beyond = len(now.hits) + 1
    right = max(moved, key=lambda each: abs((moved[each][0] or beyond) - (moved[each][1] or beyond)), default="")
    had = moved[right][0] if right else None
    instead = now.hits[had - 1] if had and had <= len(now.hits) else ""
    return Change(now.text, before.ndcg, now.ndcg, right, moved.get(right, (None, None)), instead)


def _rank(right: str, hits: Sequence[str]) -> int | None:
    """Return the rank of a post, or of a section by path#anchor, from 1."""
    return next((rank for rank, hit in enumerate(hits, 1) if right in (hit, hit.rpartition("#")[0])), None)


def paired_test(differences: Sequence[float]) -> float:
    """Return how likely the mean of some differences would be at least as far from 0 if their signs were random."""
    values = np.array([value for value in differences if value])
    if not len(values):
        return 1.0
    exchanged = np.zeros(EXCHANGES)
    random = np.random.default_rng(SEED)
    for value in values:
        exchanged += random.choice((-value, value), EXCHANGES)
    # The differences as they are count as one of the exchanges, so that no p is 0.
    extreme = np.count_nonzero(np.abs(exchanged) >= abs(values.sum()) - 1e-9)
    return float((extreme + 1) / (EXCHANGES + 1))


def compare_sets(before: SetRuns, now: SetRuns) -> list[SetComparison]:
    """Compare two settings on each judged set that both have.

    Raises:
        InputError: They have no set in common.
    """
    names = [name for name in before if name in now]
    if not names:
        raise InputError(f"no set is in both: {', '.join(before)} and {', '.join(now)}; save runs under the same names")
    return [_comparison(name, before[name], now[name]) for name in names]


def _comparison(name: str, before: EvaluationRun, now: EvaluationRun) -> SetComparison:
    earlier = {each.id: each.ndcg for each in before.outcomes}
    differences = [each.ndcg - earlier[each.id] for each in now.outcomes if each.id in earlier]
    return SetComparison(
        name,
        before.scores.ndcg,
        now.scores.ndcg,
        sum(difference > NOTABLE for difference in differences),
        sum(difference < -NOTABLE for difference in differences),
        paired_test(differences),
    )


def cross_validate(settings: Mapping[str, SetRuns]) -> list[LeftOut]:
    """Choose for each set the setting that is best on all other sets, and score it on the one that was left out.

    Args:
        settings: By the name of the setting, its runs; the first is what others are compared with. Sets that a setting
            lacks are left out.
    """
    first = next(iter(settings.values()))
    names = [name for name in first if all(name in runs for runs in settings.values())]
    if len(names) < 2:
        return []
    scores = {setting: {name: runs[name].scores.ndcg for name in names} for setting, runs in settings.items()}
    best = {
        out: max(scores, key=lambda each: fmean(scores[each][name] for name in names if name != out)) for out in names
    }
    return [LeftOut(out, best[out], first[out].scores.ndcg, scores[best[out]][out]) for out in names]
