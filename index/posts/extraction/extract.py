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
from .code_block import CodeBlock
from .formulas import FORMULA_TAGS, FormulaReader, without_marks
from .lines import one_line, printed
from .link_reader import LinkReader
from .page_rules import UNNAMED_LANGUAGES, Attributes, NodeT, declared_language
from .pagefind import INDEXED_ATTRIBUTES
from .tags import (
    ANCHOR_TAGS,
    BLOCK_TAGS,
    CELL_TAGS,
    HEADING_LEVELS,
    UNREAD_TAGS,
    is_footnote_sign,
    is_unseen,
)

CELL_BORDER = "\x1f"
"""Around the text of a cell, until its row is a line; a tab parts its cells there."""

_MARKED_LANGUAGE = re.compile(r"(?::::|#!)(\w[\w+#-]*+)[^\n/]*+\n")
"""A first line that names the language, as Pelican's highlighter takes it; a script's own `#!/bin/sh` is code."""
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
        links: Texts of links to other pages, with what they lead to.
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
    links: tuple[tuple[str, str], ...]


class Extractor(Generic[NodeT]):
    """Takes the events of one page; `finish` returns the result."""

    def __init__(self, ids: HeadingIdMaker) -> None:
        self._ids = ids
        self._lines: list[str] = []
        self._length = 0
        self._inline: list[str] = []
        self._pre: CodeBlock[NodeT] | None = None
        self._language = ""
        self._in_heading = False
        self._heading_id = ""
        self._pending_id = ""
        self._heading_node: NodeT | None = None
        self._headings: list[Heading[NodeT]] = []
        self._code: list[Code] = []
        self._code_nodes: list[NodeT | None] = []
        self._formulas = FormulaReader(self._inline)
        self._links = LinkReader(self._inline)
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
        is_hidden = tag in UNREAD_TAGS or (attributes and is_unseen(attributes))
        if (is_hidden or tag == "sup") and attributes and is_footnote_sign(attributes):
            self._inline.append(FOOTNOTE_SIGN)
            return False
        if is_hidden:
            return False
        if self._pre is not None:
            return self._pre.start(tag, attributes)
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
        for line in filter(None, map(one_line, lines)):
            if line not in known:
                self._add(line)

    def end(self, tag: str) -> None:
        """Close an element; ignore one that was never opened."""
        if tag in FORMULA_TAGS:
            self._formulas.end(tag)
        elif tag == "pre":
            self._end_code()
        elif self._pre is not None:
            self._pre.end(tag)
        elif tag in BLOCK_TAGS:
            self._flush()
        elif tag in HEADING_LEVELS:
            self._end_heading(HEADING_LEVELS[tag])
        elif tag in CELL_TAGS:
            self._inline.append(CELL_BORDER)
        elif tag == "a":
            self._links.end()
        elif tag == "code" and self._in_heading:
            self._inline.append(CODE_SIGN)

    def code(self, text: str, language: str, node: NodeT | None = None) -> None:
        """Take a whole code block; its lines are kept, empty ones at its ends are not."""
        self._in_heading = False
        self._flush()
        text = printed(without_marks(text)).rstrip().lstrip("\n")
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
        shown_title = title or self._first_title() or spare_title
        repeated = self._drop_repeated(shown_title, is_given=bool(title))
        text = "\n".join(self._lines)
        return Extract(
            title=shown_title,
            text=text,
            sections=_partition(self._headings, len(text)),
            code=tuple(self._code),
            headings=tuple(self._headings),
            code_nodes=tuple(self._code_nodes),
            formulas=tuple(self._formulas.spans),
            title_node=repeated.node if repeated else None,
            successors=self._links.successors,
            links=self._links.named,
        )

    def _flush(self) -> None:
        if self._in_heading:
            self._inline.append("\n")
        elif self._inline:
            self._end_line()

    def _end_line(self) -> None:
        cells = "".join(self._inline).split(CELL_BORDER)
        line = "\t".join(filter(None, map(one_line, cells)))
        self._inline.clear()
        self._links.end_line(line)
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
        if attributes and "class" in attributes:
            self._language = declared_language(tag, attributes) or self._language

    def _start_anchor(self, tag: str, attributes: Attributes) -> None:
        if tag == "a":
            self._links.start(attributes.get("href") or "", self._length)
        anchor = attributes.get("id") or (attributes.get("name", "") if tag == "a" else "")
        if anchor:
            self._heading_id = self._heading_id or anchor
            self._pending_id = anchor

    def _end_heading(self, level: int) -> None:
        raw = without_marks("".join(self._inline)).replace(FOOTNOTE_SIGN, "")
        title = one_line(raw)
        self._inline.clear()
        self._in_heading = False
        given = self._heading_id or self._pending_id
        self._heading_id = self._pending_id = ""
        if title:
            anchor = self._ids.claim(given) if given else self._ids.make(raw) if self._makes_ids else ""
            self._headings.append(Heading(title, level, anchor, self._length, self._heading_node))

    def _start_code(self, attributes: Attributes, node: NodeT | None) -> None:
        self._flush()
        self._pre = CodeBlock(declared_language("pre", attributes) or self._language, node)
        self.text = self._pre.add

    def _end_code(self) -> None:
        if self._pre is not None:
            block, self._pre, self.text = self._pre, None, self._inline.append
            self._language = ""
            if block.text.strip():
                self.code(block.text, block.language, block.node)

    def _first_title(self) -> str:
        ordered = sorted(self._headings, key=lambda heading: heading.level != 1)
        return ordered[0].title if ordered else ""

    def _drop_repeated(self, title: str, *, is_given: bool) -> Heading[NodeT] | None:
        first = self._headings[0] if self._headings else None
        if not first or _words(first.title) != _words(title):
            return None
        # A theme may have the site's name as h1, and the post's title below, or at its beginning (Medium).
        may_be_lower = self._is_page and is_given and (first.level == 2 or not first.start)
        return self._headings.pop(0) if first.level == 1 or may_be_lower else None


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


def _words(title: str) -> str:
    return "".join(_WORDS.findall(title)).casefold() or title.strip()
