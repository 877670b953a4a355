"""The places of a query's leaves in some posts of a segment, in reading order."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..kernels import asked_leaf
from ..segment.arrays import Array
from ..segment.positions import NOWHERE, read_occurrences
from ..segment.segment import Segment
from .terms import LeafPostings

# A place as one number, by which places are sorted: a position, a clause, a number of words and a leaf.
CLAUSE_BITS, WORDS_BITS, LEAF_BITS = 6, 6, 16
MOST_CLAUSES, MOST_WORDS = (1 << CLAUSE_BITS) - 1, (1 << WORDS_BITS) - 1
POSITION_SHIFT = np.uint64(CLAUSE_BITS + WORDS_BITS + LEAF_BITS)


class Places(NamedTuple):
    """Places: parallel arrays, ordered by position, then by clause and by number of words.

    Attributes:
        first: Position of the first word; positions go through all posts.
        leaf: Which of the leaves, from 0.
        words: How many words the leaf takes there, up to what WORDS_BITS hold.
        post: Which of the posts that were asked for, from 0.
        run: The run of words.
    """

    first: Array
    leaf: Array
    words: Array
    post: Array
    run: Array

    def take(self, at: Array) -> "Places":
        """Return the places at some indexes."""
        return Places(*(column.take(at) for column in self))


def leaves_of(keys: Array) -> Array:
    """Return the leaf that each key is of."""
    return keys.astype(np.int64) & ((1 << LEAF_BITS) - 1)


def places_of(segment: Segment, keys: Array, docs: Array) -> Places:
    """Return the places in some ascending posts that keys are of."""
    begin, end = keys.searchsorted(segment.arrays["doc_at"].take((docs, docs + 1)).astype(np.uint64) << POSITION_SHIFT)
    counts = end - begin
    post = np.arange(len(docs)).repeat(counts)
    if len(post) < len(keys):
        keys = keys.take(np.arange(len(post)) + (end - counts.cumsum()).repeat(counts))
    first = (keys >> POSITION_SHIFT).astype(np.uint32)
    words = keys.astype(np.int64) >> LEAF_BITS & MOST_WORDS
    return Places(first, leaves_of(keys), words, post, segment.runs_at(first))


def details_of(found: Sequence[LeafPostings], clause_of: Sequence[int]) -> list[int]:
    """Return the lower bits of the keys of leaves, each of a clause."""
    return [
        (min(clause, MOST_CLAUSES) << WORDS_BITS | min(leaf.width, MOST_WORDS)) << LEAF_BITS | number
        for number, (leaf, clause) in enumerate(zip(found, clause_of, strict=True))
    ]


def asked_leaves(found: Sequence[LeafPostings], clause_of: Sequence[int]) -> list[bytes]:
    """Return leaves, each of a clause, for a kernel."""
    return [asked_leaf(leaf.row, clause) for leaf, clause in zip(found, clause_of, strict=True)]


def find_keys(segment: Segment, found: Sequence[LeafPostings], clause_of: Sequence[int], docs: Array) -> Array:
    """Return the places of leaves, each of a clause, in some ascending posts, as sorted keys."""
    first, leaf = _unordered(segment, found, docs)
    position = first.astype(np.uint64) << POSITION_SHIFT
    return np.sort(position | np.array(details_of(found, clause_of), np.uint64).take(leaf))


def _unordered(segment: Segment, found: Sequence[LeafPostings], docs: Array) -> tuple[Array, Array]:
    """Return the positions of leaves in some posts, and of which leaf each is."""
    among = segment.among(docs)
    members = [member for leaf in found for member in leaf.members]
    of_members = np.arange(len(found)).repeat([len(leaf.members) for leaf in found])
    first, member = read_occurrences(segment, members, among) if members else (NOWHERE, np.empty(0, np.intp))
    firsts, leaves = [first], [of_members.take(member)]
    for number, each in enumerate(found):
        if each.stands is not None:
            firsts.append(each.stands[among.take(segment.docs_at(each.stands))])
            leaves.append(np.full(len(firsts[-1]), number))
    return np.concatenate(firsts), np.concatenate(leaves)


class LastPlaces:
    """Keeps the places that were found last: the posts of a page are among those that were looked at twice."""

    def __init__(self) -> None:
        self._found: tuple[Array, Array] | None = None

    def find(self, segment: Segment, found: Sequence[LeafPostings], clause_of: Sequence[int], docs: Array) -> Array:
        """Return the keys of leaves in some posts, and maybe in others; the leaves are the same each time."""
        if self._found:
            known, keys = self._found
            if segment.among(known).take(docs).all():
                return keys
        return self.keep(docs, find_keys(segment, found, clause_of, docs))

    def keep(self, docs: Array, keys: Array) -> Array:
        """Keep the keys of leaves in some posts."""
        self._found = docs, keys
        return keys
