"""Select the best posts of several segments, and put posts in their order."""

from collections.abc import Sequence

import numpy as np

from ..segment.arrays import Array
from ..segment.segment import Segment
from .listed import Listed, end_to_end, listed_of


def select_top(segments: Sequence[Segment], docs: Sequence[Array], keys: Sequence[Array], limit: int) -> Listed:
    """Return the posts with the largest keys; equal keys by path."""
    # An index without a segment has no list; one of nothing makes it the same as any other.
    parts = [listed_of(0, np.empty(0), np.empty(0))] if not docs else []
    for number, (own, key) in enumerate(zip(docs, keys, strict=True)):
        precise = key.astype(np.float64)
        at = _largest(precise, limit, own, segments[number])
        parts.append(listed_of(number, own[at], precise[at]))
    found = end_to_end(parts)
    return found.take(np.lexsort((_by_path(segments, found), -found.score))[:limit])


def best_first(segments: Sequence[Segment], listed: Listed) -> Listed:
    """Order by scores, equals by date, then by path."""
    return listed.take(np.lexsort((_by_path(segments, listed), -dates_of(segments, listed), -listed.score)))


def dates_of(segments: Sequence[Segment], listed: Listed) -> Array:
    """Return the date of each post in seconds; undated posts count as the oldest."""
    return values_of([segment.arrays["doc_when"] for segment in segments], listed).astype(np.float64)


def values_of(columns: Sequence[Array], listed: Listed) -> Array:
    """Return the value of each post in a column of its segment."""
    if len(columns) == 1:
        return columns[0].take(listed.doc)
    values = np.empty(len(listed), columns[0].dtype if columns else float)
    for number in set(listed.segment.tolist()):
        own = np.flatnonzero(listed.segment == number)
        values[own] = columns[number].take(listed.doc.take(own))
    return values


def _by_path(segments: Sequence[Segment], listed: Listed) -> Array:
    """Return numbers that order posts by path, whatever segments they are in."""
    return values_of([segment.path_order for segment in segments], listed)


def _largest(keys: Array, limit: int, docs: Array, segment: Segment) -> Array:
    """Return the indexes of the largest keys; among equal keys, the first by path."""
    if len(keys) <= limit:
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - limit)[len(keys) - limit]
    above, equal = np.flatnonzero(keys > threshold), np.flatnonzero(keys == threshold)
    left = limit - len(above)
    if left < len(equal):
        equal = equal[np.argpartition(segment.path_order.take(docs[equal]), left)[:left]]
    return np.concatenate([above, equal])
