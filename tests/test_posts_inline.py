"""The tree that comes out where patterns are tried only when they can match is the one of the `markdown` package."""

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown.treeprocessors import InlineProcessor

from index.model import Source
from index.posts import discover
from index.posts.frontmatter import split
from index.posts.inline import SIGNS
from index.posts.markdown import MarkdownReader, PlainParagraph
from index.settings import Settings
from tests.test_posts_golden import SOURCES

PIECES = [
    *("*", "**", "***", "_", "__", "`", "``", "\\", "\\*", "\\\\", "  \n", "\\\n", "\n", "\n\n", " ", "!"),
    *("[", "]", "(", ")", "](", "[a](b)", "[a]", "[a][]", "[b][a]", "![a](b)", "![a]", "[^1]", "(b 'c')", "'", '"'),
    *("<", ">", "<b>", "</b>", "<http://a.example/>", "<a@b.example>", "&amp;", "&", ";", "a", "b c", "x_y", "\t", "é"),
    *("- ", "> ", "|", "{.a}"),
]
JOURNAL = [
    source
    for source in discover(Settings(content=(Path(__file__).parent.parent / "content",)))
    if isinstance(source, Source)
]
DEFINITIONS = "\n\n[a]: http://a.example 'A'\n\n[^1]: A *note*.\n"


class PackageReader(MarkdownReader):
    """Reads with the package's own way over the patterns and the blocks."""

    def __init__(self) -> None:
        super().__init__()
        self._markdown.treeprocessors.register(InlineProcessor(self._markdown), "inline", 20)
        parser = self._markdown.parser
        parser.blockprocessors = [each for each in parser.blockprocessors if not isinstance(each, PlainParagraph)]


def tree(element: Element) -> tuple[object, ...]:
    """Give all that is in a tree; no text and empty text are the same."""
    return element.tag, element.attrib, element.text or "", element.tail or "", [tree(child) for child in element]


def check(markdown: str) -> None:
    ours, packages = MarkdownReader(), PackageReader()
    trees = [tree(reader._tree(reader._scan(markdown, is_mdx=False))) for reader in (ours, packages)]
    assert trees[0] == trees[1]
    assert ours.html(markdown) == packages.html(markdown)


def test_every_pattern_has_its_signs():
    patterns = MarkdownReader()._markdown.inlinePatterns
    assert {name for name in SIGNS if name in patterns} == set(SIGNS)
    assert len(patterns) == len(SIGNS)


@pytest.mark.parametrize("source", [*SOURCES, *JOURNAL], ids=lambda source: source.path)
def test_real_posts_become_the_same_tree(source: Source):
    check(split(source.file.read_bytes().decode("utf-8", "replace"), source.path).body)


@given(text=st.lists(st.sampled_from(PIECES), max_size=16).map("".join), definitions=st.sampled_from(["", DEFINITIONS]))
@example("**a *b* c * d** and *e*", "")
@example("*a **b *c **d** e* f** g*", "")
@example("***a** b* `c\\` _d_", "")
@example("[a `]` b](c) [d [e](f) g](h)", "")
@example("\\\\`a`\\`b`", "")
def test_any_text_becomes_the_same_tree(text: str, definitions: str):
    check(text + definitions)
