"""The same content gives the same order, however many workers built the index and whichever finished first."""

from pathlib import Path

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.parser import parse
from tests.build import day, post

QUERIES = ["", "common", "common OR rare", "wor*", '"common word"', "tag:go"]
POSTS = [
    post(
        f"{number:03}.md", "common word" + " rare" * (number % 3), tags=("go",), date=day(f"2024-01-0{number % 4 + 1}")
    )
    for number in range(150)
]


def orders(directory: Path) -> list[list[str]]:
    snapshot = WhooshEngine(directory).snapshot()
    return [
        [match.article.path for match in snapshot.find(parse(query), sort=sort, offset=offset, limit=20).matches]
        for query in QUERIES
        for sort in ("relevance", "newest", "oldest")
        for offset in (0, 60, 120)
    ]


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("commits", [1, 3])
def test_equal_scores_are_ordered_by_path(tmp_path: Path, workers: int, commits: int):
    expected = tmp_path / "expected"
    with WhooshEngine(expected).writer() as writer:
        writer.commit([writer.stage(POSTS)])
    directory = tmp_path / "index"
    for commit in range(commits):
        part = POSTS[commit::commits]
        with WhooshEngine(directory).writer() as writer:
            writer.commit([writer.stage(part[worker::workers]) for worker in reversed(range(workers))])
    assert orders(directory) == orders(expected)


def test_posts_of_one_day_are_ordered_by_path(tmp_path: Path):
    with WhooshEngine(tmp_path).writer() as writer:
        writer.commit([writer.stage(POSTS[::-1])])
    newest = orders(tmp_path)[3]
    assert newest == [f"{number:03}.md" for number in range(3, 80, 4)]
