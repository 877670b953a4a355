"""The order of the paths of posts in several segments: equal scores are ordered by it."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, chain, compress

import numpy as np

from ..lazy import lazy
from .arrays import Array
from .segment import Segment

# A segment with so many times fewer posts than the largest, as after one post changed, is small: of the paths of large
# ones only those are read that bisection compares, each of which takes some twenty times as long as where all are read.
MANY_TIMES = 20


class PathOrder:
    """The place of each post's path among those of all segments, found out when it is first asked for.

    Args:
        segments: The segments; each knows the order of its own paths.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments

    def of_segment(self, number: int) -> Array:
        """Return the places of the posts of a segment."""
        return self._places[number]

    @lazy
    def _places(self) -> Sequence[Array]:
        most = max(segment.docs for segment in self._segments)
        is_large = [segment.docs * MANY_TIMES > most for segment in self._segments]
        large = list(compress(self._segments, is_large))
        small = [segment for segment, own in zip(self._segments, is_large, strict=True) if not own]
        of_large, of_small = map(_numbered, (large, small))
        paths = sorted(path for segment in small for path in segment.paths())
        behind = np.zeros(len(paths), np.intp)
        for segment, places in zip(large, of_large, strict=True):
            own = _SortedPaths(segment)
            before = np.array([bisect_left(own, path) for path in paths], np.intp)
            behind += before
            places += before.searchsorted(_inverse(own.docs), side="right")
        for places in of_small:
            places += behind.take(places)
        return [(of_large if own else of_small).pop(0) for own in is_large]


def _numbered(segments: Sequence[Segment]) -> list[Array]:
    """Return the place of each post's path among those of some segments."""
    if len(segments) == 1:
        return [_inverse(segments[0].path_keys.argsort())]
    own = [segment.paths() for segment in segments]
    together = list(chain.from_iterable(own))
    order = np.array(sorted(range(len(together)), key=together.__getitem__), np.intp)
    return np.split(_inverse(order), list(accumulate(map(len, own)))[:-1])


class _SortedPaths:
    """The paths of a segment in their order, each read when it is asked for."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self.docs = segment.path_keys.argsort()

    def __len__(self) -> int:
        return len(self.docs)

    def __getitem__(self, rank: int) -> bytes:
        return self._segment.path(self.docs.item(rank))


def _inverse(order: Array) -> Array:
    """Return where each number is in an order of all of them."""
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return places
