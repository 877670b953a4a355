"""Where terms stand: kept from the beginning of their post, and given through the whole segment."""

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.segment import Segment

NOWHERE = np.empty(0, np.uint32)


def positions(segment: Segment, terms: range, among: Array | None = None) -> Array:
    """Give the positions of some terms, one term's after the other's, each term's ascending.

    Args:
        segment: Where the terms are.
        terms: Their numbers.
        among: For each post, whether its positions are wanted; all are where it is None.
    """
    arrays = segment.arrays
    postings = segment.postings(terms.start, terms.stop)
    docs, stands = postings.docs, arrays["position"][slice(*arrays["position_at"][[terms.start, terms.stop]].tolist())]
    counts = segment.frequency.take(postings.weights)
    if among is not None:
        kept = np.flatnonzero(among.take(docs))
        if not len(kept):
            return NOWHERE
        first = (np.cumsum(counts) - counts).take(kept)
        docs, counts = docs.take(kept), counts.take(kept)
        stands = stands.take(np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum()))
    return np.asarray(np.repeat(arrays["doc_at"].take(docs), counts) + stands)


def together(segment: Segment, ranges: list[range]) -> Array:
    """Give which posts have a term of each of some ranges, from the rarest range to the others."""
    at = segment.arrays["posting_at"]
    present = np.ones(segment.docs, bool)
    for terms in sorted(ranges, key=lambda terms: int(at[terms.stop]) - int(at[terms.start])):
        docs = segment.postings(terms.start, terms.stop).docs
        docs = docs[present.take(docs)]
        present = np.zeros(segment.docs, bool)
        present[docs] = True
    return present
