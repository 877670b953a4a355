"""The order of the paths of posts in several segments: equal scores are ordered by it."""

from collections.abc import Callable, Sequence
from itertools import accumulate, chain

import numpy as np

from ..lazy import lazy
from .arrays import Array


class PathOrder:
    """The place of each post's path among those of all segments, found out when it is first asked for.

    Args:
        paths: For each segment, what returns the paths of its posts.
    """

    def __init__(self, paths: Sequence[Callable[[], Sequence[bytes]]]) -> None:
        self._paths = paths

    def of_segment(self, number: int) -> Array:
        """Return the places of the posts of a segment."""
        return self._places[number]

    @lazy
    def _places(self) -> Sequence[Array]:
        own = [paths() for paths in self._paths]
        together = list(chain.from_iterable(own))
        places = np.empty(len(together), np.intp)
        places[sorted(range(len(together)), key=together.__getitem__)] = np.arange(len(together))
        return np.split(places, list(accumulate(map(len, own)))[:-1])
