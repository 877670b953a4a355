"""Many commits: the number of segments stays small, no post is lost, and deleted posts do not come back."""

from collections.abc import Iterable
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.engines.whoosh import writer
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.engines.whoosh.writer import FAN
from backmatter.index.model import Post
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import Everything
from backmatter.index.segment import ragged
from backmatter.index.segment.builder import SegmentArrays, SegmentBuilder, merge_segments
from backmatter.index.segment.fields import post_tokens
from tests.build import apply, post


def segments(directory: Path) -> int:
    return len(list(directory.glob("*.posts")))


def paths(engine: WhooshEngine, query: str) -> set[str]:
    return {match.article.path for match in engine.snapshot().find(parse(query), limit=1000).matches}


def test_many_single_posts_end_in_few_segments(tmp_path: Path):
    engine = WhooshEngine(tmp_path)
    for number in range(150):
        apply(engine, [post(f"{number}.md", f"all number{number}")])
        assert segments(tmp_path) <= FAN * (1 + log(number + 1, FAN))
    assert paths(engine, "all") == {f"{number}.md" for number in range(150)}
    assert paths(engine, "number77") == {"77.md"}
    assert engine.snapshot().stats().posts == 150


def test_one_post_that_changes_again_and_again_stays_one(tmp_path: Path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post(f"{number}.md", "still here") for number in range(20)])
    for number in range(60):
        apply(engine, [post("7.md", f"changed number{number}")])
        assert segments(tmp_path) <= FAN + 1
    assert paths(engine, "changed") == paths(engine, "number59") == {"7.md"}
    assert paths(engine, "number58") == set()
    assert len(paths(engine, "still")) == 19


def test_what_was_deleted_does_not_come_back_with_a_merge(tmp_path: Path):
    engine = WhooshEngine(tmp_path)
    for number in range(3 * FAN):
        apply(engine, [post(f"{number}.md", "word")], [f"{number - 1}.md"])
        assert set(engine.snapshot().holdings()) == {f"{number}.md"}
        assert paths(engine, "word") == {f"{number}.md"}
    assert engine.snapshot().find(Everything()).total == 1


def test_a_segment_without_living_posts_goes(tmp_path: Path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("a.md", "word"), post("b.md", "word")])
    apply(engine, [], ["a.md", "b.md"])
    assert (segments(tmp_path), engine.snapshot().stats().posts) == (0, 0)


@pytest.mark.parametrize("most", [1, 20, 1000])
def test_a_large_commit_is_cut_into_segments_and_answers_as_one(tmp_path: Path, monkeypatch, most: int):
    monkeypatch.setattr(writer, "MAX_TOKENS", most)
    monkeypatch.setattr(writer, "MAX_MERGED", most)
    engine = WhooshEngine(tmp_path)
    apply(engine, [post(f"{number}.md", "all " * number) for number in range(1, 30)])
    assert segments(tmp_path) > (most < 1000)
    found = engine.snapshot().find(parse("all"), limit=100).matches
    assert len(found) == 29
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)


@pytest.mark.parametrize("sizes", [[40, 1], [1, 40, 30, 1], [5, 4, 3], [1, 1, 41]])
def test_posts_of_all_segments_are_ordered_by_path(tmp_path: Path, sizes: list[int]):
    engine = WhooshEngine(tmp_path)
    for part, size in enumerate(sizes):
        apply(engine, [post(f"{number * 37 % 41}/{part}.md", "word") for number in range(size)])
    segments = engine.snapshot().segments
    assert len(segments) == len(sizes)
    placed = [pair for own in segments for pair in zip(own.path_order.tolist(), own.paths(), strict=True)]
    assert [place for place, _ in sorted(placed)] == list(range(len(placed)))
    assert [path for _, path in sorted(placed)] == sorted(path for _, path in placed)


@given(st.lists(st.integers(0, 7), max_size=30), st.integers(1, 12))
def test_stretches_are_all_lists_in_order_with_few_values_each(lengths: list[int], most: int):
    at = ragged.offsets(np.array(lengths, np.int64))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ragged, "STRETCH", most)
        parts = list(ragged.stretches(at))
    assert [number for part in parts for number in range(part.start, part.stop)] == list(range(len(lengths)))
    assert all(sum(lengths[part]) <= most or part.stop - part.start == 1 for part in parts)


WORDS = "run running runs läuft laufen lief index indexes indices go".split()
LANGUAGES = ("en", "de", "fr")


def written(posts: Iterable[Post]) -> SegmentArrays:
    builder = SegmentBuilder()
    for each in posts:
        builder.add(each, post_tokens(each))
    return builder.arrays()


def merged(parts: Iterable[SegmentArrays]) -> SegmentArrays:
    return merge_segments([(part, np.ones(len(part.derived["doc_year"]), bool)) for part in parts])


@given(
    st.lists(st.tuples(st.sampled_from(LANGUAGES), st.lists(st.sampled_from(WORDS), max_size=9)), max_size=8),
    st.integers(1, 9),
)
def test_a_segment_is_the_same_however_much_is_worked_on_at_a_time(drawn: list[tuple[str, list[str]]], most: int):
    posts = [post(f"{n}.md", " ".join(words), language=language) for n, (language, words) in enumerate(drawn)]
    whole, halves = written(posts), [written(posts[::2]), written(posts[1::2])]
    at_once = merged(halves)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ragged, "STRETCH", most)
        assert_same(written(posts), whole)
        assert_same(merged(halves), at_once)


def assert_same(one: SegmentArrays, other: SegmentArrays) -> None:
    for arrays, others in zip(one, other, strict=True):
        assert arrays.keys() == others.keys()
        for name in arrays:
            assert arrays[name].dtype == others[name].dtype
            np.testing.assert_array_equal(arrays[name], others[name], name)
