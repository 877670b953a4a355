"""Posts that were fetched: fetched once, kept up to a number, and the same to who ranks them however they are kept."""

from collections.abc import Sequence

import pytest

from index.engines.opensearch.documents import document, key, read
from index.engines.opensearch.memory import SEGMENTS, Memory, Part, Stored
from index.engines.whoosh.leaves import find
from index.query import Word
from tests.build import post

POSTS = {
    key(each.path, 1): each
    for each in (post(f"p{number}.md", f"The clock number{number} runs. " * (number % 3 + 1)) for number in range(60))
}
IDS = list(POSTS)


class Shelf:
    """Where posts are fetched; remembers which."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    def __call__(self, ids: Sequence[str]) -> dict[str, Stored]:
        self.fetched += ids
        return {each: read(document(POSTS[each], 1, 10.0)["stored"]) for each in ids if each in POSTS}


def ids(parts: Sequence[Part]) -> set[str]:
    return {part.ids[doc] for part in parts for doc in part.docs}


def clocks(parts: Sequence[Part]) -> dict[str, float]:
    """Give the weighted frequency of a word in each post that has it."""
    found = {}
    for part in parts:
        part.segment.normalize(10.0)
        leaf = find(part.segment, Word("clocks"), ["en"])
        found |= {part.ids[doc]: tf for doc, tf in zip(leaf.docs.tolist(), leaf.tf(None).tolist(), strict=True)}
    return found


def test_what_is_there_is_not_fetched_again_and_what_is_nowhere_is_left_out() -> None:
    memory, shelf = Memory(), Shelf()
    assert ids(memory.parts([*IDS[:3], "nowhere"], shelf)) == set(IDS[:3])
    assert ids(memory.parts(IDS[1:5], shelf)) == set(IDS[1:5])
    assert shelf.fetched == [*IDS[:3], "nowhere", *IDS[3:5]]
    assert memory.parts([], shelf) == []


def test_only_what_was_asked_for_is_found_and_as_it_is_when_fetched_alone() -> None:
    memory, shelf = Memory(), Shelf()
    for start in range(0, 60, 5):
        memory.parts(IDS[start : start + 5], shelf)
    parts = memory.parts(IDS[::7], shelf)
    assert len(shelf.fetched) == 60
    assert len(parts) <= SEGMENTS
    assert clocks(parts) == pytest.approx(clocks(Memory().parts(IDS[::7], Shelf())))
    assert set(clocks(parts)) == set(IDS[::7])


def test_the_posts_that_were_asked_for_last_stay() -> None:
    memory, shelf = Memory(kept=10), Shelf()
    for each in IDS:
        memory.parts([IDS[0], each], shelf)
    assert len(shelf.fetched) == 60
    shelf.fetched.clear()
    memory.parts([IDS[0], IDS[-1]], shelf)
    assert shelf.fetched == []
    memory.parts(IDS[1:20], shelf)
    assert shelf.fetched == IDS[1:20]
