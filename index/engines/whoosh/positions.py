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
    docs, counts = postings.docs, segment.frequency.take(postings.weights)
    low, high = arrays["position_at"].item(terms.start), arrays["position_at"].item(terms.stop)
    stands = arrays["position"][low:high]
    if among is not None:
        (kept,) = among.take(docs).nonzero()
        if not len(kept):
            return NOWHERE
        ends = counts.cumsum(dtype=np.int32).take(kept)
        docs, counts = docs.take(kept), counts.take(kept)
        kept_ends = counts.cumsum(dtype=np.int32)
        stands = stands.take((ends - kept_ends).repeat(counts) + np.arange(kept_ends[-1], dtype=np.int32))
    return np.asarray(arrays["doc_at"].take(docs).repeat(counts) + stands)
