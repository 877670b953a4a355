"""The vectors of a segment: each stands for a piece of a post, and is near those that mean the same.

    vector          V times the dimensions of the model; numbers from -127 to 127, for a length of 1
    vector_at       D + 1; the vectors of a post
    vector_start    V; where the piece begins in the post's text
    vector_model    the id of the model that made them, in UTF-8; empty without vectors

All vectors of a segment are of one model: what another one made cannot be compared, and is left out in a merge.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

import numpy as np

from ..lazy import lazy
from ..model import Post
from . import ragged
from .arrays import Array
from .ragged import Lists

SCALE = 127
# Vectors that are compared exactly, for each that is wanted: the nearest by the signs of their numbers alone.
COMPARED = 20


class PostVectors(NamedTuple):
    """The vectors of a post, scaled, with where their pieces begin, and the model that made them."""

    model: str
    starts: Array
    vectors: Array


class QueryVector(NamedTuple):
    """The vector of a query, and the model that made it.

    Attributes:
        model: The model's id.
        vector: The vector.
        embed: Makes the vectors of other texts, where that takes no time to speak of.
    """

    model: str
    vector: Array
    embed: Callable[[Sequence[str]], Array] | None = None


class Embedder(Protocol):
    """Makes the vectors of posts."""

    def embed_post(self, post: Post) -> PostVectors | None:
        """Return the vectors of a post; None if there is nothing to make them with."""


def scaled(vectors: Array) -> Array:
    """Return unit vectors as they are stored."""
    return np.asarray(np.rint(vectors * SCALE), np.int8)


class VectorBuilder:
    """Collects the vectors of posts in the order of their numbers in the segment."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._posts: list[PostVectors] = []
        self._counts: list[int] = []

    def add(self, post: Post) -> None:
        """Add the next post."""
        made = self._embedder.embed_post(post) if self._embedder else None
        self._counts.append(len(made.starts) if made else 0)
        self._posts += [made] if made else []

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of the posts added."""
        at = np.fromiter(accumulate(self._counts, initial=0), np.uint32, len(self._counts) + 1)
        if not self._posts:
            return _arrays(at, np.empty(0, np.int8), np.empty(0, np.uint32), b"")
        vectors = np.concatenate([made.vectors for made in self._posts])
        starts = np.concatenate([made.starts for made in self._posts])
        return _arrays(at, vectors.ravel(), starts, self._posts[0].model.encode())


def merge_vectors(segments: Sequence[tuple[Mapping[str, Array], Array]]) -> dict[str, Array]:
    """Merge the vectors of segments, each with a mask of the posts to keep; those of the last one's model are kept."""
    models = [arrays["vector_model"].tobytes() for arrays, _ in segments]
    model = next(filter(None, reversed(models)), b"")
    at, vectors, starts = [], [], []
    for (arrays, alive), own in zip(segments, models, strict=True):
        count = len(arrays["vector_start"])
        kept = alive if own == model else np.zeros(len(alive), bool)
        lists = Lists(arrays["vector_at"], arrays["vector"].reshape(count, -1) if count else arrays["vector"])
        at.append(np.where(kept, np.diff(lists.at), 0)[alive])
        mask = np.repeat(kept, np.diff(lists.at))
        vectors.append(lists.values[mask].ravel())
        starts.append(arrays["vector_start"][mask])
    return _arrays(ragged.offsets(np.concatenate(at)), np.concatenate(vectors), np.concatenate(starts), model)


def _arrays(at: Array, vectors: Array, starts: Array, model: bytes) -> dict[str, Array]:
    return {
        "vector": vectors,
        "vector_at": at.astype(np.uint32),
        "vector_start": starts,
        "vector_model": np.frombuffer(model, np.uint8),
    }


class Near(NamedTuple):
    """How near posts are to a query: the cosine of each one's nearest piece, and where that piece begins."""

    cosines: Array
    starts: Array


class SegmentVectors:
    """Looks up the vectors of a segment; its views share them."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = arrays

    @lazy
    def model(self) -> str:
        """The id of the model that made them."""
        return self._arrays["vector_model"].tobytes().decode()

    @lazy
    def _at(self) -> Array:
        return self._arrays["vector_at"].astype(np.intp)

    @lazy
    def _vectors(self) -> Array:
        return self._arrays["vector"].reshape(len(self._arrays["vector_start"]), -1)

    @lazy
    def _signs(self) -> Array:
        return _signs(self._vectors)

    def lacking(self, alive: Array | None, model: str) -> int:
        """Return how many posts have no vectors of a model, of those that a mask says are alive."""
        lacks = (np.diff(self._at) == 0) | (self.model != model)
        return int(np.count_nonzero(lacks if alive is None else lacks & alive))

    def near(self, docs: Array, query: QueryVector) -> Near:
        """Return how near posts are to a query; 0 for those without vectors."""
        found = Near(np.zeros(len(docs)), np.zeros(len(docs), np.intp))
        counts = self._at[docs + 1] - self._at[docs]
        having = np.flatnonzero(counts)
        if query.model != self.model or not len(having):
            return found
        first, counts = self._at[docs[having]], counts[having]
        begins = np.cumsum(counts) - counts
        rows = np.repeat(first - begins, counts) + np.arange(counts.sum())
        cosines = self._cosines(rows, query)
        best = np.maximum.reduceat(cosines, begins)
        found.cosines[having] = best
        # The first of a post's pieces that are as near as the nearest.
        nearest = np.flatnonzero(cosines == np.repeat(best, counts))[::-1]
        post = np.repeat(having, counts)
        found.starts[post[nearest]] = self._arrays["vector_start"][rows[nearest]]
        return found

    def nearest(self, allowed: Array, query: QueryVector, limit: int, least: float) -> Array:
        """Return the posts of a mask that are nearest to a query, with a cosine of at least `least`, ascending.

        The nearest by the signs of their numbers are compared exactly: of 64 signs at a time, those that differ are
        counted in one operation.
        """
        if query.model != self.model:
            return np.empty(0, np.intp)
        rows = np.flatnonzero(np.repeat(allowed, np.diff(self._at)))
        wanted = limit * COMPARED
        if wanted < len(rows):
            differing = self._differing(query)[rows]
            rows = rows[differing <= np.cumsum(np.bincount(differing)).searchsorted(wanted)]
        cosines = self._cosines(rows, query)
        order = np.argsort(-cosines, kind="stable")[: np.count_nonzero(cosines >= least)]
        docs, first = np.unique(self._at.searchsorted(rows[order], side="right") - 1, return_index=True)
        return np.sort(docs[np.argsort(first)[:limit]])

    def _differing(self, query: QueryVector) -> Array:
        """Return how many signs of each vector are not those of a query."""
        found = np.zeros(self._signs.shape[1], np.uint16)
        for signs, sign in zip(self._signs, _signs(query.vector[None]), strict=True):
            found += np.bitwise_count(signs ^ sign)
        return found

    def _cosines(self, rows: Array, query: QueryVector) -> Array:
        return np.asarray(self._vectors[rows].astype(np.float32) @ (query.vector / SCALE))


def _signs(vectors: Array) -> Array:
    """Return whether each number is above 0: 64 of a vector in each row, as the bits of one number."""
    bits = np.packbits(vectors > 0, axis=1)
    words = np.ascontiguousarray(np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8)))).view(np.uint64)
    return np.ascontiguousarray(words.T)
