"""Markdown's inline patterns, tried only where they can match.

The `markdown` package tries every pattern on every piece of text, and most pieces have no sign of any of them. What is
matched, in which order, and the tree that comes out are the package's own; tests hold this to it.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import (
    INLINE_PLACEHOLDER,
    INLINE_PLACEHOLDER_PREFIX,
    INLINE_PLACEHOLDER_RE,
    AtomicString,
    code_escape,
)

SIGNS = {
    "backtick": ("`", "`"),
    "backslash_break": ("\\", r"\\\n"),
    "escape": ("\\", r"\\"),
    "footnote": ("[", r"\[\^"),
    "reference": ("[", r"\]\s?\["),
    "link": ("[", r"\]\("),
    "image_link": ("[", r"!\["),
    "image_reference": ("[", r"!\["),
    "short_reference": ("[", r"\["),
    "short_image_ref": ("[", r"!\["),
    "autolink": ("<", "://"),
    "automail": ("<", "@"),
    "linebreak": ("  \n", "  \n"),
    "html": ("<", "<[a-zA-Z/!?]"),
    "entity": ("&", "&[^;]*;"),
    "em_strong": ("", r"(?s:\*.*\*|(?<!\w)_.*_)"),
}
"""What a text must have in it for the pattern of this name to match: a string and, looked for next, an expression."""

REFERENCES = frozenset(("reference", "image_reference", "short_reference", "short_image_ref"))
"""Patterns that match only names with an address that the post gives somewhere, as in `[name]: address`."""

_SIGN = re.compile(r"[`\\\[<&*_]|  \n")
_SIMPLE_CODE = re.compile(r"`([^`]+)`(?!`)")
_SIMPLE_EMPHASIS = re.compile(r"(\*{1,2})(?!\s)([^*_]+)(?<!\s)\1(?!\*)")
_SIMPLE_LINK = re.compile(rf"\[([^\[\]]*)\]\(\s*([^()'\"<>{INLINE_PLACEHOLDER_PREFIX[0]}]*)\)")

Made = tuple[Any, int | None, int | None]
"""What a match becomes, an element or a string, and which part of the text it stands for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One of the package's patterns, with what tells at once that it cannot match."""

    number: int
    name: str
    sign: str
    can_match: Callable[[str], object]
    matches: Callable[[str, int], Iterator[re.Match[str]]]
    make: Callable[[re.Match[str], str], Made]


class SignedInlineProcessor(Treeprocessor):
    """Takes the place of the package's `InlineProcessor`."""

    def __init__(self, markdown: Markdown) -> None:
        super().__init__(markdown)
        # The package's patterns look here for what they find a placeholder of.
        self.stashed_nodes: dict[str, Element | str] = {}
        patterns = list(_patterns(markdown))
        self._all = _grouped(patterns)
        self._without_references = _grouped(pattern for pattern in patterns if pattern.name not in REFERENCES)
        self._groups = self._all

    def run(self, root: Element) -> None:
        """Make elements of what the patterns match in a tree, level by level."""
        self.stashed_nodes = {}
        self._groups = self._all if self.md.references else self._without_references
        queue = deque([root])
        while queue:
            parent = queue.popleft()
            inner: list[tuple[Element, list[Element]]] = []
            for place, child in enumerate(parent, 1):
                if child.text and not isinstance(child.text, AtomicString):
                    child.text, nodes = self._inline(child.text)
                    if nodes:
                        inner.append((child, nodes))
                        queue += nodes
                if child.tail:
                    # What is put behind this child is the next one to be looked at.
                    child.tail, parent[place:place] = self._inline(child.tail)
                if len(child):
                    queue.append(child)
            for child, nodes in inner:
                child[0:0] = nodes

    def _inline(self, text: str) -> tuple[str, list[Element]]:
        return self._resolve(self._match(text))

    def _match(self, text: str, first: int = 0) -> str:
        """Put placeholders for what the patterns match, from the pattern of a number on."""
        if isinstance(text, AtomicString) or not _SIGN.search(text):
            return text
        for sign, patterns in self._groups:
            if sign in text:
                for pattern in patterns:
                    if pattern.number >= first and pattern.can_match(text):
                        text = self._apply(pattern, text)
        return text

    def _apply(self, pattern: Pattern, text: str) -> str:
        position = 0
        while True:
            for match in pattern.matches(text, position):
                made, start, end = pattern.make(match, text)
                if start is not None and end is not None:
                    break
            else:
                return text
            position = end
            if made is not None:
                if not isinstance(made, str) and not isinstance(made.text, AtomicString):
                    self._match_within(made, pattern.number)
                placeholder = self._stash(made)
                text = f"{text[:start]}{placeholder}{text[end:]}"
                position = start + len(placeholder)

    def _match_within(self, made: Element, number: int) -> None:
        for element in (made, *made):
            if element.text:
                element.text = self._match(element.text, number + 1)
            if element.tail:
                element.tail = self._match(element.tail, number)

    def _stash(self, made: Element | str) -> str:
        number = f"{len(self.stashed_nodes):04}"
        self.stashed_nodes[number] = made
        return INLINE_PLACEHOLDER % number

    def _resolve(self, text: str) -> tuple[str, list[Element]]:
        """Give the elements that a text has placeholders of, with their tails, and the text before the first."""
        if INLINE_PLACEHOLDER_PREFIX not in text:
            return text, []
        lead, *rest = INLINE_PLACEHOLDER_RE.split(text)
        nodes: list[Element] = []
        for number, after in zip(rest[::2], rest[1::2], strict=True):
            node = self.stashed_nodes[number]
            if isinstance(node, str):
                after = node + after
            else:
                self._resolve_within(node)
                nodes.append(node)
            if nodes:
                nodes[-1].tail = (nodes[-1].tail or "") + after
            else:
                lead += after
        return lead, nodes

    def _resolve_within(self, node: Element) -> None:
        for element in (node, *node):
            if element.tail and element.tail.strip():
                element.tail, nodes = self._resolve(element.tail)
                place = 0 if element is node else list(node).index(element) + 1
                node[place:place] = nodes
            if element.text and element.text.strip():
                element.text, element[0:0] = self._resolve(element.text)


def _patterns(markdown: Markdown) -> Iterator[Pattern]:
    registry = markdown.inlinePatterns
    short = {"backtick": _code, "link": _link, "em_strong": _emphasis}
    for number, name in sorted((registry.get_index_for_name(name), name) for name in SIGNS):
        sign, expression = SIGNS[name]
        pattern: Any = registry[name]
        make = partial(short[name], pattern) if name in short else pattern.handleMatch
        yield Pattern(number, name, sign, re.compile(expression).search, pattern.getCompiledRegExp().finditer, make)


def _grouped(patterns: Iterable[Pattern]) -> list[tuple[str, list[Pattern]]]:
    return [(sign, list(group)) for sign, group in groupby(patterns, key=attrgetter("sign"))]


def _code(pattern: Any, match: re.Match[str], text: str) -> Made:
    """Make code of what stands between two single backticks; anything else is left to the package."""
    found = _SIMPLE_CODE.match(text, match.start())
    if not found:
        return cast(Made, pattern.handleMatch(match, text))
    code = Element("code")
    code.text = AtomicString(code_escape(found[1].strip()))
    return code, found.start(), found.end()


def _link(pattern: Any, match: re.Match[str], text: str) -> Made:
    """Make a link whose text and address have no brackets or quotes in them; any other is left to the package."""
    found = _SIMPLE_LINK.match(text, match.start())
    if not found:
        return cast(Made, pattern.handleMatch(match, text))
    link = Element("a", href=found[2].strip())
    link.text = found[1]
    return link, found.start(), found.end()


def _emphasis(pattern: Any, match: re.Match[str], text: str) -> Made:
    """Make emphasis with stars that has no other emphasis in it; any other is left to the package."""
    found = None if pattern.regions else _SIMPLE_EMPHASIS.match(text, match.start())
    if not found:
        return cast(Made, pattern.handleMatch(match, text))
    emphasis = Element("em" if len(found[1]) == 1 else "strong")
    emphasis.text = found[2]
    return emphasis, found.start(), found.end()
