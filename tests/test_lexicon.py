"""Sorted dictionaries of strings: each way to store them finds what a sorted list does."""

from bisect import bisect_left

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backmatter.index.segment import ragged
from backmatter.index.segment.lexicon import STRING_BLOCK, FrontCodedStrings, SortedStrings, StringTable, front_coded

STRINGS = st.lists(st.text("abcä/\0", max_size=6).map(str.encode), unique=True, max_size=3 * STRING_BLOCK).map(sorted)


def whole(strings: list[bytes]) -> StringTable:
    lists = ragged.of_bytes(strings)
    return SortedStrings(lists.values, lists.at)


def fronted(strings: list[bytes]) -> StringTable:
    return FrontCodedStrings(front_coded("name", strings), "name")


@pytest.mark.parametrize("make", [whole, fronted])
@given(strings=STRINGS, asked=st.text("abcä/\0", max_size=7).map(str.encode))
@example([], b"a")
@example([b"a" * 300 + bytes([last]) for last in range(40)], b"a" * 300)
def test_strings_are_found_as_in_a_sorted_list(make, strings: list[bytes], asked: bytes):  # type: ignore[no-untyped-def]
    table = make(strings)
    assert table.count == len(strings)
    assert [table[number] for number in range(table.count)] == strings
    for value in [*strings, asked]:
        assert table.insertion(value) == bisect_left(strings, value)
        assert table.find(value) == (strings.index(value) if value in strings else None)
        assert [strings[n] for n in table.with_prefix(value)] == [each for each in strings if each.startswith(value)]


@given(strings=STRINGS)
def test_front_coded_strings_are_read_in_order(strings: list[bytes]):
    assert list(FrontCodedStrings(front_coded("name", strings), "name")) == strings


def test_front_coded_strings_take_what_they_do_not_share():
    paths = [f"2024/a-folder-of-posts/{number:05}.md".encode() for number in range(10_000)]
    stored = sum(array.nbytes for array in front_coded("key", paths).values())
    assert stored < sum(map(len, paths)) / 3
    assert front_coded("key", paths)["key_shared"].dtype == np.uint8
