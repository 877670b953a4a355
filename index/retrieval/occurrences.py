"""Find the occurrences of a query's clauses in posts of a segment, for `rescoring`."""

from collections.abc import Sequence
from functools import reduce
from operator import add

import numpy as np

from ..kernels import RANKED, SCORES, asked_row, measures_row, post_list, post_row
from ..kernels.searching import SearchPart, search
from ..ranking import K1, REWARDS, Rewards
from ..segment.arrays import Array
from ..segment.columns import title_sum
from ..segment.segment import Segment
from .boolean import Evaluation, are_compiled, segments_of
from .listed import Listed, end_to_end, numbered
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


def asked_of(question: Question, idf: Sequence[float]) -> bytes:
    """Return what a kernel measures in posts; the leaves of each segment follow."""
    total, rewards = added_up(idf), question.rewards
    return asked_row(
        _measured(question, idf),
        [each / total for each in idf],
        total * (K1 + 1),
        USUAL_MEASURES if rewards is REWARDS else measures_of(rewards),
        title_sum(question.title) if question.title else None,
    )


def _measured(question: Question, idf: Sequence[float]) -> int:
    """Return how many of the leaves are of clauses that are measured."""
    return sum(1 for clause in question.clause_numbers if clause < len(idf))


def leaves_asked(evaluation: Evaluation, question: Question, idf: Sequence[float]) -> list[bytes]:
    """Return the leaves that a kernel measures in a segment."""
    measured = _measured(question, idf)
    found = [evaluation.found[leaf] for leaf in question.leaves[:measured]]
    return asked_leaves(found, question.clause_numbers[:measured])


def rewarded(evaluations: Sequence[Evaluation], question: Question, idf: Sequence[float], found: Listed) -> Listed:
    """Rank posts once more, by rewards; kernels order them by that.

    Args:
        evaluations: The query on every segment.
        question: What is looked for.
        idf: The inverse document frequency of each clause.
        found: The posts, with what BM25F gives them.
    """
    own = [(number, found.of_segment(number)) for number in range(len(evaluations))]
    parts = [(number, part.take(part.doc.argsort())) for number, part in own if len(part)]
    if not are_compiled(segments_of(evaluations)):
        return end_to_end([_rewarded(evaluations[number], question, number, idf, part) for number, part in parts])
    compiled = []
    for number, part in parts:
        scored = post_list(post_row(part.doc, part.frequency, SCORES))
        leaves = leaves_asked(evaluations[number], question, idf)
        if kernels := evaluations[number].segment.kernels:
            compiled.append(SearchPart(number, kernels, [scored], (), leaves))
    _, page = search(compiled, asked_of(question, idf), 1, len(found), (0, len(found)))
    return listed_rows(page or b"")


def _rewarded(evaluation: Evaluation, question: Question, number: int, idf: Sequence[float], found: Listed) -> Listed:
    """Add the rewards of ascending posts of a segment."""
    segment, docs = evaluation.segment, found.doc
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
    frequency = found.frequency.astype(np.float64)
    return Listed(numbered(number, len(docs)), docs, reduce(add, added, frequency), frequency, MEASURED, added.T)


def listed_rows(page: bytes | bytearray) -> Listed:
    """Return rows of RANKED as a list."""
    rows = np.frombuffer(page).reshape(-1, RANKED.size // 8)
    numbers = rows.view(np.int64)
    return Listed(numbers[:, 0], numbers[:, 1], rows[:, 5], rows[:, 4], MEASURED, rows[:, 6:])


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
