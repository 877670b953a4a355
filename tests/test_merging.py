"""Many commits: the number of segments stays small, no post is lost, and deleted posts do not come back."""

from math import log
from pathlib import Path

import pytest

from backmatter.index.engines.whoosh import writer
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.engines.whoosh.writer import FAN
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import Everything
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
