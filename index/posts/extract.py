"""One extractor from a stream of tags and text to a post's text, sections and code.

Markdown's tree and a parsed HTML page are both walked into it, so that both are read by the same rules: blocks stand on
lines of their own, words are never split by inline tags, code keeps its lines, what a reader does not see is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from index.model import Code, Section
from index.posts.headings import HeadingIdMaker

Node = TypeVar("Node")
Attributes = Mapping[str, str]

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# fmt: off
DROPPED = frozenset((
    "script", "style", "template", "noscript", "svg", "head", "title", "nav", "form", "button", "select", "textarea",
    "iframe", "object", "canvas", "audio", "video", "rp", "dialog",
))
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu",
    "ol", "p", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))
# fmt: on
CELLS = frozenset(("td", "th"))
UNREAD = DROPPED | {"rt"}
"""What is no part of the text: what a reader does not see, and how to say a word, which stands above it."""
ANCHORED = frozenset(("a", "span", "section"))
"""Elements whose id, standing right before a heading, is the heading's own in older pages."""
UNSEEN = frozenset(("gutter", "linenos", "lineno", "linenodiv", "footnote-ref", "footnote-backref", "footnotes-back"))
"""Classes of line numbers beside code and of footnote signs, which would stick to the word before them."""
PERMALINKS = frozenset(("¶", "#", "§", "🔗", "⚓", "∞"))

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:^|\s)(?:(?:language|lang|highlight-source|highlight)-|brush:\s*)([\w+#.-]+)")
_MARKED_LANGUAGE = re.compile(r"(?::::|#!)(\w[\w+#-]*)[^\n/]*\n")
"""A first line that names the language, as Pelican's highlighter takes it; a script's own `#!/bin/sh` is code."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_WORDS = re.compile(r"\w")


@dataclass(slots=True)
class Heading(Generic[Node]):
    """A heading as met: where the text below it starts, and the node it came from."""

    title: str
    level: int
    anchor: str
    start: int
    node: Node | None


@dataclass(frozen=True, slots=True)
class Extract(Generic[Node]):
    """What was extracted, and the nodes that sections and code blocks came from.

    Attributes:
        title_node: The heading that only repeats the post's title and was left out.
    """

    title: str
    text: str
    sections: tuple[Section, ...]
    code: tuple[Code, ...]
    headings: tuple[Heading[Node], ...]
    code_nodes: tuple[Node | None, ...]
    title_node: Node | None


class Extractor(Generic[Node]):
    """Takes the events of one page; `finish` gives the result."""

    def __init__(self, ids: HeadingIdMaker) -> None:
        self._ids = ids
        self._lines: list[str] = []
        self._length = 0
        self._inline: list[str] = []
        self._pre: list[str] | None = None
        self._language = ""
        self._in_heading = False
        self._heading_id = ""
        self._pending_id = ""
        self._heading_node: Node | None = None
        self._code_node: Node | None = None
        self._links: list[int] = []
        self._headings: list[Heading[Node]] = []
        self._code: list[Code] = []
        self._code_nodes: list[Node | None] = []
        self.text = self._inline.append

    def start(self, tag: str, attributes: Attributes, node: Node | None = None) -> bool:
        """Open an element; False means that a reader does not see it, and that it is to be left out whole."""
        if tag in UNREAD or (attributes and is_unseen(attributes)):
            return False
        if self._pre is not None:
            self._start_in_code(tag, attributes)
        elif tag in BLOCKS:
            self._flush()
            self._note_anchor(tag, attributes)
        elif tag in HEADINGS:
            self._flush()
            self._in_heading = True
            self._heading_id, self._heading_node = attributes.get("id", ""), node
        elif tag == "pre":
            self._start_code(attributes, node)
        elif tag == "br":
            self._flush()
        elif tag in CELLS:
            self._inline.append("\n")
        elif tag == "img":
            self._inline.append(f" {attributes.get('alt') or ''} ")
        elif tag in ANCHORED:
            self._start_anchor(tag, attributes)
        return True

    def end(self, tag: str) -> None:
        """Close an element; one that was never opened is harmless."""
        if tag == "pre":
            self._end_code()
        elif self._pre is not None:
            return
        elif tag in BLOCKS:
            self._flush()
        elif tag in HEADINGS:
            self._end_heading(HEADINGS[tag])
        elif tag in CELLS:
            self._inline.append("\n")
        elif tag == "a" and self._links:
            self._end_link(self._links.pop())

    def code(self, text: str, language: str, node: Node | None = None) -> None:
        """Take a whole code block; its lines are kept, empty ones at its ends are not."""
        self._in_heading = False
        self._flush()
        text = _clean(text).rstrip().lstrip("\n")
        marked = _MARKED_LANGUAGE.match(text)
        if marked:
            text, language = text[marked.end() :], marked[1]
        if text:
            self._code.append(Code(self._length, self._length + len(text), language.lower()))
            self._code_nodes.append(node)
            self._add(text)

    def finish(self, title: str, spare_title: str) -> Extract[Node]:
        """Close the page.

        Args:
            title: The title that the front matter gives; without one it is the first h1, else the first heading.
            spare_title: The title where there is no heading either.
        """
        self._end_code()
        self._flush()
        title = title or self._first_title() or spare_title
        repeated = self._drop_repeated(title)
        text = "\n".join(self._lines)
        return Extract(
            title=title,
            text=text,
            sections=_partition(self._headings, len(text)),
            code=tuple(self._code),
            headings=tuple(self._headings),
            code_nodes=tuple(self._code_nodes),
            title_node=repeated.node if repeated else None,
        )

    def _flush(self) -> None:
        if self._in_heading:
            self._inline.append("\n")
        elif self._inline:
            self._end_line()

    def _end_line(self) -> None:
        line = _one_line("".join(self._inline))
        self._inline.clear()
        if line:
            self._add(line)

    def _add(self, line: str) -> None:
        self._lines.append(line)
        self._length += len(line) + 1
        self._pending_id = ""

    def _note_anchor(self, tag: str, attributes: Attributes) -> None:
        if attributes and (tag == "section" or "section" in attributes.get("class", "").split()):
            self._pending_id = attributes.get("id", "") or self._pending_id
        if attributes and "class" in attributes and self._pre is None:
            self._language = language_of(attributes) or self._language

    def _start_anchor(self, tag: str, attributes: Attributes) -> None:
        if tag == "a":
            self._links.append(len(self._inline))
        anchor = attributes.get("id") or (attributes.get("name", "") if tag == "a" else "")
        if anchor:
            self._heading_id = self._heading_id or anchor
            self._pending_id = anchor

    def _end_link(self, position: int) -> None:
        sign = "".join(self._inline[position:]).strip()
        if sign in PERMALINKS:
            del self._inline[position:]

    def _end_heading(self, level: int) -> None:
        title = _one_line("".join(self._inline))
        self._inline.clear()
        self._in_heading = False
        given = self._heading_id or self._pending_id
        self._heading_id = self._pending_id = ""
        if title:
            anchor = self._ids.claim(given) if given else self._ids.make(title)
            self._headings.append(Heading(title, level, anchor, self._length, self._heading_node))

    def _start_code(self, attributes: Attributes, node: Node | None) -> None:
        self._flush()
        self._pre = []
        self._code_node = node
        self._language = language_of(attributes) or self._language
        self.text = self._pre.append

    def _start_in_code(self, tag: str, attributes: Attributes) -> None:
        if tag == "br" and self._pre is not None:
            self._pre.append("\n")
        elif tag == "code" and attributes:
            self._language = language_of(attributes) or self._language

    def _end_code(self) -> None:
        if self._pre is not None:
            text, self._pre, self.text = "".join(self._pre), None, self._inline.append
            self.code(text, self._language, self._code_node)
            self._language = ""

    def _first_title(self) -> str:
        ordered = sorted(self._headings, key=lambda heading: heading.level != 1)
        return ordered[0].title if ordered else ""

    def _drop_repeated(self, title: str) -> Heading[Node] | None:
        first = self._headings[0] if self._headings else None
        if first and first.level == 1 and _words(first.title) == _words(title):
            return self._headings.pop(0)
        return None


def is_unseen(attributes: Attributes) -> bool:
    """Tell whether an element is hidden, or only a sign beside the text."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") == "navigation":
        return True
    if "class" in attributes and not UNSEEN.isdisjoint(attributes["class"].split()):
        return True
    return "style" in attributes and bool(_HIDDEN.search(attributes["style"]))


def language_of(attributes: Attributes) -> str:
    """Read a code block's language from `data-lang` or a class such as `language-go`, `lang-go`, `highlight-go`."""
    if "data-lang" in attributes:
        return attributes["data-lang"]
    found = _LANGUAGE.search(attributes["class"]) if "class" in attributes else None
    return found[1] if found else ""


def _partition(headings: list[Heading[Node]], length: int) -> tuple[Section, ...]:
    """Cut the text at its headings; what stands before the first of them, or all without one, is the lead."""
    starts = [min(heading.start, length) for heading in headings]
    sections = [
        Section(heading.title, heading.level, heading.anchor, start, end)
        for heading, (start, end) in zip(headings, pairwise([*starts, length]), strict=True)
    ]
    if not starts or starts[0] > 0:
        sections.insert(0, Section("", 0, "", 0, starts[0] if starts else length))
    return tuple(sections)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_clean(line).split())


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _words(title: str) -> str:
    return "".join(_WORDS.findall(title)).casefold() or title.strip()
