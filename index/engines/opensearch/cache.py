"""Cache the posts that queries found, in few segments.

The posts that a query has to fetch become a segment. When there are several segments, they are merged without the posts
least recently used. An entry never goes stale: another version of a post has another id.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np

from ...segment.arrays import Array
from ...segment.builder import SegmentArrays, merge_segments
from ...segment.segment import Segment
from .documents import ALIVE

# The posts that a process caches, at the least; at most twice as many. A post takes some ten kilobytes.
CACHED_POSTS = 4_000
# Every query searches each segment; a merge costs as much as a few searches.
MAX_SEGMENTS = 6

Fetch = Callable[[Sequence[str]], Mapping[str, SegmentArrays]]


class CacheHit(NamedTuple):
    """Posts in one segment.

    Attributes:
        segment: A view of the segment in which only these posts are alive.
        docs: Their numbers.
        ids: The ids of all posts of the segment.
    """

    segment: Segment
    docs: Sequence[int]
    ids: Sequence[str]


class CachedSegment:
    """A segment of cached posts.

    Attributes:
        ids: The ids of its posts, in order.
        used: The number of the query that used each post last.
        number: The number of each post by its id.
    """

    def __init__(self, segment: Segment, ids: Sequence[str], used: Array) -> None:
        self.segment, self.ids, self.used = segment, ids, used
        self.number = {post: number for number, post in enumerate(ids)}

    def only(self, ids: Sequence[str], average: float) -> CacheHit:
        """Return the segment with some of its posts alone."""
        docs = [self.number[post] for post in ids]
        return CacheHit(self.segment.view(self.segment.among(docs), average), docs, self.ids)


class PostCache:
    """Threads may share a cache; a post that two of them fetch at the same time is there twice until the next merge."""

    def __init__(self, size: int = CACHED_POSTS) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._segments: list[CachedSegment] = []
        self._query = 0

    def find(self, ids: Sequence[str], average: float, fetch: Fetch) -> list[CacheHit]:
        """Return posts, normalized by the index's average length.

        Posts that are not cached are fetched; those that `fetch` does not return are left out.
        """
        with self._lock:
            cached = self._segments
        missing = [post for post in dict.fromkeys(ids) if not any(post in segment.number for segment in cached)]
        fetched = fetch(missing) if missing else {}
        new = [_segment_of(fetched)] if fetched else []
        with self._lock:
            self._query += 1
            chosen = _locate([*cached, *new], ids)
            for segment, posts in chosen:
                segment.used[[segment.number[post] for post in posts]] = self._query
            if new:
                self._segments = self._compacted([*self._segments, *new])
        return [segment.only(posts, average) for segment, posts in chosen]

    def _compacted(self, segments: list[CachedSegment]) -> list[CachedSegment]:
        """Merge the small segments if there are many; if together they are as large as the first, merge all."""
        if len(segments) <= MAX_SEGMENTS:
            return segments
        first, *others = segments
        if sum(len(segment.ids) for segment in others) < len(first.ids):
            return [first, _merge(others, self._size)]
        return [_merge(segments, self._size)]


def _segment_of(fetched: Mapping[str, SegmentArrays]) -> CachedSegment:
    merged = merge_segments([(arrays, ALIVE) for arrays in fetched.values()])
    return CachedSegment(Segment(merged), list(fetched), np.zeros(len(fetched), np.int64))


def _merge(segments: Sequence[CachedSegment], size: int) -> CachedSegment:
    """Merge segments; of their posts, keep the `size` most recently used."""
    used = np.concatenate([segment.used for segment in segments])
    oldest = np.partition(used, -size)[-size] if len(used) > size else 0
    kept = [(segment, segment.used >= oldest) for segment in segments]
    ids = [post for segment, mask in kept for post in compress(segment.ids, mask.tolist())]
    merged = merge_segments([(segment.segment.stored, mask) for segment, mask in kept])
    return CachedSegment(Segment(merged), ids, used[used >= oldest])


def _locate(segments: Sequence[CachedSegment], ids: Sequence[str]) -> list[tuple[CachedSegment, list[str]]]:
    """Return the segments that have some of the posts, each with those posts; every post comes once."""
    located, remaining = [], dict.fromkeys(ids)
    for segment in segments:
        posts = [post for post in remaining if post in segment.number]
        for post in posts:
            del remaining[post]
        if posts:
            located.append((segment, posts))
    return located
