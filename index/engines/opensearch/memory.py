"""Posts that queries found lately, merged into few segments: they are neither fetched nor put together again.

What a query has to fetch becomes a segment. Once there are several, they are merged, and the posts that nobody asked
for since long are left out. A post never changes: another version of it has another id.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from itertools import compress
from typing import NamedTuple

import numpy as np

from index.engines.opensearch.documents import ALIVE, Stored, merged
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.segment import Segment

# Posts that are kept by a process at the least; twice as many at the most. Some ten kilobytes each.
KEPT = 4_000
# A query looks at every segment by itself; merging costs as much as some searches.
SEGMENTS = 6

Fetch = Callable[[Sequence[str]], Mapping[str, Stored]]


class Part(NamedTuple):
    """A segment of which only the posts that were asked for are there: their numbers, and the ids of all posts."""

    segment: Segment
    docs: Sequence[int]
    ids: Sequence[str]


class Held:
    """A segment of posts.

    Attributes:
        ids: The posts' ids, in the order of the segment.
        used: When each was asked for last, by the number of the query.
    """

    def __init__(self, segment: Segment, ids: Sequence[str], used: Array) -> None:
        self.segment, self.ids, self.used = segment, ids, used
        self.number = {each: number for number, each in enumerate(ids)}
        # They are worked out once, and not for the copy that each query gets.
        _ = segment.names, segment.run_size, segment.run_section

    def part(self, ids: Sequence[str]) -> Part:
        """Give the segment with these posts only."""
        segment, docs = copy(self.segment), [self.number[each] for each in ids]
        segment.alive = segment.among(docs)
        return Part(segment, docs, self.ids)

    def stored(self) -> Stored:
        """Give its arrays, to be merged."""
        return Stored(self.segment.arrays, self.segment.documents.arrays)


class Memory:
    """Safe to share between threads; what two of them fetch at the same time is there twice for a while."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._held: list[Held] = []
        self._query = 0

    def parts(self, ids: Sequence[str], fetch: Fetch) -> list[Part]:
        """Give posts as parts of segments; what is not here is fetched, and what is nowhere left out."""
        with self._lock:
            held = self._held
        missing = [each for each in dict.fromkeys(ids) if not any(each in one.number for one in held)]
        found = fetch(missing) if missing else {}
        new = [_fetched(found)] if found else []
        with self._lock:
            self._query += 1
            chosen = _chosen([*held, *new], ids)
            for one, own in chosen:
                one.used[[one.number[each] for each in own]] = self._query
            if new:
                self._held = self._settled([*self._held, *new])
        return [one.part(own) for one, own in chosen]

    def _settled(self, held: list[Held]) -> list[Held]:
        """Keep the segments few: merge the small ones, and once they are as large as the first, all of them."""
        if len(held) <= SEGMENTS:
            return held
        first, *others = held
        if sum(len(one.ids) for one in others) < len(first.ids):
            return [first, _together(others, self._kept)]
        return [_together(held, self._kept)]


def _fetched(found: Mapping[str, Stored]) -> Held:
    segment = merged([(stored, ALIVE) for stored in found.values()])
    return Held(segment, list(found), np.zeros(len(found), np.int64))


def _together(held: Sequence[Held], kept: int) -> Held:
    """Merge segments; of their posts, so many are kept as were asked for last."""
    used = np.concatenate([one.used for one in held])
    least = np.partition(used, -kept)[-kept] if len(used) > kept else 0
    alive = [one.used >= least for one in held]
    ids = [each for one, own in zip(held, alive, strict=True) for each in compress(one.ids, own.tolist())]
    segment = merged([(one.stored(), own) for one, own in zip(held, alive, strict=True)])
    return Held(segment, ids, used[np.concatenate(alive)])


def _chosen(held: Sequence[Held], ids: Sequence[str]) -> list[tuple[Held, list[str]]]:
    """Find where posts are, each once."""
    chosen, left = [], dict.fromkeys(ids)
    for one in held:
        own = [each for each in left if each in one.number]
        for each in own:
            del left[each]
        if own:
            chosen.append((one, own))
    return chosen
