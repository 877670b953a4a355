"""A sorted dictionary of strings in one array, looked up by number, by prefix and by first letter."""

from functools import lru_cache, partial
from typing import NamedTuple
from weakref import proxy

import numpy as np

from .arrays import Array

# Below this size, bisection is fast enough without a table of first bytes.
FEW_STRINGS = 2048
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


class SortedStrings:
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
