"""Find the occurrences of a query's clauses in posts of a segment, for `rescoring`."""

from collections.abc import Sequence

import numpy as np

from ..query.tree import wanted
from ..segment.arrays import Array
from ..segment.columns import title_sum
from ..segment.segment import Segment
from .boolean import Evaluation
from .places import Places, leaves_of, places_of
from .question import Question
from .rescoring import MAX_RESCORED_CLAUSES, REWARDED_FIELDS, Occurrences, largest_rewards, rewards
from .terms import contains

# The first words of a post, from its title on, say what it is about. With 150 or 300, Cranfield loses 0.003.
BEGINNING_WORDS = 50


def rewarded(
    evaluation: Evaluation, question: Question, docs: Array, frequency: Array, idf: Array
) -> tuple[Array, Array]:
    """Return the scores of ascending posts with their rewards, and a row of rewards for each.

    Args:
        evaluation: The query on their segment.
        question: What is looked for.
        docs: The posts.
        frequency: What BM25F gives them.
        idf: The inverse document frequency of each clause.
    """
    segment, clauses = evaluation.segment, question.clauses[:MAX_RESCORED_CLAUSES]
    keys = evaluation.keys_of(question, docs)
    if question.clause_of[-1] >= len(clauses):
        keys = keys[question.clause_of.take(leaves_of(keys)) < len(clauses)]
    named = titled(segment, docs, question.title)
    # What was typed comes before its variants.
    typed = [evaluation.found[wanted(clause)[0]] for clause in clauses]
    share, most = idf / idf.sum(), largest_rewards(question.rewards, idf)
    if segment.kernels:
        exact = [leaf.row for leaf in typed]
        return segment.kernels.reward(
            keys, question.clause_of, share, REWARDED_FIELDS, exact, docs, named, most, frequency
        )
    places = places_of(segment, keys, docs)
    added = rewards(_occurrences(segment, places, question, [leaf.typed for leaf in typed], docs), named, share, most)
    # One reward after the other: the order decides on the last bits.
    return np.add.accumulate(np.column_stack((frequency, added)), axis=1)[:, -1], added


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


def titled(segment: Segment, docs: Array, title: Sequence[str]) -> Array:
    """Check which posts have a title of exactly these terms."""
    if not title:
        return np.zeros(len(docs), bool)
    return np.asarray(segment.arrays["doc_title_sum"].take(docs) == np.uint64(title_sum(title)))

