"""Find the occurrences of a query's clauses in posts of a segment, for `rescoring`."""

from collections.abc import Sequence
from functools import reduce
from operator import add

import numpy as np

from ..kernels import RANKED, SCORES, Kernels, asked_row, measures_row, post_list, post_row
from ..ranking import K1, REWARDS, Rewards
from ..segment.arrays import Array
from ..segment.columns import title_sum
from ..segment.segment import Segment
from .boolean import Evaluation
from .places import Places, asked_leaves, leaves_of, places_of
from .question import Question
from .rescoring import (
    MAX_RESCORED_CLAUSES,
    MEASURED,
    REWARDED_FIELDS,
    Occurrences,
    added_up,
    largest_rewards,
    rewards,
)
from .terms import contains

# The first words of a post, from its title on, say what it is about. With 150 or 300, Cranfield loses 0.003.
BEGINNING_WORDS = 50


def measures_of(rewards: Rewards) -> bytes:
    """Return what a kernel measures, and what that is worth."""
    return measures_row(REWARDED_FIELDS, [rewards[name] for name in MEASURED])


USUAL_MEASURES = measures_of(REWARDS)


def idf_of(evaluation: Evaluation, question: Question) -> list[float]:
    """Return the inverse document frequency of each clause that is measured; it is the same in every segment."""
    return [evaluation.weight(clause) for clause, _ in question.looked_for[:MAX_RESCORED_CLAUSES]]


def asked_of(evaluation: Evaluation, question: Question, idf: Sequence[float]) -> bytes:
    """Return what a kernel measures in posts; it refers to the leaves of the evaluation."""
    total, rewards = added_up(idf), question.rewards
    clauses = [number for number in question.clause_numbers if number < len(idf)]
    return asked_row(
        asked_leaves([evaluation.found[leaf] for leaf in question.leaves[: len(clauses)]], clauses),
        [each / total for each in idf],
        total * (K1 + 1),
        USUAL_MEASURES if rewards is REWARDS else measures_of(rewards),
        title_sum(question.title) if question.title else None,
    )


def rewarded(
    evaluation: Evaluation, question: Question, docs: Array, frequency: Array, idf: Sequence[float]
) -> tuple[Array, Array, Array, Array]:
    """Rank posts of a segment once more, by rewards; a kernel orders them by that.

    Args:
        evaluation: The query on the segment.
        question: What is looked for.
        docs: The posts.
        frequency: What BM25F gives them.
        idf: The inverse document frequency of each clause.

    Returns:
        The posts, what BM25F gives them, their scores, and a row of rewards for each.
    """
    segment, order = evaluation.segment, docs.argsort()
    docs, frequency = docs.take(order), frequency.take(order)
    if segment.kernels:
        return _compiled(segment.kernels, asked_of(evaluation, question, idf), docs, frequency)
    total, title = added_up(idf), title_sum(question.title) if question.title else None
    share, most = np.array(idf) / total, largest_rewards(question.rewards, total * (K1 + 1))
    keys = evaluation.keys_of(question, docs)
    if question.clause_of[-1] >= len(idf):
        keys = keys[question.clause_of.take(leaves_of(keys)) < len(idf)]
    # What was typed comes before its variants.
    typed = [evaluation.found[found[0]].typed for _, found in question.looked_for[: len(idf)]]
    places = places_of(segment, keys, docs)
    added = rewards(_occurrences(segment, places, question, typed, docs), _titled(segment, docs, title), share, most)
    # One reward after the other: the order decides on the last bits.
    frequency = frequency.astype(np.float64)
    return docs, frequency, reduce(add, added, frequency), added.T


def _compiled(kernels: Kernels, asked: bytes, docs: Array, frequency: Array) -> tuple[Array, Array, Array, Array]:
    """Return what `rewarded` does of ascending posts, best first, by a kernel."""
    scored, count = post_list(post_row(docs, frequency, SCORES)), len(docs)
    _, _, page = kernels.search([scored], (), asked, None, 1, count, 0, count)
    return ranked_columns(page or b"")


def ranked_columns(page: bytes | bytearray) -> tuple[Array, Array, Array, Array]:
    """Return rows of RANKED as columns: posts, what BM25F gives them, their scores, and rewards."""
    rows = np.frombuffer(page).reshape(-1, RANKED.size // 8)
    return rows.view(np.int64)[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:]


def _occurrences(
    segment: Segment, places: Places, question: Question, exact: Sequence[Array], docs: Array
) -> Occurrences:
    """Return where the clauses occur in ascending posts."""
    return Occurrences(
        post=places.post,
        clause=question.clause_of.take(places.leaf),
        first=places.first,
        words=places.words,
        run=places.run,
        size=segment.runs.size.take(places.run),
        section=segment.runs.section.take(places.run),
        field=segment.arrays["run_field"].take(places.run),
        is_beginning=places.first - segment.arrays["doc_at"].take(docs).take(places.post) < BEGINNING_WORDS,
        exact=np.array([contains(own, docs) for own in exact]),
    )


def _titled(segment: Segment, docs: Array, title: int | None) -> Array:
    """Check which posts have a title with this sum."""
    return (
        np.zeros(len(docs), bool) if title is None else segment.arrays["doc_title_sum"].take(docs) == np.uint64(title)
    )
