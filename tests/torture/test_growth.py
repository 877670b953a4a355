"""Reading takes work that grows with the length of a post, whatever it is made of: twice the length, twice the work.

Calls are counted, not seconds. Work within one call of an expression or a parser cannot be counted; the limits of a
post bound it. No text is here that exceeds them: see `test_posts_bounded`.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from backmatter.index.errors import PostError
from backmatter.index.model import Source
from backmatter.index.posts import bounded, read_post
from backmatter.index.posts.bounded import read_bounded
from backmatter.index.settings import Settings
from backmatter.index.settings.generators import Markdown
from tests.torture import THOROUGH

# Characters; each is compared with the one before. The longest is read under the limits alone.
LENGTHS = (4_000, 8_000, 16_000)
LONG = 400_000 if THOROUGH else 60_000

# What twice the length may cost; what grows with the square costs four times as much.
MOST_GROWTH = 2.7
# Calls a character that are few, so that a first block of a thousand lines may cost less than those after it.
FEW_CALLS = 15

PLAIN = ["a", "a ", "a\n", "a\n\n", "é", "あ", "a-", "a_", "Aa", ".", "\u00ad"]
BLOCKS = ["# a\n", "a\n===\n", "> a\n", "> a\n\n", "- a\n", "- a\n\n", "1. a\n", "---\n", "    a\n\n", "| a |\n"]
MARKERS = ["> ", "- ", "1. ", "# ", "=", "|", "+ - * ", "> - ", "!!! a\n", "!!! a\n    b\n", "a\n:   b\n\n", ": a\n\n"]
CODE = ["`", "`a`", "``a` ", "```\na\n```\n", "```a\n", "~~~\n", "    a\n", "- ```\n  a\n  ```\n"]
EMPHASIS = ["*", "**", "*a* ", "**a** ", "_a_ ", "__", "*a **b ", "*a _b ", "***a** b* ", "a*b"]
LINKS = ["[", "]", "[]", "[a](b) ", "[a][b] ", "[a] ", "![a](b) ", "[a](", "[[", "[a](<b", "<a@b> ", "<http://a> "]
DEFINITIONS = ["[a]: b\n", "[a]: b\n\n", "[^a] ", "[^a]: b\n\n", "*[a]: b\n"]
ESCAPES = ["\\", "\\*", "&", "&a", "&amp;", "&#", "<", ">", "{: .a }", "{#a}"]
HTML = ["<b>", "</b>", "<b>a</b>", "<br>", "<!--", "<!-- a -->", "<a href=", "<a href='b'>c</a>", "<?", "<![CDATA["]
RAW = ["<div>a</div>\n\n", "<p>a", "<pre>\na\n</pre>\n", "<script>", "<table><tr><td>a</table>\n", "<h2>a</h2>\n\n"]
TEMPLATES = ["{{", "}}", "{{ a }}", "{%", "{% raw %}", "{% a %}", "{% comment %}", "{{< a >}}", "{{< a", "{{/* "]
MATH = ["$", "$$", "$a_b$ ", "$a_", "\\\\(", "\\\\(a\\\\) ", "$$a$$ "]
MDX = ["<A b={c}>", "<A", "{a}", "{", "import a\n", "export a\n\n", "<A b='"]
HEADS = ["<meta name=author content=a>", "<link rel=canonical href='http://a/b'>", "<title>a</title>", "<h1>a</h1>"]
BYLINES = ["<p>By <a rel=author>a</a></p>", "<time datetime='2026-01-01'>a</time> ", "<p class=date>1 May 2026</p>"]
LISTS = [
    "<article>a</article>",
    "<main>a</main>",
    "<ul><li>a</ul>",
    "<li>",
    "<a href='/tags/a'>a</a> ",
    "<a rel=next href=b>",
]
BODIES = ["<pre><code class=go>a</code></pre>", "<h2 id=a>a<a href='#a'>#</a></h2>", "<nav><a href=b>a</a></nav>"]
LINKED = ["<script type='application/ld+json'>{\"a\": [1]}</script>"]
TEXT = [*PLAIN, *EMPHASIS, *LINKS, *DEFINITIONS, *ESCAPES, *MATH]
OF_MARKDOWN = [*TEXT, *BLOCKS, *MARKERS, *CODE, *HTML, *RAW, *TEMPLATES]
OF_HTML = [*HTML, *RAW, *TEMPLATES, *PLAIN, *HEADS, *BYLINES, *LISTS, *BODIES, *LINKED]
"""Pieces of which a post is made by repeating them."""

VALUES = ["a", "[a], ", "{a: b}, ", '"', "'", "a: ", "- ", "&a ", "*a, ", "!a ", "#", "|", "\\", "a.b", "1", "[", "{"]
"""Pieces of which front matter is made."""

FRAMES: dict[str, Callable[[str], str]] = {
    "yaml": "---\ntitle: a\nb: {}\n---\nc".format,
    "yaml list": "---\ntitle: a\nb: [{}]\n---\nc".format,
    "toml": "+++\nb = {}\n+++\nc".format,
    "head": "Title: a\nb: {}\n\nc".format,
}


def markdown() -> Iterator[tuple[str, str, Callable[[int], str]]]:
    for dialect in get_args(Markdown):
        for unit in OF_MARKDOWN:
            yield f"{dialect} {unit!r}", f"{dialect}.md", lambda length, unit=unit: unit * (length // len(unit))
            yield (
                f"{dialect} # a {unit!r} b",
                f"{dialect}.md",
                lambda length, unit=unit: f"# a{unit * (length // len(unit))}b",
            )


def components() -> Iterator[tuple[str, str, Callable[[int], str]]]:
    for unit in MDX:
        yield f"mdx {unit!r}", "mdx.mdx", lambda length, unit=unit: unit * (length // len(unit))


def pages() -> Iterator[tuple[str, str, Callable[[int], str]]]:
    for unit in OF_HTML:
        yield f"html {unit!r}", "a.html", lambda length, unit=unit: "<p>" + unit * (length // len(unit))


def front_matter() -> Iterator[tuple[str, str, Callable[[int], str]]]:
    for name, frame in FRAMES.items():
        for unit in VALUES:
            yield f"{name} {unit!r}", "a.md", lambda length, unit=unit, frame=frame: frame(unit * (length // len(unit)))


CONSTRUCTS = [*markdown(), *components(), *pages(), *front_matter()]
# A sample that is the same each time; each kind is in it.
SAMPLE = CONSTRUCTS if THOROUGH else CONSTRUCTS[::17]


def settings_of(folder: Path, path: str, text: str) -> tuple[Source, Settings]:
    """Write a post; its name says in which dialect it is read."""
    (folder / path).write_text(text, "utf-8")
    dialect = path.partition(".")[0]
    given = {"markdown": dialect} if dialect in get_args(Markdown) else {}
    return Source(folder, path, ""), Settings(content=(folder,), **given)


def calls_of(source: Source, settings: Settings) -> int:
    """Return the number of calls that reading a post takes."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_post(source, settings)
    except PostError:
        pass
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(("path", "make"), [case[1:] for case in SAMPLE], ids=[case[0] for case in SAMPLE])
def test_twice_the_length_takes_about_twice_the_calls(path, make, tmp_path: Path):
    calls = [calls_of(*settings_of(tmp_path, path, make(length))) for length in LENGTHS]
    for length, (before, after) in zip(LENGTHS[1:], pairwise(calls), strict=True):
        assert after <= max(MOST_GROWTH * before, FEW_CALLS * length), calls


def test_a_long_post_of_any_construct_is_read_within_a_tenth_of_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The kernel counts the seconds of computing, whatever else the machine does."""
    monkeypatch.setattr(bounded, "READ_SECONDS", bounded.READ_SECONDS / 10)
    settings = Settings(content=(tmp_path,))
    makers = {name: (path, make) for name, path, make in SAMPLE}

    def read(source: Source) -> str:
        path, make = makers[source.path]
        post, _ = settings_of(tmp_path, path, make(LONG))
        try:
            read_post(post, settings)
        except PostError as error:
            return error.reason
        return ""

    outcomes = list(read_bounded(read, [Source(tmp_path, name, "") for name in makers]))
    assert [outcome for outcome in outcomes if isinstance(outcome, PostError)] == []
