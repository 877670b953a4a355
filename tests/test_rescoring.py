"""The second stage of ranking: where a query's words stand in a post, and what the settings say that is worth."""

from pathlib import Path

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Post
from backmatter.index.query.analysed import analyse
from backmatter.index.search.curation import load_editorial
from backmatter.index.search.search import search
from backmatter.index.settings import RankingSettings, Settings
from tests.build import apply, post

AS_IT_IS = RankingSettings()
FILLER = "Bread and salt are on the table. " * 20
# Whose score is equal by words alone; by path, the wrong one would be first.
EQUAL = [
    (
        "worker pool",
        post("a.md", f"{FILLER} A worker in a pool."),
        post("b.md", f"A worker in a pool. {FILLER}"),
    ),
    (
        "worker pool",
        post("a.md", FILLER, ("Pool of a worker", "Bread.")),
        post("b.md", FILLER, ("Of a worker pool", "Table.")),
    ),
    (
        "worker pool",
        post("a.md", FILLER, ("One", "A worker, a pool."), ("Two", "A worker."), ("Three", "A pool.")),
        post("b.md", FILLER, ("One", "A worker, a pool; a worker, a pool."), ("Two", "Bread."), ("Three", "Salt.")),
    ),
]


def paths(folder: Path, posts: list[Post], query: str, ranking: RankingSettings = AS_IT_IS) -> list[str]:
    engine = WhooshEngine(folder)
    apply(engine, posts)
    editorial = load_editorial(Settings(ranking=ranking))
    return [hit.path for hit in search(engine.snapshot(), analyse(query), editorial=editorial).hits]


@pytest.mark.parametrize(("query", "worse", "better"), EQUAL)
def test_of_posts_with_the_same_words_the_one_that_is_about_them_comes_first(tmp_path, query, worse, better):
    assert paths(tmp_path, [worse, better], query) == [better.path, worse.path]


@pytest.mark.parametrize(
    ("ranking", "first"),
    [
        (AS_IT_IS, "title.md"),
        (RankingSettings(titles=0, headings=0, tags=1), "tag.md"),
        (RankingSettings(titles=0, headings=0, code=1), "code.md"),
    ],
)
def test_the_settings_say_what_is_worth_most(tmp_path, ranking, first):
    posts = [
        post("title.md", f"{FILLER} Of a worker.", title="Worker"),
        post("heading.md", FILLER, ("Worker", "Bread.")),
        post("tag.md", f"{FILLER} For a worker.", tags=("worker",)),
        post("code.md", f"{FILLER} By a worker.", code="worker()"),
    ]
    assert paths(tmp_path, posts, "worker", ranking)[0] == first
