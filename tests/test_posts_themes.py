"""A post is read as its source is, whichever generator and theme have built it, and lists of posts are lists."""

from collections import Counter
from pathlib import Path

import pytest

from backmatter.index.model import Post, Source
from backmatter.index.posts import read_post
from backmatter.index.posts.article_tree import read_article
from backmatter.index.settings import Settings

THEMES = Path(__file__).parent / "golden" / "themes"
SOURCE = "queue-backpressure.md"
PAGES = sorted(file.relative_to(THEMES).as_posix() for file in THEMES.rglob("*.html"))
POSTS = [path for path in PAGES if "backpressure" in path]
LISTS = [path for path in PAGES if path not in POSTS]
LABELS = {"Note", "note", "INFO"}
"""What generators print above an admonition; the source has none."""

# What is not in the pages.
NO_DATE = ("ablog", "sphinx", "starlight", "vitepress")
NO_TAGS = ("ablog", "astro", "sphinx", "starlight", "vitepress")
NO_AUTHOR = ("ablog", "astro", "eleventy", "sphinx", "starlight", "vitepress")
NO_CODE_LANGUAGE = ("mkdocs", "nikola", "pelican")
NO_HEADING_IDS = ("nikola",)


def read(path: str) -> Post:
    settings = Settings(content=(THEMES,), base_url="https://journal.example.org", generator="html")
    return read_post(Source(THEMES, path, "stamp"), settings)


def words(post: Post) -> Counter[str]:
    headings = " ".join(section.title for section in post.sections)
    return Counter(f"{post.text} {headings}".split())


@pytest.fixture(scope="module")
def source() -> Post:
    return read(SOURCE)


@pytest.mark.parametrize("path", POSTS)
def test_no_word_is_lost_and_none_is_the_themes(path, source):
    read_words = words(read(path))
    assert words(source) - read_words == Counter()
    assert set(read_words - words(source)) <= LABELS


@pytest.mark.parametrize("path", POSTS)
def test_the_articles_own_page_shows_the_same_text(path):
    settings = Settings(content=(THEMES,))
    assert read_article(Source(THEMES, path, "stamp"), settings).post.text == read(path).text


@pytest.mark.parametrize("path", POSTS)
def test_titles_and_sections_are_those_of_the_source(path, source):
    post, generator = read(path), path.partition("/")[0]
    assert (post.title, post.language.partition("-")[0], post.no_article) == (source.title, "en", "")
    assert [each.title for each in post.sections] == [each.title for each in source.sections]
    assert any(each.anchor for each in post.sections) == (generator not in NO_HEADING_IDS)


@pytest.mark.parametrize("path", POSTS)
def test_code_has_its_lines_and_the_language_that_the_page_has(path, source):
    [block], [expected] = read(path).code, source.code
    lines = read(path).text[block.start : block.end].splitlines()
    # Some generators write spaces for tabs, and how many differs.
    written = source.text[expected.start : expected.end].splitlines()
    assert [(line.strip(), line[:1].isspace()) for line in lines] == [(x.strip(), x[:1].isspace()) for x in written]
    assert block.language == ("" if path.partition("/")[0] in NO_CODE_LANGUAGE else "go")


@pytest.mark.parametrize("path", POSTS)
def test_metadata_is_that_of_the_source_where_the_page_has_it(path, source):
    post, generator = read(path), path.partition("/")[0]
    assert (post.date and post.date.date()) == (None if generator in NO_DATE else source.date.date())
    assert tuple(map(str.lower, post.tags)) == (() if generator in NO_TAGS else source.tags)
    assert post.author == ("" if generator in NO_AUTHOR else source.author)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_no_article(path):
    assert read(path).no_article in ("a list of pages", "an index of terms")
