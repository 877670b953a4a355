"""Where terms stand: kept from the beginning of their post, and given through the whole segment."""

from collections.abc import Collection, Sequence
from itertools import accumulate

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.segment import Segment

NOWHERE = np.empty(0, np.uint32)

# The numbers of some terms, and the languages of the posts in which they count; None for all.
Member = tuple[range, Collection[int] | None]


def positions(segment: Segment, members: Sequence[Member], among: Array | None = None) -> Array:
    """Give the positions of some terms, one term's after the other's, each term's ascending.

    Args:
        segment: Where the terms are.
        members: Their numbers, at least one.
        among: For each post, whether its positions are wanted; all are where it is None.
    """
    parts = [segment.postings(terms.start, terms.stop) for terms, _ in members]
    docs, weights = parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
    sizes = [len(part.docs) for part in parts]
    counts = segment.frequency.take(weights)
    begins = counts.cumsum(dtype=np.int64)
    begins += np.repeat(_shifts(segment, members), sizes) - counts
    wanted = [among.take(docs)] if among is not None else []
    if any(languages is not None for _, languages in members):
        wanted.append(_spoken(segment, members, docs, sizes))
    if wanted:
        (kept,) = np.logical_and.reduce(wanted).nonzero()
        docs, begins, counts = docs.take(kept), begins.take(kept), counts.take(kept)
    ends = counts.cumsum(dtype=np.int64)
    places = (begins + counts - ends).repeat(counts) + np.arange(ends[-1] if len(ends) else 0)
    return np.asarray(segment.arrays["doc_at"].take(docs).repeat(counts) + segment.arrays["position"].take(places))


def _shifts(segment: Segment, members: Sequence[Member]) -> Array:
    """Give how far the positions of each member lie behind where they would if its terms followed the member before."""
    starts = [segment.arrays["position_at"].item(terms.start) for terms, _ in members]
    before = accumulate((segment.positions_of(terms) for terms, _ in members), initial=0)
    return np.array([start - place for start, place in zip(starts, before, strict=False)])


def _spoken(segment: Segment, members: Sequence[Member], docs: Array, sizes: Sequence[int]) -> Array:
    """Tell for each posting whether its term counts in its post's language."""
    counts = np.ones((len(members), len(segment.names.languages)), bool)
    for member, (_, languages) in enumerate(members):
        if languages is not None:
            counts[member] = False
            counts[member, list(languages)] = True
    row = np.arange(len(members)).repeat(sizes) * counts.shape[1]
    return counts.take(row + segment.arrays["doc_language"].take(docs))
