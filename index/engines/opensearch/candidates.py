"""Segments of the posts that a query found: with the postings of its terms alone.

The ranking reads such a segment as any other. That of a page has articles, texts and offsets besides.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ...analysis import terms
from ...lazy import lazy
from ...model import Post
from ...segment import ragged
from ...segment.arrays import Array, compact
from ...segment.builder import SegmentArrays
from ...segment.inverter import complete
from ...segment.offsets import BLOCK, pack
from ...segment.outline import Outline
from ...segment.post_columns import columns_of
from ...segment.postings import FIELD_WEIGHTS, IN_TEXT
from ...segment.segment import Segment
from ...segment.store import PostStore, StoreBuilder
from ...segment.vectors import VectorBuilder, merge_vectors
from ...segment.weights import packed
from .postings import TermPositions, count_positions, entries_of, unpack_positions
from .records import PostRecord, ShownPost, read_shown, read_vectors, with_text
from .spans import unpack_spans

# Posts of which no text is at hand.
NO_POSTS = StoreBuilder().arrays()
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
        repeated: The postings of the terms that it has more than once, as the script returned them.
    """

    candidate: Candidate
    shown: bytes
    repeated: bytes = b""


class PagePosts(PostStore):
    """The posts of a page by their numbers, with their texts at hand."""

    def __init__(self, posts: Mapping[int, ShownPost]) -> None:
        super().__init__(NO_POSTS)
        self.count = len(posts)
        self.article = lru_cache(maxsize=None)(lambda number: posts[number].article)
        self.outline = lru_cache(maxsize=None)(lambda number: Outline(posts[number].article))
        self._texts = {number: post.text for number, post in posts.items()}

    def post(self, number: int) -> Post:
        """Return an article with its text."""
        return with_text(self.article(number), self._texts[number])

    def text(self, number: int) -> str:
        """Return the text of a post."""
        return self._texts[number]

    def cut(self, number: int, start: int, end: int) -> str:
        """Return the text between two offsets."""
        return self._texts[number][start:end]


class CandidateSegment(Segment):
    """Candidates; to find their paths among the keys of filters would take a good part of what ranking them takes."""

    def __init__(self, stored: SegmentArrays, candidates: Sequence[Candidate]) -> None:
        super().__init__(stored)
        self._paths = [candidate.record.path.encode() for candidate in candidates]

    @lazy
    def path_order(self) -> Array:
        """Numbers that order the posts by path."""
        order = np.argsort(np.array(self._paths, object), kind="stable")
        keys = np.empty(self.docs, np.intp)
        keys[order] = np.arange(self.docs)
        return keys

    def path(self, doc: int) -> bytes:
        """Return the path of a post, in UTF-8."""
        return self._paths[doc]


class PageSegment(CandidateSegment):
    """Candidates with what is shown of some of them; the terms of a quotation may be any terms of theirs.

    Args:
        candidates: The candidates.
        page: What is shown, by the numbers of the posts, ascending.
    """

    def __init__(self, candidates: CandidateSegment, page: Mapping[int, ShownCandidate]) -> None:
        vars(self).update(vars(candidates))
        # They know the arrays that they were made with.
        vars(self).pop("kernels", None)
        shown = {doc: read_shown(post.shown) for doc, post in page.items()}
        # Without a word nothing is marked, and no sentence is quoted.
        if marked := {doc: shown[doc] for doc, post in page.items() if post.candidate.entries}:
            self.arrays = {**candidates.arrays, **_offsets(marked, candidates.arrays["doc_at"])}
        self.posts = posts = PagePosts(shown)
        self._repeated = lru_cache(maxsize=None)(lambda doc: dict(entries_of(page[doc].repeated)))
        self._folded = lru_cache(maxsize=None)(lambda doc: posts.text(doc).casefold())
        self._terms = lru_cache(maxsize=None)(lambda doc: frozenset(terms(posts.text(doc))))

    def count(self, doc: int, term: str) -> int:
        """Return how often a term of the text of a post that is shown occurs in all of it."""
        stored = self._repeated(doc).get(term.encode())
        # Most terms are in the text as they are; the others, without their accents for one, take an analysis of it.
        return count_positions(stored) if stored else int(term in self._folded(doc) or term in self._terms(doc))

    def positions_in(self, doc: int, term: str) -> list[int]:
        """Return the positions of a term in a post that is shown; of one that it has once, it is not known."""
        stored = self._repeated(doc).get(term.encode())
        return list(unpack_positions([stored]).values.tolist()) if stored else [0]


def candidate_segment(candidates: Sequence[Candidate], average: float) -> CandidateSegment:
    """Return a segment of candidates, in this order, in an index of an average length."""
    stored = SegmentArrays(NO_POSTS, _derived(candidates))
    return CandidateSegment(stored, candidates).view(np.ones(len(candidates), bool), average)


def page_segment(page: Sequence[ShownCandidate], average: float) -> PageSegment:
    """Return a segment of the posts of a page, in this order, in an index of an average length."""
    return PageSegment(candidate_segment([post.candidate for post in page], average), dict(enumerate(page)))


def _derived(candidates: Sequence[Candidate]) -> dict[str, Array]:
    records = [candidate.record for candidate in candidates]
    doc_at = ragged.offsets(np.array([record.positions for record in records], np.int64))
    runs = np.concatenate([np.empty(0, np.uint32), *(record.runs for record in records)])
    begins = np.repeat(doc_at[:-1], [len(record.run_field) for record in records])
    arrays: dict[str, Array] = {
        "doc_at": doc_at,
        "run_at": (runs + begins).astype(np.uint32),
        "run_field": np.frombuffer(b"".join(record.run_field for record in records), np.uint8),
        **columns_of([record.columns for record in records]),
    }
    lexicon = sorted({term for candidate in candidates for term, _ in candidate.entries})
    arrays |= _postings(candidates, lexicon, arrays)
    arrays["doc_length"] = np.array([record.length for record in records], np.uint32)
    return complete(arrays, lexicon, {}) | NO_OFFSETS | _vectors(candidates)


def _postings(
    candidates: Sequence[Candidate], lexicon: Sequence[bytes], arrays: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the arrays that `invert` makes of whole posts; here, few of their positions have a term."""
    number = {term: n for n, term in enumerate(lexicon)}
    numbers = np.array([number[term] for candidate in candidates for term, _ in candidate.entries], np.int64)
    # The postings of a term are ordered by post, as they come.
    order = np.argsort(numbers, kind="stable")
    entries = [stored for candidate in candidates for _, stored in candidate.entries]
    terms = numbers[order]
    counts = np.array([len(candidate.entries) for candidate in candidates], np.int64)
    docs = np.repeat(np.arange(len(candidates)), counts)[order]
    positions = unpack_positions([entries[n] for n in order.tolist()])
    first = np.cumsum(positions.counts) - positions.counts
    at = positions.values + np.repeat(arrays["doc_at"][docs], positions.counts)
    field = arrays["run_field"][np.searchsorted(arrays["run_at"], at, "right") - 1]
    short, text = (
        np.add.reduceat(np.where(mask, FIELD_WEIGHTS[field], 0), first) if len(first) else first
        for mask in (~IN_TEXT[field], IN_TEXT[field])
    )
    posting_at = np.searchsorted(terms, np.arange(len(lexicon) + 1))
    return {
        "posting_at": posting_at.astype(np.uint32),
        "posting_doc": compact(docs),
        "posting_weight": packed(short, text, positions.counts),
        "position_at": np.append(first, len(at))[posting_at].astype(np.uint32),
        "position": compact(positions.values),
    }


def _offsets(shown: Mapping[int, ShownPost], doc_at: Array) -> dict[str, Array]:
    """Put the offsets of the posts that are shown where those of all posts would be; see `offsets`."""
    begins, sizes = doc_at[:-1][[*shown]].astype(np.int64), np.diff(doc_at)[[*shown]]
    own_at = ragged.offsets(sizes)
    posts = shown.values()
    starts, lengths = unpack_spans([post.text for post in posts], [post.spans for post in posts], own_at)
    own = pack(starts, lengths, own_at)
    at = np.arange(own_at[-1]) + np.repeat(begins - own_at[:-1], sizes)
    token, block_end = np.zeros(doc_at[-1], np.uint8), np.zeros(doc_at[-1] // BLOCK, np.uint32)
    token[at], block_end[at[::BLOCK] // BLOCK] = own["token"], own["block_end"]
    return {**own, "token": token, "block_end": block_end, "wide_at": at[own["wide_at"]].astype(np.uint32)}


def _vectors(candidates: Sequence[Candidate]) -> dict[str, Array]:
    if not any(candidate.vectors for candidate in candidates):
        return NO_VECTORS | {"vector_at": np.zeros(len(candidates) + 1, np.uint32)}
    vectors = [read_vectors(candidate.vectors) if candidate.vectors else NO_VECTORS for candidate in candidates]
    return merge_vectors([(own, ALIVE) for own in vectors])
