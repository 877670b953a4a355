"""Find the occurrences of a query's clauses in posts of a segment, for `rescoring`."""

from collections.abc import Sequence

import numpy as np

from ..kernels import Criteria
from ..ranking import K1, LOOKED_AT_TWICE
from ..segment.arrays import Array
from ..segment.columns import title_sum
from ..segment.segment import Segment
from .boolean import Evaluation
from .places import Places, asked_leaves, leaves_of, places_of
from .question import Question
from .rescoring import REWARDED_FIELDS, Occurrences, largest_rewards, rewards
from .terms import contains

# The first words of a post, from its title on, say what it is about. With 150 or 300, Cranfield loses 0.003.
BEGINNING_WORDS = 50


def rewarded(
    evaluation: Evaluation, question: Question, docs: Array, frequency: Array, idf: Array
) -> tuple[Array, Array, Array, Array]:
    """Rank posts of a segment once more, by rewards; of more than LOOKED_AT_TWICE, a kernel takes the best.

    Args:
        evaluation: The query on the segment.
        question: What is looked for.
        docs: The posts.
        frequency: What BM25F gives them.
        idf: The inverse document frequency of each clause.

    Returns:
        The posts, what BM25F gives them, their scores, and a row of rewards for each.
    """
    total = idf.sum()
    share, most = idf / total, largest_rewards(question.rewards, float(total) * (K1 + 1))
    segment, title = evaluation.segment, title_sum(question.title) if question.title else None
    if segment.kernels:
        leaves = asked_leaves(evaluation.leaves_of(question), question.clause_numbers)
        asked = Criteria(leaves, share, most, title, REWARDED_FIELDS)
        *ranked, keys = segment.kernels.rank(asked, frequency, docs, LOOKED_AT_TWICE)
        evaluation.places.keep(ranked[0], keys)
        return ranked[0], ranked[1], ranked[2], ranked[3]
    order = docs.argsort()
    docs, frequency = docs.take(order), frequency.take(order)
    keys = evaluation.keys_of(question, docs)
    if question.clause_of[-1] >= len(idf):
        keys = keys[question.clause_of.take(leaves_of(keys)) < len(idf)]
    # What was typed comes before its variants.
    typed = [evaluation.found[found[0]].typed for _, found in question.looked_for[: len(idf)]]
    places = places_of(segment, keys, docs)
    added = rewards(_occurrences(segment, places, question, typed, docs), _titled(segment, docs, title), share, most)
    # One reward after the other: the order decides on the last bits.
    return docs, frequency, np.add.accumulate(np.column_stack((frequency, added)), axis=1)[:, -1], added


def _occurrences(
    segment: Segment, places: Places, question: Question, exact: Sequence[Array], docs: Array
) -> Occurrences:
    """Return where the clauses occur in ascending posts."""
    return Occurrences(
        post=docs.searchsorted(places.doc),
        clause=question.clause_of.take(places.leaf),
        first=places.first,
        words=places.words,
        run=places.run,
        size=segment.runs.size.take(places.run),
        section=segment.runs.section.take(places.run),
        field=segment.arrays["run_field"].take(places.run),
        is_beginning=places.first - segment.arrays["doc_at"].take(places.doc) < BEGINNING_WORDS,
        exact=np.array([contains(own, docs) for own in exact]),
    )


def _titled(segment: Segment, docs: Array, title: int | None) -> Array:
    """Check which posts have a title with this sum."""
    return (
        np.zeros(len(docs), bool) if title is None else segment.arrays["doc_title_sum"].take(docs) == np.uint64(title)
    )
