"""Heading ids are those that the site's generator makes."""

import json
from pathlib import Path

import pytest

from backmatter.index.posts.addresses.headings import HeadingIdMaker
from backmatter.index.posts.extraction.extract import Extractor
from backmatter.index.posts.markdown.markdown_reader import MarkdownReader
from backmatter.index.settings import HeadingIds

HEADINGS = json.loads((Path(__file__).parent / "golden/headings.json").read_text("utf-8"))


def check(style: HeadingIds, titles: list[str], expected: list[str]) -> None:
    ids = HeadingIdMaker(style)
    assert [ids.make(title) for title in titles] == expected


@pytest.mark.parametrize(
    ("style", "title", "expected"),
    [
        ("github", "Hello, World!", "hello-world"),
        ("github", "What's new in C++ & C#?", "whats-new-in-c--c"),
        ("github", "snake_case and kebab-case", "snake_case-and-kebab-case"),
        ("github", "1. First", "1-first"),
        ("github", "Größe & Maß", "größe--maß"),
        ("github", "日本語 の 見出し", "日本語-の-見出し"),
        ("github", "हिन्दी", "हिन्दी"),
        ("github", "a — b", "a--b"),
        ("github", "🚀", "section"),
        ("kramdown", "Hello, World!", "hello-world"),
        ("kramdown", "1. First step", "first-step"),
        ("kramdown", "Größe", "gre"),
        ("kramdown", "42", "section"),
        ("python", "Hello, World!", "hello-world"),
        ("python", "Größe & Maß", "groe-ma"),
        ("python", "a -- b", "a-b"),
        ("zola", "Node.js & foo_bar", "node-js-foo-bar"),
        ("zola", "load_data", "load-data"),
        ("zola", "日本語", "ri-ben-yu"),
    ],
)
def test_an_id_is_made_in_the_generators_way(style, title, expected):
    check(style, [title], [expected])


@pytest.mark.parametrize(
    ("style", "titles", "expected"),
    [
        ("github", ["A", "A", "A"], ["a", "a-1", "a-2"]),
        ("github", ["A", "A 1", "A"], ["a", "a-1", "a-2"]),
        ("kramdown", ["A", "A"], ["a", "a-1"]),
        ("python", ["A", "A", "A"], ["a", "a_1", "a_2"]),
    ],
)
def test_no_id_is_given_twice(style, titles, expected):
    check(style, titles, expected)


def test_an_id_that_the_author_wrote_is_not_given_to_another_heading():
    ids = HeadingIdMaker("github")
    ids.claim("a")
    assert ids.make("A") == "a-1"


@pytest.mark.parametrize("style", [style for style in HEADINGS[0] if style != "title"])
def test_headings_have_the_ids_that_generators_have_built(style):
    extractor: Extractor[None] = Extractor(HeadingIdMaker(style))
    MarkdownReader().extract("\n\ntext\n\n".join(f"## {row['title']}" for row in HEADINGS), extractor)
    made = [section.anchor for section in extractor.finish("T", "").sections]
    assert [each for each, row in zip(made, HEADINGS, strict=True) if row[style]] == [
        row[style] for row in HEADINGS if row[style]
    ]


@pytest.mark.parametrize(("style", "expected"), [("hugo", "the---dry-run-flaga"), ("jekyll", "the---dry-run-flaga")])
def test_typography_leaves_code_in_headings_alone(style, expected):
    extractor: Extractor[None] = Extractor(HeadingIdMaker(style))
    MarkdownReader().extract("## The `--dry-run` flag--a", extractor)
    (section,) = extractor.finish("T", "").sections
    assert (section.title, section.anchor) == ("The --dry-run flag--a", expected)
