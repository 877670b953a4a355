"""Lists of different lengths, end to end in one array, with the offsets where each begins and the last one ends."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.arrays import Array


class Lists(NamedTuple):
    """So many lists and one offset more; the offsets begin with 0."""

    at: Array
    values: Array


def of_bytes(strings: Sequence[bytes]) -> Lists:
    """Give byte strings as lists of bytes."""
    at = np.fromiter(accumulate(map(len, strings), initial=0), np.uint32, len(strings) + 1)
    return Lists(at, np.frombuffer(b"".join(strings), np.uint8))


def to_bytes(lists: Lists) -> list[bytes]:
    """Give lists of bytes as byte strings."""
    whole, at = lists.values.tobytes(), lists.at.tolist()
    return [whole[start:end] for start, end in pairwise(at)]


def offsets(lengths: Array) -> Array:
    """Give the offsets of lists of these lengths."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)


def select(lists: Lists, kept: Array) -> Lists:
    """Keep some of the lists."""
    lengths = np.diff(lists.at)
    return Lists(offsets(lengths[kept]), lists.values[np.repeat(kept, lengths)])


def sieve(lists: Lists, kept: Array) -> Lists:
    """Keep some of the values in every list."""
    return Lists(offsets(kept)[lists.at], lists.values[kept])


def append(parts: Sequence[Lists]) -> Lists:
    """Give the lists of every part, one part's after the other's."""
    lengths = [np.diff(part.at) for part in parts]
    return Lists(offsets(np.concatenate(lengths)), np.concatenate([part.values for part in parts]))


def merge(parts: Sequence[tuple[Array, Lists]], count: int) -> Lists:
    """Merge lists that have a number each, all different in a part: of one number, the parts' values follow each other.

    Nothing is sorted: every value goes right to its place.
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
        values[np.repeat(free[numbers] - lists.at[:-1], sizes) + np.arange(len(lists.values))] = lists.values
        free[numbers[sizes > 0]] += sizes[sizes > 0]
    return Lists(at, values)
