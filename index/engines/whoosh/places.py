"""Where the clauses of a query stand in some posts of a segment, for `rescoring`."""

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.leaves import Found
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.tokens import FIELDS
from index.rescoring import MAX_CLAUSES, Places

TITLE, HEADINGS, ADDRESS = (FIELDS.index(name) for name in ("title", "headings", "address"))

# A position, a clause and a number of words are sorted as one number.
BITS = 6
MOST = (1 << BITS) - 1


def find_places(segment: Segment, clauses: Sequence[Sequence[Found]], docs: Array) -> Places:
    """Find the places of clauses, each of one leaf or of several, in posts; both the posts and the places ascend."""
    among = segment.among(docs)
    keys = [
        (found.places(among).astype(np.int64) << BITS | number) << BITS | min(found.width, MOST)
        for number, leaves in enumerate(clauses[:MAX_CLAUSES])
        for found in leaves
    ]
    together = np.sort(np.concatenate([np.empty(0, np.int64), *keys]))
    first = (together >> 2 * BITS).astype(np.uint32)
    run = segment.runs_at(first)
    field = segment.arrays["run_field"].take(run)
    number = np.zeros(segment.docs, np.intp)
    number[docs] = np.arange(len(docs))
    return Places(
        post=number.take(segment.docs_at(first)),
        clause=together >> BITS & MOST,
        first=first,
        words=together & MOST,
        run=run,
        size=segment.run_size.take(run),
        section=segment.run_section.take(run),
        titles=field == TITLE,
        headings=field == HEADINGS,
        addresses=field == ADDRESS,
        exact=_exact(segment, clauses[:MAX_CLAUSES], docs),
    )


def _exact(segment: Segment, clauses: Sequence[Sequence[Found]], docs: Array) -> Array:
    """Tell for each post and clause whether what was typed stands there, and not only another form of it."""
    found = np.zeros((len(docs), len(clauses)), bool)
    for number, leaves in enumerate(clauses):
        # What was typed comes first, what may stand for it after.
        typed = leaves[0]
        own = typed.docs if typed.exact is None else typed.exact
        found[:, number] = segment.among(own).take(docs)
    return found
