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
    docs, weights = segment.postings(terms.start, terms.stop)
    low, high = arrays["position_at"].item(terms.start), arrays["position_at"].item(terms.stop)
    if among is None:
        counts, stands = segment.frequency.take(weights), arrays["position"][low:high]
        return np.asarray(arrays["doc_at"].take(docs).repeat(counts) + stands)
    (kept,) = among.take(docs).nonzero()
    if not len(kept):
        return NOWHERE
    counts = segment.frequency.take(weights)
    ends = counts.cumsum(dtype=np.int32).take(kept)
    counts = counts.take(kept)
    kept_ends = counts.cumsum(dtype=np.int32)
    places = (ends - kept_ends).repeat(counts) + np.arange(low, low + kept_ends[-1])
    return np.asarray(arrays["doc_at"].take(docs.take(kept)).repeat(counts) + arrays["position"].take(places))
