"""The postings of one post as bytes, of which a script on the node selects those of a query's terms; see `selection`.

Terms are ordered by their stems in the language of the post. With B blocks of stems, little-endian:

    width        1 byte; the bytes of an end, 2 or 4
    B            4 bytes
    ends         B ends; where each block ends, counted from the first
    blocks       STEM_BLOCK stems each, in byte order, each with its terms behind it

    stem         in half a byte each, how many bytes it shares with the one before in the block and how many follow,
                 where FOLLOWS stands for a number that comes next; then these bytes
    term         one byte: MORE where another term follows, the ending times 8, and how many bytes the positions take,
                 where 0 stands for a number that comes next; behind that byte, for OTHER, how many bytes the stem has
                 too many, how many follow, and these; last the positions

Numbers are varints, the lowest seven bits first. Positions are ascending, each as the distance from the one before.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ...analysis import stem
from ...segment.arrays import Array
from ...segment.fields import PostTokens
from ...segment.varint import read_varint, write_varint

# A term, and its positions as they are stored.
TermPositions = tuple[bytes, bytes]

HEAD = struct.Struct("<BI")
ENDS = {2: "<u2", 4: "<u4"}
STEM_BLOCK = 16
FOLLOWS = 15
MORE = 128
# Of stems, the bytes that are left out, and what comes behind: of ten terms in English, nine end so.
ENDINGS = (
    *((0, end) for end in (b"", b"s", b"e", b"ed", b"ing", b"es", b"ion", b"er", b"ly", b"al", b"ation", b"ate", b"d")),
    *((1, end) for end in (b"y", b"ing")),
)
NUMBERS = {ending: number for number, ending in enumerate(ENDINGS)}
OTHER = len(ENDINGS)
# For each first byte of a term, its ending and the bytes of its positions, 0 where more than that byte tells them.
FORMS = [(*ENDINGS[head >> 3 & 15], head & 7) if head >> 3 & 15 != OTHER else (0, b"", 0) for head in range(256)]
# The bytes of a varint after which it goes on.
CONTINUED = bytes(range(128, 256))
# Bytes at the beginning of stems that are compared; what stems share beyond is written again.
COMPARED_BYTES = 64

# Lengths of terms and of positions: few are not the same as many others.
_varint = lru_cache(maxsize=1 << 10)(write_varint)

# The smallest numbers that take two bytes, three, and so on.
LONGER = np.array([1 << 7, 1 << 14, 1 << 21, 1 << 28])
PLACES = np.arange(len(LONGER) + 1)


class Positions(NamedTuple):
    """The positions of some entries, one after the other, and how many each has."""

    values: Array
    counts: Array


class PostTerms(NamedTuple):
    """The terms of a post, each once, and their ascending positions."""

    terms: list[str]
    positions: Positions


def post_terms(tokens: PostTokens) -> PostTerms:
    """Return the terms of a post, each with where it stands."""
    number: dict[str, int] = {"": 0}
    numbers = [number.setdefault(term, len(number)) for term in tokens.terms]
    numbers += [number.setdefault(term, len(number)) for _, term in tokens.extras]
    owner = np.array(numbers, np.int64)
    positions = np.concatenate([np.arange(len(tokens.terms)), [position for position, _ in tokens.extras]])
    order = np.lexsort((positions, owner)) if tokens.extras else np.argsort(owner, kind="stable")
    counts = np.bincount(owner, minlength=len(number))
    # A free position has no term.
    return PostTerms([*number][1:], Positions(positions[order[counts[0] :]].astype(np.int64), counts[1:]))


def pack_postings(post: PostTerms, language: str) -> bytes:
    """Return the postings of a post in a language."""
    terms: dict[bytes, bytes] = {}
    for term, stored in zip(post.terms, _packed(post.positions), strict=True):
        own, ending, end = _ended(term, language)
        size = len(stored)
        body = end + stored if size < 8 else end + _varint(size) + stored
        head = ending << 3 | (size if size < 8 else 0)
        # Each goes before those that are there.
        terms[own] = bytes((head | MORE,)) + body + terms[own] if own in terms else bytes((head,)) + body
    stems = sorted(terms)
    parts = [head + terms[own] for own, head in zip(stems, _heads(stems), strict=True)]
    blocks = [b"".join(parts[first : first + STEM_BLOCK]) for first in range(0, len(parts), STEM_BLOCK)]
    ends = np.cumsum(list(map(len, blocks)), dtype=np.int64)
    width = 2 if ends.max(initial=0) < 1 << 16 else 4
    return HEAD.pack(width, len(blocks)) + ends.astype(ENDS[width]).tobytes() + b"".join(blocks)


def all_entries(packed: bytes) -> list[TermPositions]:
    """Return all entries of a post."""
    width, blocks = HEAD.unpack_from(packed)
    return entries_of(packed[HEAD.size + width * blocks :])


def entries_of(selected: bytes) -> list[TermPositions]:
    """Return the entries in some blocks, or in what the script returned."""
    found, own, at, end = [], b"", 0, len(selected)
    while at < end:
        head, at = selected[at], at + 1
        if head < FOLLOWS:
            own = selected[at : at + head]
            at += head
        else:
            own, at = _next_stem(selected, at, own)
        while True:
            head, at = selected[at], at + 1
            surplus, behind, size = FORMS[head]
            if not size:
                surplus, behind, size, at = _form(selected, at)
            term = own[:-surplus] + behind if surplus else own + behind
            found.append((term, selected[at : at + size]))
            at += size
            if head < MORE:
                break
    return found


def _next_stem(data: bytes, at: int, before: bytes) -> tuple[bytes, int]:
    """Return a stem, and the offset behind it; that of what follows its first byte is given."""
    shared, size = data[at - 1] >> 4, data[at - 1] & 15
    if shared == FOLLOWS:
        shared, at = read_varint(data, at)
    if size == FOLLOWS:
        size, at = read_varint(data, at)
    return before[:shared] + data[at : at + size], at + size


def _form(data: bytes, at: int) -> tuple[int, bytes, int, int]:
    """Return the ending of a term, the bytes of its positions, and their offset; given that behind the first byte."""
    number, size = data[at - 1] >> 3 & 15, data[at - 1] & 7
    if number == OTHER:
        surplus, at = read_varint(data, at)
        length, at = read_varint(data, at)
        behind, at = data[at : at + length], at + length
    else:
        surplus, behind = ENDINGS[number]
    if not size:
        size, at = read_varint(data, at)
    return surplus, behind, size, at


def count_positions(stored: bytes) -> int:
    """Return how many positions an entry has: each has one byte without the highest bit."""
    return len(stored.translate(None, CONTINUED))


def unpack_positions(stored: Sequence[bytes]) -> Positions:
    """Return the positions of entries, from the beginning of the post."""
    data = np.frombuffer(b"".join(stored), np.uint8)
    if not len(data):
        return Positions(np.empty(0, np.int64), np.zeros(len(stored), np.int64))
    is_last = data < 128
    first = np.concatenate([[0], np.flatnonzero(is_last)[:-1] + 1])
    shift = 7 * (np.arange(len(data)) - np.repeat(first, np.diff(first, append=len(data))))
    gaps = np.add.reduceat((data & 127).astype(np.int64) << shift, first)
    begins = np.cumsum([0, *map(len, stored)])[:-1]
    counts = np.add.reduceat(is_last, begins, dtype=np.int64)
    total = gaps.cumsum()
    start = np.cumsum(counts) - counts
    return Positions(total - np.repeat(total[start] - gaps[start], counts), counts)


@lru_cache(maxsize=1 << 15)
def _ended(term: str, language: str) -> tuple[bytes, int, bytes]:
    """Return the stem of a term, the number of its ending, and for OTHER what says which it is."""
    text, own = term.encode(), stem(term, language).encode()
    pairs = enumerate(zip(text, own, strict=False))
    shared = next((at for at, (one, other) in pairs if one != other), min(len(text), len(own)))
    ending = len(own) - shared, text[shared:]
    if ending in NUMBERS:
        return own, NUMBERS[ending], b""
    return own, OTHER, write_varint(ending[0]) + write_varint(len(ending[1])) + ending[1]


def _heads(stems: Sequence[bytes]) -> Iterator[bytes]:
    """Yield how each of some ascending stems is written."""
    beginnings = np.array(stems, f"S{COMPARED_BYTES}").view(np.uint8).reshape(-1, COMPARED_BYTES)
    differ = beginnings[1:] != beginnings[:-1]
    shared = np.where(differ.any(axis=1), differ.argmax(axis=1), COMPARED_BYTES)
    for number, (own, same) in enumerate(zip(stems, [0, *shared.tolist()], strict=False)):
        yield _head(own, same if number % STEM_BLOCK else 0)


def _head(own: bytes, shared: int) -> bytes:
    size = len(own) - shared
    if shared < FOLLOWS and size < FOLLOWS:
        return bytes((shared << 4 | size,)) + own[shared:]
    numbers = b"".join(map(write_varint, (number for number in (shared, size) if number >= FOLLOWS)))
    return bytes((min(shared, FOLLOWS) << 4 | min(size, FOLLOWS),)) + numbers + own[shared:]


def _packed(positions: Positions) -> Iterator[bytes]:
    """Yield the positions of each term as they are stored."""
    ends = positions.counts.cumsum()
    first = ends - positions.counts
    gaps = np.diff(positions.values, prepend=0)
    gaps[first] = positions.values[first]
    sizes = 1 + LONGER.searchsorted(gaps, "right")
    last = sizes[:, None] - 1
    parts = gaps[:, None] >> 7 * PLACES & 127 | np.where(last > PLACES, 128, 0)
    data = parts.astype(np.uint8)[last >= PLACES].tobytes()
    stops = sizes.cumsum()[ends - 1].tolist()
    return (data[start:stop] for start, stop in pairwise([0, *stops]))
