"""The cache of posts on a cluster: it fetches a post once, keeps those used last, and does not change their scores."""

from collections.abc import Sequence

import pytest

from backmatter.index.engines.opensearch.cache import MAX_SEGMENTS, CacheHit, PostCache
from backmatter.index.engines.opensearch.documents import document_of, key, unpack_segment
from backmatter.index.query.tree import Word
from backmatter.index.retrieval.terms import find_leaf
from backmatter.index.segment.builder import SegmentArrays
from tests.build import post

POSTS = {
    key(each.path, 1): each
    for each in (post(f"p{number}.md", f"The clock number{number} runs. " * (number % 3 + 1)) for number in range(60))
}
IDS = list(POSTS)
AVERAGE = 10.0


class Shelf:
    """Fetches posts and records their ids."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    def __call__(self, ids: Sequence[str]) -> dict[str, SegmentArrays]:
        self.fetched += ids
        return {each: unpack_segment(document_of(POSTS[each], 1, AVERAGE)["stored"]) for each in ids if each in POSTS}


def ids(parts: Sequence[CacheHit]) -> set[str]:
    return {part.ids[doc] for part in parts for doc in part.docs}


def clocks(parts: Sequence[CacheHit]) -> dict[str, float]:
    """Return the weighted frequency of a word in each post that has it."""
    found = {}
    for part in parts:
        leaf = find_leaf(part.segment, Word("clocks"), ["en"])
        found |= {part.ids[doc]: tf for doc, tf in zip(leaf.docs.tolist(), leaf.tf(None).tolist(), strict=True)}
    return found


def test_what_is_there_is_not_fetched_again_and_what_is_nowhere_is_left_out() -> None:
    cache, shelf = PostCache(), Shelf()
    assert ids(cache.find([*IDS[:3], "nowhere"], AVERAGE, shelf)) == set(IDS[:3])
    assert ids(cache.find(IDS[1:5], AVERAGE, shelf)) == set(IDS[1:5])
    assert shelf.fetched == [*IDS[:3], "nowhere", *IDS[3:5]]
    assert cache.find([], AVERAGE, shelf) == []


def test_only_what_was_asked_for_is_found_and_as_it_is_when_fetched_alone() -> None:
    cache, shelf = PostCache(), Shelf()
    for start in range(0, 60, 5):
        cache.find(IDS[start : start + 5], AVERAGE, shelf)
    parts = cache.find(IDS[::7], AVERAGE, shelf)
    assert len(shelf.fetched) == 60
    assert len(parts) <= MAX_SEGMENTS
    assert clocks(parts) == pytest.approx(clocks(PostCache().find(IDS[::7], AVERAGE, Shelf())))
    assert set(clocks(parts)) == set(IDS[::7])


def test_the_posts_that_were_asked_for_last_stay() -> None:
    cache, shelf = PostCache(size=10), Shelf()
    for each in IDS:
        cache.find([IDS[0], each], AVERAGE, shelf)
    assert len(shelf.fetched) == 60
    shelf.fetched.clear()
    cache.find([IDS[0], IDS[-1]], AVERAGE, shelf)
    assert shelf.fetched == []
    cache.find(IDS[1:20], AVERAGE, shelf)
    assert shelf.fetched == IDS[1:20]
