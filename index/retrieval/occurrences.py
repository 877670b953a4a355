"""Find the occurrences of a query's clauses in posts of a segment, for `rescoring`."""

from collections.abc import Sequence

import numpy as np

from ..query.tree import Node, wanted
from ..segment.arrays import Array
from ..segment.columns import title_sum
from ..segment.segment import Segment
from .boolean import Evaluation
from .question import Question
from .rescoring import MAX_RESCORED_CLAUSES, Occurrences
from .terms import contains

# The first words of a post, from its title on, say what it is about. With 150 or 300, Cranfield loses 0.003.
BEGINNING_WORDS = 50


def find_occurrences(evaluation: Evaluation, question: Question, docs: Array) -> Occurrences:
    """Find the occurrences of a query's clauses in ascending posts, ordered by position."""
    segment, clause_of = evaluation.segment, question.clause_of
    places = evaluation.places_of(question, docs)
    clause = clause_of.take(places.leaf)
    clauses = min(len(question.clauses), MAX_RESCORED_CLAUSES)
    if clause_of[-1] >= clauses:
        at = np.flatnonzero(clause < clauses)
        places, clause = places.take(at), clause.take(at)
    field = segment.arrays["run_field"].take(places.run)
    return Occurrences(
        post=docs.searchsorted(places.doc),
        clause=clause,
        first=places.first,
        words=places.words,
        run=places.run,
        size=segment.runs.size.take(places.run),
        section=segment.runs.section.take(places.run),
        field=field,
        is_beginning=places.first - segment.arrays["doc_at"].take(places.doc) < BEGINNING_WORDS,
        exact=_exact(evaluation, question.clauses[:clauses], docs),
    )


def titled(segment: Segment, docs: Array, title: Sequence[str]) -> Array:
    """Check which posts have a title of exactly these terms."""
    if not title:
        return np.zeros(len(docs), bool)
    return np.asarray(segment.arrays["doc_title_sum"].take(docs) == np.uint64(title_sum(title)))


def _exact(evaluation: Evaluation, clauses: Sequence[Node], docs: Array) -> Array:
    """Return for each clause and post whether it occurs as typed, and not only in another form."""
    found = np.empty((len(clauses), len(docs)), bool)
    for number, clause in enumerate(clauses):
        # The leaf as typed comes first, its variants after it.
        typed = evaluation.found[wanted(clause)[0]]
        found[number] = contains(typed.docs if typed.exact is None else typed.exact, docs)
    return found
