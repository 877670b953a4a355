"""Lists of ranked posts, as parallel arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from ..segment.arrays import Array
from .copies import DocId

# More posts than a segment has.
MOST_DOCS = 1 << 32
NONE = np.empty(0, np.int64)


class Best(msgspec.Struct, frozen=True, gc=False):
    """A post of the page.

    Attributes:
        segment: Its segment.
        doc: Its number in there.
        score: What it is ranked by; 0 where nothing was scored.
        frequency: What BM25F gives it.
        names: What rescoring adds to that.
        rewards: How much of each.
    """

    segment: int
    doc: int
    score: float = 0.0
    frequency: float = 0.0
    names: Sequence[str] = ()
    rewards: Sequence[float] = ()

    @property
    def id(self) -> DocId:
        """Its segment and its number."""
        return self.segment, self.doc

    @property
    def added(self) -> dict[str, float]:
        """What rescoring adds, by name."""
        return dict(zip(self.names, self.rewards, strict=True))


@dataclass(frozen=True, slots=True)
class Listed:
    """Posts in an order, as parallel arrays; the attributes are those of `Best`, rewards a row for each post."""

    segment: Array
    doc: Array
    score: Array
    frequency: Array
    names: tuple[str, ...]
    rewards: Array

    def __len__(self) -> int:
        return len(self.doc)

    @property
    def ids(self) -> Array:
        """A number for each post, other than that of all others."""
        return self.segment * MOST_DOCS + self.doc

    def take(self, at: Array | slice) -> "Listed":
        """Return the posts at some indexes of the list."""
        return Listed(self.segment[at], self.doc[at], self.score[at], self.frequency[at], self.names, self.rewards[at])

    def of_segment(self, number: int) -> "Listed":
        """Return the posts of one segment."""
        return self.take(np.flatnonzero(self.segment == number))

    def added(self, name: str) -> Array:
        """Return what rescoring adds by this name."""
        return np.asarray(self.rewards[:, self.names.index(name)])

    def plus(self, name: str, reward: Array) -> "Listed":
        """Return the list with something added to the scores, in the same order."""
        rewards = np.column_stack((self.rewards, reward))
        return Listed(self.segment, self.doc, self.score + reward, self.frequency, (*self.names, name), rewards)

    def best(self, first: int, last: int) -> list[Best]:
        """Return the posts from one rank to another, excluded."""
        at = slice(max(0, first), max(0, last))
        columns = (self.segment, self.doc, self.score, self.frequency, self.rewards)
        rows = zip(*(column[at].tolist() for column in columns), strict=True)
        return [Best(segment, doc, score, bm25, self.names, rewards) for segment, doc, score, bm25, rewards in rows]


def ids_of(docs: Sequence[Array]) -> Array:
    """Return the ids of posts of every segment; see `Listed.ids`."""
    return np.concatenate([NONE, *(own.astype(np.int64) + number * MOST_DOCS for number, own in enumerate(docs))])


def docs_of(ids: Array, segments: int) -> list[Array]:
    """Return the posts of some ids, ascending, in each of so many segments."""
    ids = np.sort(ids)
    bounds = ids.searchsorted(np.arange(segments + 1) * MOST_DOCS).tolist()
    return [ids[bounds[n] : bounds[n + 1]] - n * MOST_DOCS for n in range(segments)]


def numbered(segment: int, count: int) -> Array:
    """Return the number of a segment for each of its posts."""
    return np.full(count, segment) if segment else np.zeros(count, np.intp)


def listed_of(segment: int, docs: Array, keys: Array) -> Listed:
    """Return posts of one segment with what they are ordered by."""
    keys = keys.astype(np.float64, copy=False)
    return Listed(
        numbered(segment, len(docs)), docs.astype(np.intp, copy=False), keys, keys, (), np.empty((len(docs), 0))
    )


def end_to_end(parts: Sequence[Listed]) -> Listed:
    """Return the posts of several lists, one list after the other; what a list has no rewards of counts as 0."""
    if len(parts) == 1:
        return parts[0]
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    rewards = np.zeros((sum(map(len, parts)), len(names)))
    row = 0
    for part in parts:
        rewards[row : row + len(part), list(map(names.index, part.names))] = part.rewards
        row += len(part)
    return Listed(
        np.concatenate([part.segment for part in parts]),
        np.concatenate([part.doc for part in parts]),
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.frequency for part in parts]),
        names,
        rewards,
    )
