"""The examples of CommonMark 0.31.2 are read as the HTML that they stand for, in text, headings and code."""

import json
from pathlib import Path

import pytest

from tests.reading import post_of

EXAMPLES = json.loads((Path(__file__).parent / "golden/commonmark-0.31.2.json").read_text("utf-8"))

DIFFERENT = {
    548: "[[[foo]]] is read as a link of a wiki within brackets, where no generator is known",
    590: "![[foo]] is read as a picture of a wiki, where no generator is known",
}


def read(content: str, path: str) -> tuple[object, ...]:
    post = post_of(f"---\ntitle: T\n---\n{content}", path)
    headings = [(section.level, section.title) for section in post.sections]
    return post.text, headings, [post.text[code.start : code.end] for code in post.code]


def test_all_652_examples_are_here():
    assert [number for number, *_ in EXAMPLES] == list(range(1, 653))


@pytest.mark.parametrize(("number", "section", "markdown", "html"), EXAMPLES, ids=lambda value: str(value)[:20])
def test_an_example_is_read_as_its_html(number: int, section: str, markdown: str, html: str):
    is_same = read(markdown, "post.md") == read(html or "\n", "post.html")
    assert is_same == (number not in DIFFERENT), f"{section}: {DIFFERENT.get(number, 'read otherwise')}"
