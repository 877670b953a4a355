"""What the compiled loops are given: arrays, posts and leaves as rows of the structures in `kernels.c`.

A row has addresses. What they lead to is held beside it, so that a row can be kept and given to many calls.
"""

import ctypes
from array import array
from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

import msgspec
import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]

# What the numbers of a list are; see `List`.
WEIGHTS, FREQUENCIES, SCORES, NOTHING = range(4)

ARRAY, POSTS, FACTORS, MEMBER, LEAF, CLAUSE = map(Struct, ("3q", "3q3qq", "dd", "2q3q", "2q3q3qq", "q"))
OUTLINE, MARKS, FIELDS, CALL, PART, ASKED, MEASURES = map(Struct, ("5q", "5q", "5q", "9q", "5q", "3qQd", "5q12d"))
# A segment, a post of it, its date and the place of its path, what BM25F gives it, its score, and how much of that each
# reward is.
RANKED = Struct("4q14d")
# The largest number of clauses that are measured, and of words of a phrase.
MAX_OPERANDS = 64
SHARES = [Struct(f"{count}d") for count in range(MAX_OPERANDS + 1)]

_ABSENT = (0, 0, 0)
_FROM = ctypes.c_char.from_buffer

# Terms of a leaf, and a mark for each language in which they count; None where they do in all.
Member = tuple[range, Numbers | None]


class PostRow(NamedTuple):
    """Posts, ascending, with a number for each, as a row of `List`.

    Attributes:
        docs: The posts.
        row: Their addresses and those of the numbers.
        held: The numbers, which the row refers to.
    """

    docs: Numbers
    row: bytes
    held: Numbers | None = None


def post_row(docs: Numbers, values: Numbers | None = None, kind: int = NOTHING) -> PostRow:
    """Return posts with the number of its weight for each, its frequency or its score."""
    return PostRow(docs, POSTS.pack(*raw(docs), *raw(values), kind), values)


class PostList(NamedTuple):
    """Posts with what their numbers count, as a row of `List`.

    Attributes:
        size: The number of posts.
        row: The row.
        posts: What the row refers to.
    """

    size: int
    row: bytes
    posts: PostRow


def post_list(posts: PostRow, factor: float = 1.0, times: int = 1) -> PostList:
    """Return posts for a kernel.

    Args:
        posts: The posts.
        factor: The ceiling of a score; or what frequencies are multiplied by, where they are added up.
        times: How often their scores count.
    """
    return PostList(len(posts.docs), posts.row + FACTORS.pack(factor, times), posts)


class WorthRow(NamedTuple):
    """What a place counts in each field, as the end of a row of `Phrase`, and what the row refers to."""

    row: bytes
    held: object


def worth_row(normed: Numbers, plain: Numbers) -> WorthRow:
    """Return what a place counts in each field: times the norm of its post, and beside that."""
    return WorthRow(ARRAY.pack(address(normed), address(plain), len(normed)), (normed, plain))


class LeafRow(NamedTuple):
    """Where a leaf stands, as a row of `Leaf` but for its clause in one query, and what the row refers to."""

    row: bytes
    held: object


def measures_row(fields: Sequence[int], worth: Sequence[float]) -> bytes:
    """Return the numbers of the fields that are rewarded, and which part of the highest score each measure is worth."""
    return MEASURES.pack(*fields, *worth)


def asked_row(leaves: int, share: Sequence[float], highest: float, measures: bytes, title: int | None) -> bytes:
    """Return what is looked for in posts, as an `Asked`; its leaves in each segment follow, see `asked_leaf`.

    Args:
        leaves: How many leaves the clauses have that are measured.
        share: The share of each clause that is measured of the query's inverse document frequency.
        highest: The most that BM25F can give.
        measures: See `measures_row`.
        title: The sum of the title that is named; None if none is.
    """
    count = len(share)
    head = ASKED.pack(leaves, count, title is not None, title or 0, highest)
    return head + measures + SHARES[count].pack(*share)


def leaf_row(members: Sequence[Member], stands: Numbers | None, typed: Numbers, width: int) -> LeafRow:
    """Return where a leaf stands: its terms, positions at which it was found before, the posts as typed, its words."""
    rows = bytearray().join(MEMBER.pack(terms.start, terms.stop, *raw(languages)) for terms, languages in members)
    row = LEAF.pack(address(rows) if members else 0, len(members), *raw(stands), *raw(typed), width)
    return LeafRow(row, (rows, members, stands, typed))


def asked_leaf(leaf: LeafRow, clause: int) -> bytes:
    """Return a leaf of a query as a row of `Leaf`: where it stands, and its clause."""
    return leaf.row + CLAUSE.pack(clause)


class Chosen(msgspec.Struct, frozen=True, gc=False):
    """What answers best in an article.

    Attributes:
        section: The number of the section; -1 where the article has no clause of the query.
        first: The first of the article's spans in the window.
        last: The one after the last; the same where there are none.
        start: Where the first begins in the text; 0 where there is none.
        others: The numbers of the other sections with clauses, best first.
    """

    section: int
    first: int
    last: int
    start: int
    others: Sequence[int]


class MarkedLeaf(NamedTuple):
    """What is marked of a leaf; a row of `Marked`.

    Attributes:
        width: How many words it takes.
        is_part: Whether posts that have the query go without it.
        clause: Its clause.
        shortest: What spans less is not what is spelled there.
        longest: Nor is what spans more.
    """

    width: int
    is_part: bool
    clause: int
    shortest: int
    longest: int


def outline_row(numbers: "array[int]", rarity: int, sections: int, titles: int) -> bytes:
    """Return the sections of an article as a row of `Outline`.

    Args:
        numbers: Where they begin, their levels, and the numbers of those with a title.
        rarity: The address of what a clause weighs that so many of them have, from 0 on.
        sections: How many there are.
        titles: How many have a title.
    """
    begin, _ = numbers.buffer_info()
    return OUTLINE.pack(begin, begin + 2 * sections * numbers.itemsize, rarity, sections, titles)


def raw(array: Numbers | None) -> tuple[int, int, int]:
    """Return an array as a row of `Array`; zeros for none."""
    return _ABSENT if array is None else (address(array), len(array), array.itemsize)


def address(array: Any) -> int:
    """Return where an array without gaps begins."""
    try:
        return ctypes.addressof(_FROM(array))
    except (TypeError, ValueError):  # It may be read alone, is empty, or has gaps.
        described = np.asarray(array).__array_interface__
    if described["strides"] is not None:
        raise ValueError("an array with gaps")
    begin: int = described["data"][0]
    return begin


def packed_lists(lists: Sequence[PostList]) -> bytes:
    """Return lists as rows of `List`."""
    return b"".join([each.row for each in lists])
