"""How good a ranking is, measured against queries whose right answers are known."""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import msgspec

from ... import analysis
from ...engines.base import Snapshot
from ...errors import InputError, next_step
from ...files import naming
from ...posts.discover import is_post
from ...query.analysed import analyse
from ...search.curation import NOTHING_SAID, Editorial
from ...search.search import search
from . import measures
from .judgements import Grades, JudgedQuery, Judgements, read_queries
from .measures import DEPTH, PAGE

_MAKE_ONE = "make one with --save"


class Opened(NamedTuple):
    """A result: the post, and the section that its passage opens ("" for none)."""

    path: str
    anchor: str = ""

    def __str__(self) -> str:
        return f"{self.path}#{self.anchor}" if self.anchor else self.path


# Gives the best results for a query's text, as many as it is asked for.
Rank = Callable[[str, int], Sequence[Opened]]


class QueryScores(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of one query.

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


class EvaluationRun(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluation: the means, and every query, worst first."""

    scores: Scores
    outcomes: tuple[QueryScores, ...]


def search_ranking(snapshot: Snapshot, editorial: Editorial = NOTHING_SAID) -> Rank:
    """Return a ranking that searches as a reader would."""

    def rank(text: str, depth: int) -> list[Opened]:
        hits = search(snapshot, analyse(text), per_page=depth, editorial=editorial).hits
        return [Opened(hit.path, hit.passage.anchor) for hit in hits]

    return rank


class Lacking(NamedTuple):
    """What an index lacks to answer judged queries: posts that would be right, and words that no post has."""

    posts: tuple[str, ...]
    words: tuple[str, ...]


def lacking(snapshot: Snapshot, judged: Judgements) -> Lacking:
    """Return the right posts that an index does not have, and the words of the queries that no post has."""
    held = snapshot.holdings()
    right = {_post(place) for grades in judged.qrels.values() for place, grade in grades.items() if grade > 0}
    terms = dict.fromkeys(term for query in judged.queries for term in analysis.terms(query.text))
    df = snapshot.document_frequencies(list(terms))
    return Lacking(tuple(sorted(right - held.keys())), tuple(term for term in terms if not df[term]))


def has(snapshot: Snapshot, place: str) -> bool:
    """Check whether an index has a post, or a section of one as path#anchor."""
    path = _post(place)
    held = snapshot.holdings().get(path)
    if held is None or path == place:
        return held is not None
    post = snapshot.post(held.slug)
    anchors = {section.anchor for section in post.sections} if post else set()
    return place.removeprefix(f"{path}#") in anchors - {""}


def evaluate(rank: Rank, judged: Judgements) -> EvaluationRun:
    """Measure a ranking; a grade of 0 or less means that a post does not answer the query."""
    answers = [(query, _answers(query, judged.qrels.get(query.id, {}))) for query in judged.queries]
    outcomes = [_outcome(rank, query, grades) for query, grades in answers if grades]
    skipped = len(answers) - len(outcomes)
    return EvaluationRun(scores=_means(outcomes, skipped), outcomes=tuple(sorted(outcomes, key=lambda each: each.ndcg)))


def _means(outcomes: Collection[QueryScores], skipped: int) -> Scores:
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


def _answers(query: JudgedQuery, grades: Grades) -> Grades:
    return {place: grade for place, grade in grades.items() if grade > 0 and _post(place) not in query.ignore}


def _post(place: str) -> str:
    """Return the post of a path or path#anchor; a file's name may have the sign, too."""
    path, _, _ = place.rpartition("#")
    return path if is_post(path) else place


def _outcome(rank: Rank, query: JudgedQuery, grades: Grades) -> QueryScores:
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
    return QueryScores(
        id=query.id,
        text=query.text,
        ndcg=measures.ndcg(gains, right),
        mrr=measures.reciprocal_rank(gains),
        success=measures.success(gains),
        recall=measures.recall(gains, right),
        hits=tuple(map(str, islice(hits.values(), PAGE))),
        expected=tuple(sorted(grades, key=lambda place: -grades[place])),
    )


def save_evaluation(run: EvaluationRun, file: Path) -> None:
    """Save a run, to compare later ones with it."""
    with naming(file):
        file.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def load_evaluation(file: Path) -> EvaluationRun:
    """Read a saved run.

    Raises:
        InputError: The file is not a saved run.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=EvaluationRun)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); {next_step(error, _MAKE_ONE)}") from None
    except msgspec.DecodeError as error:
        raise InputError(f"{file}: is not a saved run ({error}); {_MAKE_ONE}") from None


def write_run(rank: Rank, queries: Path, run: Path, limit: int) -> int:
    """Answer a file of queries, one line `{"id", "hits": [path, ...]}` each, in their order.

    Returns:
        How many queries found something.

    Raises:
        InputError: The queries cannot be used; nothing is written then.
    """
    answered = 0
    asked = read_queries(queries)
    with naming(run), run.open("wb") as lines:
        for query in asked:
            hits = [hit.path for hit in rank(query.text, limit)]
            answered += bool(hits)
            lines.write(msgspec.json.encode({"id": query.id, "hits": hits}) + b"\n")
    return answered
