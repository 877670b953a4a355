"""Build the arrays of a segment: from posts, from the posts of a segment on disk, or by merging segments."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model import Post
from . import merging, store
from .arrays import Array
from .fields import PostTokens, post_tokens
from .inverter import Inverter
from .store import PostStore, StoreBuilder
from .vectors import Embedder, VectorBuilder, merge_vectors


class SegmentArrays(NamedTuple):
    """All arrays of a segment.

    Attributes:
        posts: The posts themselves; see `store`.
        derived: What is computed from the posts, and can be computed again; see `inverter` and `vectors`.
    """

    posts: Mapping[str, Array]
    derived: Mapping[str, Array]


class SegmentBuilder:
    """Collects the posts of one segment: each is analysed once, and all positions are sorted once.

    Args:
        embedder: Makes vectors of the posts; without one there are none.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._store = StoreBuilder()
        self._inverter = Inverter()
        self._vectors = VectorBuilder(embedder)

    @property
    def tokens(self) -> int:
        """The number of tokens added so far."""
        return self._inverter.doc_at[-1]

    def add(self, post: Post, tokens: PostTokens) -> None:
        """Add the next post, with its tokens."""
        self._store.add(post)
        self._inverter.add(post, tokens)
        self._vectors.add(post)

    def arrays(self) -> SegmentArrays:
        """Return the arrays of the posts added."""
        return SegmentArrays(self._store.arrays(), self._inverter.arrays() | self._vectors.arrays())


def derive(posts: PostStore, embedder: Embedder | None = None) -> dict[str, Array]:
    """Compute the derived arrays of a segment from its posts."""
    inverter, vectors = Inverter(), VectorBuilder(embedder)
    for number in range(posts.count):
        post = posts.post(number)
        inverter.add(post, post_tokens(post))
        vectors.add(post)
    return inverter.arrays() | vectors.arrays()


def merge_segments(segments: Sequence[tuple[SegmentArrays, Array]]) -> SegmentArrays:
    """Merge segments; each comes with a mask of the posts to keep."""
    return SegmentArrays(merged_posts(segments), merged_derived(segments))


def merged_posts(segments: Sequence[tuple[SegmentArrays, Array]]) -> dict[str, Array]:
    """Merge the posts of segments."""
    return store.merge_posts([(arrays.posts, alive) for arrays, alive in segments])


def merged_derived(segments: Sequence[tuple[SegmentArrays, Array]]) -> dict[str, Array]:
    """Merge what is derived from the posts of segments."""
    derived = [(arrays.derived, alive) for arrays, alive in segments]
    return merging.merge_derived(derived) | merge_vectors(derived)
