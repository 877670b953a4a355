"""Sorted dictionaries of strings, looked up by number, by prefix and by first letter.

Terms stand whole in one array, since spelling looks at many of them. Keys and stems, which are long and alike, are
front-coded: each is stored without what it shares with the one before it. With N strings, in blocks of STRING_BLOCK:

    NAME            what the strings do not share, end to end
    NAME_at         where each block begins
    NAME_shared     N; the bytes that a string shares with the one before it, 0 for the first of a block
    NAME_own        N; the bytes that follow
"""

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice, pairwise
from typing import NamedTuple
from weakref import proxy

import numpy as np

from . import ragged
from .arrays import Array, compact

# Below this size, bisection is fast enough without a table of first bytes.
FEW_STRINGS = 2048
# Front-coded strings in a block: twice as many take a twentieth less, and twice as long to read.
STRING_BLOCK = 16
# First letters of which a process keeps what their strings are made of; each takes some ten kilobytes.
CACHED_LETTERS = 16


# Letters are told apart by their code points modulo the bits of a number.
LETTER_BITS = 64


class Letters(NamedTuple):
    """What the strings that begin with one letter are made of: parallel arrays, ordered by length.

    Attributes:
        numbers: The numbers of the strings.
        letters: A bit for each letter that a string has.
        length_at: For each length in code points, the index of the first string that is as long or longer.
    """

    numbers: Array
    letters: Array
    length_at: Array

    def of_length(self, low: int, high: int) -> slice:
        """Return the indexes of the strings from one length to another, both included."""
        last = len(self.length_at) - 1
        return slice(self.length_at.item(min(max(0, low), last)), self.length_at.item(min(high + 1, last)))


class StringTable(ABC):
    """Sorted byte strings by number."""

    count: int

    @abstractmethod
    def __getitem__(self, number: int) -> bytes:
        """Return a string."""

    @abstractmethod
    def insertion(self, value: bytes) -> int:
        """Return the number of strings that come before a value."""

    def find(self, value: bytes) -> int | None:
        """Return the number of a string, None if it is not there."""
        number = self.insertion(value)
        return number if number < self.count and self[number] == value else None

    def with_prefix(self, prefix: bytes) -> range:
        """Return the numbers of the strings that begin with a prefix."""
        first = self.insertion(prefix)
        if first == self.count or not self[first].startswith(prefix):
            return range(first, first)
        # UTF-8 never uses this byte, so that every string with the prefix sorts before it.
        return range(first, self.insertion(prefix + b"\xff"))


class FrontCodedStrings(StringTable):
    """Sorted byte strings, front-coded."""

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        self._own, self._at = arrays[name].data, arrays[f"{name}_at"].data
        self._shared, self._sizes = arrays[f"{name}_shared"].data, arrays[f"{name}_own"].data
        self.count = len(self._sizes)
        self._blocks = range(len(self._at))

    def __getitem__(self, number: int) -> bytes:
        first = number - number % STRING_BLOCK
        *_, string = self._decoded(first, number + 1)
        return string

    def __iter__(self) -> Iterator[bytes]:
        return self._decoded(0, self.count)

    def strings(self, numbers: range) -> Iterator[bytes]:
        """Return the strings of some numbers that follow each other."""
        before = numbers.start % STRING_BLOCK
        return islice(self._decoded(numbers.start - before, numbers.stop), before, None)

    def insertion(self, value: bytes) -> int:
        """Return the number of strings that come before a value."""
        first = max(0, bisect_left(self._blocks, value, key=self._head) - 1) * STRING_BLOCK
        end = min(first + STRING_BLOCK, self.count)
        return next((n for n, string in enumerate(self._decoded(first, end), first) if string >= value), end)

    def _head(self, block: int) -> bytes:
        """Return the first string of a block."""
        at = self._at[block]
        return bytes(self._own[at : at + self._sizes[block * STRING_BLOCK]])

    def _decoded(self, first: int, end: int) -> Iterator[bytes]:
        """Yield the strings from the first of a block on."""
        at, string = self._at[first // STRING_BLOCK] if first < end else 0, b""
        for shared, size in zip(self._shared[first:end], self._sizes[first:end], strict=True):
            string = string[:shared] + self._own[at : at + size]
            at += size
            yield string


def front_coded(name: str, strings: Sequence[bytes]) -> dict[str, Array]:
    """Return the arrays of sorted byte strings."""
    shared = [0, *(_shared(one, other) for one, other in pairwise(strings))][: len(strings)]
    shared[::STRING_BLOCK] = [0] * len(shared[::STRING_BLOCK])
    own = ragged.of_bytes([string[size:] for string, size in zip(strings, shared, strict=True)])
    return {
        name: own.values,
        f"{name}_at": own.at[:-1][::STRING_BLOCK],
        f"{name}_shared": compact(np.array(shared, np.int64)),
        f"{name}_own": compact(np.diff(own.at)),
    }


def _shared(one: bytes, other: bytes) -> int:
    """Return how many bytes two strings begin with alike."""
    length = min(len(one), len(other))
    differing = int.from_bytes(one[:length], "big") ^ int.from_bytes(other[:length], "big")
    return length - (differing.bit_length() + 7) // 8


class SortedStrings(StringTable):
    """Sorted byte strings in one array, found by bisection among those with the same first two bytes."""

    def __init__(self, text: Array, at: Array) -> None:
        self._bytes, self._at = text.data, at.data
        self.count = len(at) - 1
        self._heads = _heads(text, at).data if self.count > FEW_STRINGS else None
        # The cache must not keep the strings alive, and their file open, until a garbage collection.
        self.letters = lru_cache(maxsize=CACHED_LETTERS)(partial(SortedStrings._letters, proxy(self)))

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._bytes[self._at[number] : self._at[number + 1]])

    def insertion(self, value: bytes) -> int:
        """Return the number of strings that come before a value."""
        low, high = 0, self.count
        if self._heads:
            head = int.from_bytes(value[:2].ljust(2, b"\0"), "big")
            low, high = self._heads[head], self._heads[head + 1]
        text, at = self._bytes, self._at
        while low < high:
            middle = (low + high) // 2
            if bytes(text[at[middle] : at[middle + 1]]) < value:
                low = middle + 1
            else:
                high = middle
        return low

    def _letters(self, first: str) -> Letters:
        """Return what the strings that begin with a letter are made of."""
        numbers = self.with_prefix(first.encode())
        at = np.asarray(self._at[numbers.start : numbers.stop + 1]).astype(np.intp)
        text = np.asarray(self._bytes[at[0] : at[-1]])
        codes = np.frombuffer(text.tobytes().decode().encode("utf-32-le"), np.uint32)
        # In UTF-8, all bytes of a character but the first have this form.
        starts = np.concatenate([[0], np.cumsum(text & 0xC0 != 0x80)])[at - at[0]]
        bits = np.left_shift(np.uint64(1), (codes % LETTER_BITS).astype(np.uint64))
        letters = np.bitwise_or.reduceat(bits, starts[:-1]) if len(numbers) else bits
        lengths = np.diff(starts)
        order = lengths.argsort(kind="stable")
        length_at = lengths.take(order).searchsorted(np.arange(int(lengths.max(initial=0)) + 2))
        return Letters(order + numbers.start, letters.take(order), length_at)


def _heads(text: Array, at: Array) -> Array:
    """Return the number of the first string for each pair of first bytes, and the end."""
    padded = np.append(text, np.zeros(2, np.uint8))
    second = np.where(np.diff(at) > 1, padded[at[:-1] + 1], 0)
    return np.searchsorted(padded[at[:-1]].astype(np.uint16) << 8 | second, np.arange(0x10001, dtype=np.uint32))
