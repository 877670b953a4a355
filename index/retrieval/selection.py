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
    if len(segments) == 1 and segments[0].kernels:
        return parts[0]  # They are in order.
    found = end_to_end(parts)
    return found.take(np.lexsort((_by_path(segments, found), -found.score))[:limit])


def best_first(segments: Sequence[Segment], listed: Listed) -> Listed:
    """Order by scores, equals by date, then by path."""
    if len(segments) == 1 and segments[0].kernels:
        return listed.take(segments[0].kernels.order_posts(listed.score, listed.doc, len(listed), by_date=True))
    return listed.take(np.lexsort((_by_path(segments, listed), -dates_of(segments, listed), -listed.score)))


def dates_of(segments: Sequence[Segment], listed: Listed) -> Array:
    """Return the date of each post in seconds; undated posts count as the oldest."""
    if len(segments) == 1:
        return segments[0].arrays["doc_when"].take(listed.doc).astype(np.float64)
    when = np.empty(len(listed))
    for number, segment in enumerate(segments):
        own = listed.segment == number
        when[own] = segment.arrays["doc_when"][listed.doc[own]]
    return when


def _by_path(segments: Sequence[Segment], listed: Listed) -> Array:
    """Return numbers that order the posts of equal scores by path, whatever segments they are in."""
    if len(segments) == 1:
        return segments[0].path_keys.take(listed.doc)
    by_score = listed.score.argsort()
    scores = listed.score.take(by_score)
    is_same = scores[1:] == scores[:-1]
    if not is_same.any():
        return np.zeros(len(listed), np.intp)
    tied = by_score[np.append(is_same, False) | np.append(False, is_same)]
    paths = [
        segments[segment].path(doc)
        for segment, doc in zip(listed.segment[tied].tolist(), listed.doc[tied].tolist(), strict=True)
    ]
    number = {path: n for n, path in enumerate(sorted(paths))}
    order = np.zeros(len(listed), np.intp)
    order[tied] = [number[path] for path in paths]
    return order


def _largest(keys: Array, limit: int, docs: Array, segment: Segment) -> Array:
    """Return the indexes of the largest keys; among equal keys, the first by path."""
    if segment.kernels and len(keys):
        return segment.kernels.order_posts(keys, docs.astype(np.intp, copy=False), limit)
    if len(keys) <= limit:
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - limit)[len(keys) - limit]
    above, equal = np.flatnonzero(keys > threshold), np.flatnonzero(keys == threshold)
    left = limit - len(above)
    if left < len(equal):
        equal = equal[np.argpartition(segment.path_keys.take(docs[equal]), left)[:left]]
    return np.concatenate([above, equal])
