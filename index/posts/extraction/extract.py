"""One extractor from a stream of tags and text to a post's text, sections and code.

Markdown's tree and a parsed HTML page are both walked into it, so that both are read by the same rules: blocks stand on
lines of their own, words are never split by inline tags, code keeps its lines, what a reader does not see is left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic

from ...model import FOOTNOTE_SIGN, Code, Section
from ..addresses.headings import CODE_SIGN, HeadingIdMaker
from .formulas import FORMULA_TAGS, FormulaReader, without_marks
from .page_rules import (
    LINE_NUMBER_CLASSES,
    UNNAMED_LANGUAGES,
    Attributes,
    NodeT,
    declared_language,
    has_class,
)
from .pagefind import INDEXED_ATTRIBUTES
from .successor_notes import NOTE_WITHIN, successor_in

HEADING_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# fmt: off
DROPPED_TAGS = frozenset((
    "script", "style", "template", "noscript", "svg", "head", "title", "nav", "form", "button", "select", "textarea",
    "iframe", "object", "canvas", "audio", "video", "rp", "dialog",
))
BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu",
    "ol", "p", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))
# fmt: on
CELL_TAGS = frozenset(("td", "th"))
PLAIN_TAGS = frozenset("abbr b cite del dfn em font i ins kbd mark q s samp small strong sub sup tt u var".split())
"""Tags that say nothing without attributes: their text is part of that around them."""
UNREAD_TAGS = DROPPED_TAGS | {"rt"}
"""Tags that are not part of the text: those that readers do not see, and the pronunciation above a word."""
ANCHOR_TAGS = frozenset(("a", "span", "section"))
"""Elements whose id, standing right before a heading, is the heading's own in older pages."""
CELL_BORDER = "\x1f"
"""Around the text of a cell, until its row is a line; a tab parts its cells there."""
FOOTNOTE_CLASS = "footnote-ref"
UNSEEN_CLASSES = LINE_NUMBER_CLASSES | {FOOTNOTE_CLASS, "footnote-backref", "footnotes-back"}
"""Classes of line numbers beside code and of footnote signs, which would stick to the word before them."""
PERMALINK_SIGNS = frozenset(("¶", "#", "§", "🔗", "⚓", "∞"))
MAX_SIGN_PIECES = 5
"""Pieces of text that a permalink's sign and the space around it come in; no longer link is put together for it."""

_HIDING_ATTRIBUTES = frozenset(("hidden", "aria-hidden", "role", "style"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSELECTABLE = re.compile(r"user-select\s*:\s*none", re.IGNORECASE)
"""The style of a line number in code where the highlighter writes no classes (Chroma)."""
_MARKED_LANGUAGE = re.compile(r"(?::::|#!)(\w[\w+#-]*+)[^\n/]*+\n")
"""A first line that names the language, as Pelican's highlighter takes it; a script's own `#!/bin/sh` is code."""
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ICONS = re.compile("[\ufeff\ue000-\uf8ff]")
"""Private characters, which icon fonts use, and the mark at the start of a file."""
_WORDS = re.compile(r"\w")


@dataclass(slots=True)
class Heading(Generic[NodeT]):
    """A heading, with the offset at which the text below it starts, and the node it came from."""

    title: str
    level: int
    anchor: str
    start: int
    node: NodeT | None


@dataclass(frozen=True, slots=True)
class Extract(Generic[NodeT]):
    """What was extracted, and the nodes that sections and code blocks came from.

    Attributes:
        formulas: The spans of formulas in the text.
        title_node: The heading that only repeats the post's title and was left out.
        successors: What a note at the beginning links to as the post's successor.
    """

    title: str
    text: str
    sections: tuple[Section, ...]
    code: tuple[Code, ...]
    headings: tuple[Heading[NodeT], ...]
    code_nodes: tuple[NodeT | None, ...]
    formulas: tuple[tuple[int, int], ...]
    title_node: NodeT | None
    successors: tuple[str, ...]


class Extractor(Generic[NodeT]):
    """Takes the events of one page; `finish` returns the result."""

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
        self._heading_node: NodeT | None = None
        self._code_node: NodeT | None = None
        self._links: list[int] = []
        self._targets: list[str] = []
        self._successors: tuple[str, ...] = ()
        self._headings: list[Heading[NodeT]] = []
        self._code: list[Code] = []
        self._code_nodes: list[NodeT | None] = []
        self._formulas = FormulaReader(self._inline)
        self._block_end = 0
        self._is_page = False
        self._makes_ids = True
        self._unnamed: frozenset[str] = frozenset()
        self._shared: frozenset[str] = frozenset()
        self.text = self._inline.append

    def begin_page(self, *, makes_ids: bool, shared: frozenset[str] = frozenset()) -> None:
        """Read what follows as a built page: highlighters have names for code without a language.

        Args:
            makes_ids: Whether headings without an id get one, or else the page is read as it is.
            shared: Lines that are the theme's, and not read.
        """
        self._is_page, self._makes_ids, self._unnamed = True, makes_ids, UNNAMED_LANGUAGES
        self._shared = shared

    def start(self, tag: str, attributes: Attributes, node: NodeT | None = None) -> bool:
        """Open an element; return False if readers do not see it, so that the caller skips it with its content."""
        if tag in FORMULA_TAGS:
            return self._pre is None and self._formulas.start(tag, attributes)
        if tag in UNREAD_TAGS or (attributes and is_unseen(attributes)):
            if FOOTNOTE_CLASS in attributes.get("class", ""):
                self._inline.append(FOOTNOTE_SIGN)
            return False
        if self._pre is not None:
            return self._start_in_code(tag, attributes)
        self._open(tag, attributes, node)
        if INDEXED_ATTRIBUTES in attributes:
            self.indexed_attributes(attributes)
        return True

    def _open(self, tag: str, attributes: Attributes, node: NodeT | None) -> None:
        if tag in BLOCK_TAGS:
            self._flush()
            self._note_anchor(tag, attributes)
        elif tag in HEADING_LEVELS:
            self._flush()
            self._in_heading = True
            self._heading_id, self._heading_node = attributes.get("id", ""), node
        elif tag == "pre":
            self._start_code(attributes, node)
        elif tag == "br":
            self._flush()
        elif tag in CELL_TAGS:
            self._inline.append(CELL_BORDER)
        elif tag == "img":
            self._inline.append(f" {attributes.get('alt') or ''} ")
        elif tag in ANCHOR_TAGS:
            self._start_anchor(tag, attributes)
        elif tag == "code" and self._in_heading:
            self._inline.append(CODE_SIGN)

    def indexed_attributes(self, attributes: Attributes) -> None:
        """Take the values of attributes that an element names as part of its text, as for Pagefind."""
        names = (name.strip() for name in attributes[INDEXED_ATTRIBUTES].split(","))
        self._inline += (f" {attributes[name]} " for name in names if name in attributes)

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add lines that the text does not have."""
        self._flush()
        known = "\n".join(self._lines)
        for line in filter(None, map(_one_line, lines)):
            if line not in known:
                self._add(line)

    def end(self, tag: str) -> None:
        """Close an element; ignore one that was never opened."""
        if tag in FORMULA_TAGS:
            self._formulas.end(tag)
        elif tag == "pre":
            self._end_code()
        elif self._pre is not None:
            if tag in BLOCK_TAGS:
                self._end_code_line()
        elif tag in BLOCK_TAGS:
            self._flush()
        elif tag in HEADING_LEVELS:
            self._end_heading(HEADING_LEVELS[tag])
        elif tag in CELL_TAGS:
            self._inline.append(CELL_BORDER)
        elif tag == "a" and self._links:
            self._end_link(self._links.pop())
        elif tag == "code" and self._in_heading:
            self._inline.append(CODE_SIGN)

    def code(self, text: str, language: str, node: NodeT | None = None) -> None:
        """Take a whole code block; its lines are kept, empty ones at its ends are not."""
        self._in_heading = False
        self._flush()
        text = _clean(without_marks(text)).rstrip().lstrip("\n")
        marked = None if language else _MARKED_LANGUAGE.match(text)
        if marked:
            text, language = text[marked.end() :], marked[1]
        if text:
            language = "" if language.lower() in self._unnamed else language.lower()
            self._code.append(Code(self._length, self._length + len(text), language))
            self._code_nodes.append(node)
            self._add(text)

    def finish(self, title: str, spare_title: str) -> Extract[NodeT]:
        """Close the page.

        Args:
            title: The title that the front matter gives; without one it is the first h1, else the first heading.
            spare_title: The title where there is no heading either.
        """
        self._end_code()
        self._flush()
        # A theme may have the site's name as h1, and the post's title below.
        repeating_level = 2 if title and self._is_page else 1
        title = title or self._first_title() or spare_title
        repeated = self._drop_repeated(title, repeating_level)
        text = "\n".join(self._lines)
        return Extract(
            title=title,
            text=text,
            sections=_partition(self._headings, len(text)),
            code=tuple(self._code),
            headings=tuple(self._headings),
            code_nodes=tuple(self._code_nodes),
            formulas=tuple(self._formulas.spans),
            title_node=repeated.node if repeated else None,
            successors=self._successors,
        )

    def _flush(self) -> None:
        if self._in_heading:
            self._inline.append("\n")
        elif self._inline:
            self._end_line()

    def _end_line(self) -> None:
        cells = "".join(self._inline).split(CELL_BORDER)
        line = "\t".join(filter(None, map(_one_line, cells)))
        self._inline.clear()
        if self._targets:
            self._successors += successor_in(line, self._targets)
            self._targets.clear()
        if line and line not in self._shared:
            self._add(line)

    def _add(self, line: str) -> None:
        line = self._formulas.unmark(line, self._length)
        self._lines.append(line)
        self._length += len(line) + 1
        self._pending_id = ""

    def _note_anchor(self, tag: str, attributes: Attributes) -> None:
        if attributes and (tag == "section" or "section" in attributes.get("class", "").split()):
            self._pending_id = attributes.get("id", "") or self._pending_id
        if attributes and "class" in attributes and self._pre is None:
            self._language = declared_language(tag, attributes) or self._language

    def _start_anchor(self, tag: str, attributes: Attributes) -> None:
        if tag == "a":
            self._links.append(len(self._inline))
            if self._length < NOTE_WITHIN and attributes.get("href"):
                self._targets.append(attributes["href"])
        anchor = attributes.get("id") or (attributes.get("name", "") if tag == "a" else "")
        if anchor:
            self._heading_id = self._heading_id or anchor
            self._pending_id = anchor

    def _end_link(self, position: int) -> None:
        if len(self._inline) - position > MAX_SIGN_PIECES:
            return
        sign = "".join(self._inline[position:]).strip()
        if sign in PERMALINK_SIGNS:
            del self._inline[position:]

    def _end_heading(self, level: int) -> None:
        raw = without_marks("".join(self._inline)).replace(FOOTNOTE_SIGN, "")
        title = _one_line(raw)
        self._inline.clear()
        self._in_heading = False
        given = self._heading_id or self._pending_id
        self._heading_id = self._pending_id = ""
        if title:
            anchor = self._ids.claim(given) if given else self._ids.make(raw) if self._makes_ids else ""
            self._headings.append(Heading(title, level, anchor, self._length, self._heading_node))

    def _start_code(self, attributes: Attributes, node: NodeT | None) -> None:
        self._flush()
        self._pre = []
        self._code_node = node
        self._block_end = -1
        self._language = declared_language("pre", attributes) or self._language
        self.text = self._pre.append

    def _start_in_code(self, tag: str, attributes: Attributes) -> bool:
        if tag == "br" and self._pre is not None:
            self._pre.append("\n")
        elif tag in BLOCK_TAGS:
            self._start_code_line()
        elif tag == "code" and attributes:
            self._language = declared_language(tag, attributes) or self._language
        return not (attributes and is_unselectable(attributes))

    def _start_code_line(self) -> None:
        """Begin a line of code; where lines are blocks, the line break between two of them is the source's."""
        if self._pre and len(self._pre) == self._block_end + 1 and not self._pre[-1].strip():
            self._pre.pop()
        self._end_code_line()

    def _end_code_line(self) -> None:
        if self._pre is not None:
            if self._pre and not self._pre[-1].endswith("\n"):
                self._pre.append("\n")
            self._block_end = len(self._pre)

    def _end_code(self) -> None:
        if self._pre is not None:
            text, self._pre, self.text = "".join(self._pre), None, self._inline.append
            if text.strip():
                self.code(text, self._language, self._code_node)
            self._language = ""

    def _first_title(self) -> str:
        ordered = sorted(self._headings, key=lambda heading: heading.level != 1)
        return ordered[0].title if ordered else ""

    def _drop_repeated(self, title: str, most_level: int) -> Heading[NodeT] | None:
        first = self._headings[0] if self._headings else None
        if first and first.level <= most_level and _words(first.title) == _words(title):
            return self._headings.pop(0)
        return None


def is_unseen(attributes: Attributes) -> bool:
    """Check whether an element is hidden, or a sign beside the text such as a line number."""
    if "class" in attributes and has_class(attributes["class"], UNSEEN_CLASSES):
        return True
    if _HIDING_ATTRIBUTES.isdisjoint(attributes):
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") == "navigation":
        return True
    return "style" in attributes and bool(_HIDDEN.search(attributes["style"]))


def is_line_number(attributes: Attributes) -> bool:
    """Check whether an element's class is one of numbers of lines of code."""
    return "class" in attributes and has_class(attributes["class"], LINE_NUMBER_CLASSES)


def is_unselectable(attributes: Attributes) -> bool:
    """Check whether an element is not copied with the text around it; within code, that is a line's number."""
    return "style" in attributes and bool(_UNSELECTABLE.search(attributes["style"]))


def _partition(headings: list[Heading[NodeT]], length: int) -> tuple[Section, ...]:
    """Divide the text at its headings; the text before the first heading is the lead."""
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
    if line.isprintable():
        return line
    # Within a line, a space without width separates words in some scripts; at its end, it is all that a link shows.
    return " ".join(_ICONS.sub("", _clean(line)).split()).strip("\u200b ")


def _clean(text: str) -> str:
    return _UNPRINTED.sub("", text)


def _words(title: str) -> str:
    return "".join(_WORDS.findall(title)).casefold() or title.strip()
