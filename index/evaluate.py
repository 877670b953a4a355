"""How good a ranking is, measured against queries whose right answers are known."""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import msgspec

from index import measures
from index.editorial import NOTHING_SAID, Editorial
from index.engine import Snapshot
from index.errors import InputError
from index.judgements import Grades, Judgements, Query, read_queries
from index.measures import DEPTH, PAGE
from index.posts.discover import is_post
from index.search import search

# What got worse by less is a tie that fell the other way.
NOTABLE = 0.005


class Opened(NamedTuple):
    """A result: the post, and the section that its passage opens ("" for none)."""

    path: str
    anchor: str = ""

    def __str__(self) -> str:
        return f"{self.path}#{self.anchor}" if self.anchor else self.path


# Gives the best results for a query's text, as many as it is asked for.
Rank = Callable[[str, int], Sequence[Opened]]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one query did.

    Attributes:
        id: The query's name; its text where it has none.
        hits: The first ten results, as path or path#anchor.
        expected: What would have been right, best first.
    """

    id: str
    text: str
    ndcg: float
    mrr: float
    success: float
    recall: float
    hits: tuple[str, ...]
    expected: tuple[str, ...]


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """Means over all judged queries, each between 0 and 1, higher is better.

    Attributes:
        ndcg: Order of the first ten by grade.
        mrr: One divided by the rank of the first right post, 0 where it is not among the first ten.
        success: How often the first hit is right.
        recall: Share of the right posts among the first hundred.
        queries: How many queries were measured.
        skipped: How many queries were left out because no post is known to answer them.
    """

    ndcg: float
    mrr: float
    success: float
    recall: float
    queries: int
    skipped: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluation: the means, and every query, worst first."""

    scores: Scores
    outcomes: tuple[Outcome, ...]


class Change(NamedTuple):
    """A query that did better or worse than before, by nDCG."""

    text: str
    before: float
    now: float


def ranking(snapshot: Snapshot, editorial: Editorial = NOTHING_SAID) -> Rank:
    """Rank by searching, as a reader would."""

    def rank(text: str, depth: int) -> list[Opened]:
        hits = search(snapshot, text, per_page=depth, editorial=editorial).hits
        return [Opened(hit.path, hit.passage.anchor) for hit in hits]

    return rank


def has(snapshot: Snapshot, place: str) -> bool:
    """Tell whether an index has a post, or a section of one as path#anchor."""
    path = _post(place)
    held = snapshot.holdings().get(path)
    if held is None or path == place:
        return held is not None
    post = snapshot.post(held.slug)
    anchors = {section.anchor for section in post.sections} if post else set()
    return place.removeprefix(f"{path}#") in anchors - {""}


def evaluate(rank: Rank, judged: Judgements) -> Run:
    """Measure a ranking; grades of 0 and less mean that something does not answer."""
    answers = [(query, _answers(query, judged.qrels.get(query.id, {}))) for query in judged.queries]
    outcomes = [_outcome(rank, query, grades) for query, grades in answers if grades]
    skipped = len(answers) - len(outcomes)
    return Run(scores=_means(outcomes, skipped), outcomes=tuple(sorted(outcomes, key=lambda each: each.ndcg)))


def _means(outcomes: Collection[Outcome], skipped: int) -> Scores:
    def mean(values: Iterable[float]) -> float:
        return fmean(values) if outcomes else 0.0

    return Scores(
        ndcg=mean(each.ndcg for each in outcomes),
        mrr=mean(each.mrr for each in outcomes),
        success=mean(each.success for each in outcomes),
        recall=mean(each.recall for each in outcomes),
        queries=len(outcomes),
        skipped=skipped,
    )


def _answers(query: Query, grades: Grades) -> Grades:
    return {place: grade for place, grade in grades.items() if grade > 0 and _post(place) not in query.ignore}


def _post(place: str) -> str:
    """Give the post of a path or path#anchor; a file's name may have the sign, too."""
    path, _, _ = place.rpartition("#")
    return path if is_post(path) else place


def _outcome(rank: Rank, query: Query, grades: Grades) -> Outcome:
    found = rank(query.text, DEPTH + len(query.ignore))
    hits: dict[str, Opened] = {}
    for hit in found:
        if hit.path not in query.ignore:
            hits.setdefault(hit.path, hit)
    gains = [max(grades.get(hit.path, 0), grades.get(str(hit), 0)) for hit in hits.values()]
    best: dict[str, int] = {}
    for place, grade in grades.items():
        best[_post(place)] = max(grade, best.get(_post(place), 0))
    right = list(best.values())
    return Outcome(
        id=query.id,
        text=query.text,
        ndcg=measures.ndcg(gains, right),
        mrr=measures.reciprocal_rank(gains),
        success=measures.success(gains),
        recall=measures.recall(gains, right),
        hits=tuple(map(str, islice(hits.values(), PAGE))),
        expected=tuple(sorted(grades, key=lambda place: -grades[place])),
    )


def save(run: Run, file: Path) -> None:
    """Keep a run to compare later ones with."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def load(file: Path) -> Run:
    """Read a run that was kept.

    Raises:
        InputError: The file is not one.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Run)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); make one with --save") from None
    except msgspec.DecodeError as error:
        raise InputError(f"{file}: is no saved run ({error}); make one with --save") from None


def changes(before: Run, now: Run) -> list[Change]:
    """Give the queries of both runs that did better or worse, by nDCG, the largest loss first."""
    earlier = {each.id: each.ndcg for each in before.outcomes}
    moved = [Change(each.text, earlier[each.id], each.ndcg) for each in now.outcomes if each.id in earlier]
    return sorted((c for c in moved if abs(c.now - c.before) > NOTABLE), key=lambda c: c.now - c.before)


def write_run(rank: Rank, queries: Path, run: Path, limit: int) -> int:
    """Answer a file of queries, one line `{"id", "hits": [path, ...]}` each, in their order.

    Returns:
        How many queries found something.

    Raises:
        InputError: The queries cannot be used; nothing is written then.
    """
    answered = 0
    asked = read_queries(queries)
    with run.open("wb") as lines:
        for query in asked:
            hits = [hit.path for hit in rank(query.text, limit)]
            answered += bool(hits)
            lines.write(msgspec.json.encode({"id": query.id, "hits": hits}) + b"\n")
    return answered
