"""A sorted dictionary of strings in one array, looked up by number, by prefix and by first letter."""

from functools import lru_cache, partial
from weakref import proxy

import numpy as np

from .arrays import Array

# Below this size, bisection is fast enough without a table of first bytes.
FEW_STRINGS = 2048
# First letters whose strings a process keeps as code points; each takes some hundred kilobytes.
CACHED_LETTERS = 16


class CodePoints:
    """The strings that begin with one letter, as code points.

    Attributes:
        numbers: Their numbers.
        codes: The code points of all strings, string by string.
        at: The offset of each string in `codes`, and the end.
        lengths: The length of each string.
        letters: The set of code points of each string, as a bit for each code point modulo 64.
    """

    def __init__(self, numbers: range, codes: Array, at: Array) -> None:
        self.numbers = numbers
        self.codes = codes
        self.at = at
        self.lengths = np.diff(at)
        self.letters = np.bitwise_or.reduceat(letter_bits(codes), at[:-1]) if len(numbers) else np.empty(0, np.uint64)


def letter_bits(codes: Array) -> Array:
    """Return the bit of each code point."""
    return np.left_shift(np.uint64(1), (codes & 63).astype(np.uint64))


class SortedStrings:
    """Sorted byte strings in one array, found by bisection among those with the same first two bytes."""

    def __init__(self, text: Array, at: Array) -> None:
        self._bytes, self._at = text.data, at.data
        self.count = len(at) - 1
        self._heads = _heads(text, at).data if self.count > FEW_STRINGS else None
        # The cache must not keep the strings alive, and their file open, until a garbage collection.
        self.code_points = lru_cache(maxsize=CACHED_LETTERS)(partial(SortedStrings._code_points, proxy(self)))

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
        # UTF-8 never uses this byte, so that every string with the prefix sorts before it.
        return range(self.insertion(prefix), self.insertion(prefix + b"\xff"))

    def _code_points(self, first: str) -> CodePoints:
        """Return the strings that begin with a letter."""
        numbers = self.with_prefix(first.encode())
        at = np.asarray(self._at[numbers.start : numbers.stop + 1]).astype(np.intp)
        text = np.asarray(self._bytes[at[0] : at[-1]])
        codes = np.frombuffer(text.tobytes().decode().encode("utf-32-le"), np.uint32)
        # In UTF-8, all bytes of a character but the first have this form.
        characters = np.concatenate([[0], np.cumsum(text & 0xC0 != 0x80)])
        return CodePoints(numbers, codes, characters[at - at[0]])


def _heads(text: Array, at: Array) -> Array:
    """Return the number of the first string for each pair of first bytes, and the end."""
    padded = np.append(text, np.zeros(2, np.uint8))
    second = np.where(np.diff(at) > 1, padded[at[:-1] + 1], 0)
    return np.searchsorted(padded[at[:-1]].astype(np.uint16) << 8 | second, np.arange(0x10001, dtype=np.uint32))
