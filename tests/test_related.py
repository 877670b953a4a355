"""Related articles: those that have most of an article's own words."""

from pathlib import Path

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Post
from backmatter.index.search.related import related
from tests.build import apply, day, post

FILLER = [post(f"filler{n}.md", f"The other thing number{n} is of no account.") for n in range(8)]
CACHE = post("cache.md", "A cache line and a prefetcher: the cache of a core.", tags=("cpu",))


def related_to(folder: Path, article: Post, *others: Post, limit: int = 5) -> list[str]:
    engine = WhooshEngine(folder)
    apply(engine, [article, *others, *FILLER])
    return [found.path for found in related(engine.snapshot(), article, limit)]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], []),
        ([post("bread.md", "Flour, and salt.")], []),
        ([post("lines.md", "A prefetcher sees a cache line."), post("bread.md", "Flour.")], ["lines.md"]),
        (
            [post("one.md", "A cache."), post("all.md", "The cache line, a prefetcher and a core.")],
            ["all.md", "one.md"],
        ),
        ([post("cores.md", "Cores and caches, with prefetchers on each core.")], ["cores.md"]),
    ],
)
def test_what_has_most_of_its_words_comes_first(tmp_path, others, expected):
    assert related_to(tmp_path, CACHE, *others) == expected


def test_the_same_language_comes_first(tmp_path):
    german = post("cache.de.md", "Cache line, prefetcher, cache, core.", language="de")
    english = post("lines.md", "A cache line.")
    assert related_to(tmp_path, CACHE, german, english) == ["lines.md", "cache.de.md"]
    assert related_to(tmp_path, CACHE, german, english, limit=1) == ["lines.md"]


def test_a_related_article_says_what_a_list_shows(tmp_path):
    other = post("a.md", "A cache line, a prefetcher.", tags=("go",), author="Mara", date=day("2026-05-08"))
    engine = WhooshEngine(tmp_path)
    apply(engine, [CACHE, other, *FILLER])
    [found] = related(engine.snapshot(), CACHE)
    assert (found.title, found.url, found.length) == ("A", "/articles/a", len("A cache line, a prefetcher."))
    assert (found.tags, found.author, found.date) == (("go",), "Mara", day("2026-05-08"))
