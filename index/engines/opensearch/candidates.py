"""Segments of the posts that a query found: with the postings of its terms alone.

The ranking reads such a segment as any other. That of a page has articles, texts and offsets besides.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from ...model import Post
from ...segment import ragged
from ...segment.arrays import Array
from ...segment.builder import SegmentArrays
from ...segment.inverter import complete
from ...segment.offsets import pack
from ...segment.outline import Outline
from ...segment.post_columns import columns_of
from ...segment.postings import invert
from ...segment.segment import Segment
from ...segment.store import PostStore, StoreBuilder
from ...segment.vectors import VectorBuilder, merge_vectors
from .postings import PackedPostings, TermPositions, count_positions, unpack_positions
from .records import PostRecord, ShownPost, read_shown, read_vectors, unpacked, with_text

# The mask of one post, and the vectors of one that has none.
ALIVE = np.ones(1, bool)
NO_VECTORS = VectorBuilder(None).arrays() | {"vector_at": np.zeros(2, np.uint32)}
# The offsets of posts whose texts are not at hand; whoever asks for one gets an IndexError.
NO_OFFSETS = pack(np.empty(0, np.uint32), np.empty(0, np.uint8), np.zeros(1, np.uint32))


class Candidate(NamedTuple):
    """A post that a query found.

    Attributes:
        record: What is known of it.
        entries: The postings of the query's terms.
        vectors: Its packed vectors; empty where they are not asked for.
    """

    record: PostRecord
    entries: Sequence[TermPositions]
    vectors: bytes = b""


class ShownCandidate(NamedTuple):
    """A post of a page.

    Attributes:
        candidate: The post.
        shown: What is shown of it, packed.
        postings: All of its postings, packed.
    """

    candidate: Candidate
    shown: bytes
    postings: bytes


class PagePosts(PostStore):
    """The posts of a page, with their texts at hand."""

    def __init__(self, posts: Sequence[ShownPost]) -> None:
        super().__init__(StoreBuilder().arrays())
        self.count = len(posts)
        self.article = lru_cache(maxsize=None)(lambda number: posts[number].article)
        self.outline = lru_cache(maxsize=None)(lambda number: Outline(posts[number].article))
        self._texts = [post.text for post in posts]

    def post(self, number: int) -> Post:
        """Return an article with its text."""
        return with_text(self.article(number), self._texts[number])

    def text(self, number: int) -> str:
        """Return the text of a post."""
        return self._texts[number]

    def cut(self, number: int, start: int, end: int) -> str:
        """Return the text between two offsets."""
        return self._texts[number][start:end]


class PageSegment(Segment):
    """The posts of a page; the terms of a quotation may be any terms of theirs."""

    def __init__(self, stored: SegmentArrays, page: Sequence[ShownCandidate]) -> None:
        super().__init__(stored)
        self._postings = [PackedPostings(post.postings) for post in page]
        self._language_of = [post.candidate.record.columns.language for post in page]

    def count(self, doc: int, term: str) -> int:
        """Return how often a term occurs in a post."""
        return count_positions(self._find(doc, term))

    def positions_in(self, doc: int, term: str) -> list[int]:
        """Return the positions of a term in a post, from the beginning of the post."""
        return list(unpack_positions([self._find(doc, term)]).values.tolist())

    def _find(self, doc: int, term: str) -> bytes:
        return self._postings[doc].find(term, self._language_of[doc])


def candidate_segment(candidates: Sequence[Candidate], average: float) -> Segment:
    """Return a segment of candidates, in this order, in an index of an average length."""
    stored = SegmentArrays(StoreBuilder().arrays(), _derived(candidates))
    return Segment(stored).view(np.ones(len(candidates), bool), average)


def page_segment(page: Sequence[ShownCandidate], average: float) -> Segment:
    """Return a segment of the posts of a page, in this order, in an index of an average length."""
    if not page:
        return candidate_segment((), average)
    shown = [read_shown(post.shown) for post in page]
    derived = _derived([post.candidate for post in page])
    derived |= _offsets([unpacked(post.offsets) for post in shown], derived["doc_at"])
    segment = PageSegment(SegmentArrays(StoreBuilder().arrays(), derived), page)
    segment.posts = PagePosts(shown)
    return segment.view(np.ones(len(page), bool), average)


def _derived(candidates: Sequence[Candidate]) -> dict[str, Array]:
    records = [candidate.record for candidate in candidates]
    doc_at = ragged.offsets(np.array([record.positions for record in records], np.int64))
    runs = [record.runs + at for record, at in zip(records, doc_at[:-1], strict=True)]
    arrays: dict[str, Array] = {
        "doc_at": doc_at,
        "run_at": np.concatenate([np.empty(0, np.uint32), *runs]).astype(np.uint32),
        "run_field": np.frombuffer(b"".join(record.run_field for record in records), np.uint8),
        **columns_of([record.columns for record in records]),
    }
    lexicon = sorted({term for candidate in candidates for term, _ in candidate.entries})
    arrays |= invert(np.zeros(int(doc_at[-1]), np.uint32), _terms(candidates, lexicon, doc_at), len(lexicon), arrays)
    arrays["doc_length"] = np.array([record.length for record in records], np.uint32)
    return complete(arrays, lexicon, {}) | NO_OFFSETS | _vectors(candidates)


def _terms(candidates: Sequence[Candidate], lexicon: Sequence[bytes], doc_at: Array) -> tuple[Array, Array]:
    """Return the number of the term, from 1, and the position of every occurrence."""
    number = {term: n for n, term in enumerate(lexicon, 1)}
    entries = list(chain.from_iterable(candidate.entries for candidate in candidates))
    positions = unpack_positions([stored for _, stored in entries])
    first = np.repeat(doc_at[:-1], [len(candidate.entries) for candidate in candidates])
    terms = np.array([number[term] for term, _ in entries], np.uint32)
    at = (positions.values + np.repeat(first, positions.counts)).astype(np.uint32)
    return np.repeat(terms, positions.counts), at


def _offsets(parts: Sequence[Mapping[str, Array]], doc_at: Array) -> dict[str, Array]:
    """Put the offsets of posts together; see `offsets`."""
    names = ("token", "block_end", "wide_gap", "wide_length")
    wide = [part["wide_at"] + at for part, at in zip(parts, doc_at[:-1], strict=True)]
    return {
        **{name: np.concatenate([part[name] for part in parts]) for name in names},
        "wide_at": np.concatenate(wide).astype(np.uint32),
    }


def _vectors(candidates: Sequence[Candidate]) -> dict[str, Array]:
    if not any(candidate.vectors for candidate in candidates):
        return NO_VECTORS | {"vector_at": np.zeros(len(candidates) + 1, np.uint32)}
    vectors = [read_vectors(candidate.vectors) if candidate.vectors else NO_VECTORS for candidate in candidates]
    return merge_vectors([(own, ALIVE) for own in vectors])
