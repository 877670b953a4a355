"""Ragged arrays: lists of different lengths, end to end in one array, with the offsets between them."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from .arrays import Array

# Values that are worked on at a time where a computation takes many bytes for each: beyond, it is no faster.
STRETCH = 1 << 19


class Lists(NamedTuple):
    """Lists; there is one offset more than there are lists, and the first is 0."""

    at: Array
    values: Array


def of_bytes(strings: Sequence[bytes]) -> Lists:
    """Return byte strings as lists of bytes."""
    at = np.fromiter(accumulate(map(len, strings), initial=0), np.uint32, len(strings) + 1)
    return Lists(at, np.frombuffer(b"".join(strings), np.uint8))


def to_bytes(lists: Lists) -> list[bytes]:
    """Return lists of bytes as byte strings."""
    data, at = lists.values.tobytes(), lists.at.tolist()
    return [data[start:end] for start, end in pairwise(at)]


def offsets(lengths: Array) -> Array:
    """Return the offsets of lists of these lengths."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)


def stretches(at: Array) -> Iterator[slice]:
    """Divide lists with these offsets into stretches of lists with so many values in all; a longer list is alone."""
    start, count = 0, len(at) - 1
    while start < count:
        end = max(start + 1, int(np.searchsorted(at, int(at[start]) + STRETCH, side="right")) - 1)
        yield slice(start, min(end, count))
        start = end


def select(lists: Lists, kept: Array) -> Lists:
    """Keep the lists that a mask selects."""
    lengths = np.diff(lists.at)
    return Lists(offsets(lengths[kept]), lists.values[np.repeat(kept, lengths)])


def sieve(lists: Lists, kept: Array) -> Lists:
    """Keep the values that a mask selects, in every list."""
    return Lists(offsets(kept)[lists.at], lists.values[kept])


def append(parts: Sequence[Lists]) -> Lists:
    """Concatenate lists."""
    lengths = [np.diff(part.at) for part in parts]
    return Lists(offsets(np.concatenate(lengths)), np.concatenate([part.values for part in parts]))


def merge_lists(parts: Sequence[tuple[Array, Lists]], count: int) -> Lists:
    """Merge numbered lists; lists of the same number, in different parts, are concatenated in the order of the parts.

    Every value is copied to its place; nothing is sorted.
    """
    lengths = np.zeros(count, np.int64)
    for numbers, lists in parts:
        sizes = np.diff(lists.at)
        lengths[numbers[sizes > 0]] += sizes[sizes > 0]
    at = offsets(lengths)
    values = np.empty(int(at[-1]), np.result_type(*(lists.values for _, lists in parts)))
    free = at[:-1].astype(np.int64)
    for numbers, lists in parts:
        sizes = np.diff(lists.at)
        shift = free[numbers] - lists.at[:-1]
        for part in stretches(lists.at):
            first, last = int(lists.at[part.start]), int(lists.at[part.stop])
            values[np.repeat(shift[part], sizes[part]) + np.arange(first, last)] = lists.values[first:last]
        free[numbers[sizes > 0]] += sizes[sizes > 0]
    return Lists(at, values)
