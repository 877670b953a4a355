"""Find the occurrences of a query's clauses in posts of a segment, for `rescoring`."""

from collections.abc import Sequence

import numpy as np

from ..analysis import terms
from ..segment.arrays import Array
from ..segment.fields import FIELDS
from ..segment.segment import Segment
from .rescoring import MAX_RESCORED_CLAUSES, Occurrences
from .terms import LeafPostings

TITLE, HEADINGS, ADDRESS, TAGS, CODE = map(FIELDS.index, ("title", "headings", "address", "tags", "code"))

# A position, a clause and a number of words are sorted as one number.
BITS = 6
LARGEST = (1 << BITS) - 1

# The first words of a post, from its title on, say what it is about. With 150 or 300, Cranfield loses 0.003.
BEGINNING_WORDS = 50


def find_occurrences(segment: Segment, clauses: Sequence[Sequence[LeafPostings]], docs: Array) -> Occurrences:
    """Find the occurrences of clauses, each of one or more leaves, in ascending posts, ordered by position."""
    among = segment.among(docs)
    keys = [
        (found.places(among).astype(np.int64) << BITS | number) << BITS | min(found.width, LARGEST)
        for number, leaves in enumerate(clauses[:MAX_RESCORED_CLAUSES])
        for found in leaves
    ]
    combined = np.sort(np.concatenate([np.empty(0, np.int64), *keys]))
    first = (combined >> 2 * BITS).astype(np.uint32)
    doc, run = segment.docs_at(first), segment.runs_at(first)
    field = segment.arrays["run_field"].take(run)
    number = np.zeros(segment.docs, np.intp)
    number[docs] = np.arange(len(docs))
    return Occurrences(
        post=number.take(doc),
        clause=combined >> BITS & LARGEST,
        first=first,
        words=combined & LARGEST,
        run=run,
        size=segment.runs.size.take(run),
        section=segment.runs.section.take(run),
        titles=field == TITLE,
        headings=field == HEADINGS,
        addresses=field == ADDRESS,
        tags=field == TAGS,
        code=field == CODE,
        beginnings=first - segment.arrays["doc_at"].take(doc) < BEGINNING_WORDS,
        exact=_exact(segment, clauses[:MAX_RESCORED_CLAUSES], docs),
    )


def titled(segment: Segment, docs: Array, places: Occurrences, title: Sequence[str]) -> Array:
    """Check which posts have a title of exactly these terms; the occurrences are those of a query in the posts."""
    # Few posts have a word of the query in a title of as many terms, so that few articles are read.
    at = np.flatnonzero(places.titles & (places.size == len(title)))
    found = np.zeros(len(docs), bool)
    for post in dict.fromkeys(places.post[at].tolist()):
        found[post] = terms(segment.posts.article(int(docs[post])).title) == list(title)
    return found


def _exact(segment: Segment, clauses: Sequence[Sequence[LeafPostings]], docs: Array) -> Array:
    """Return for each post and clause whether it occurs as typed, and not only in another form."""
    found = np.zeros((len(docs), len(clauses)), bool)
    for number, leaves in enumerate(clauses):
        # The leaf as typed comes first, its variants after it.
        typed = leaves[0]
        own = typed.docs if typed.exact is None else typed.exact
        found[:, number] = segment.among(own).take(docs)
    return found
