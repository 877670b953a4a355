"""Parse HTML into events or into a tree, without Beautiful Soup: indexing reads thousands of pages."""

import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from ..extraction.extract import Extractor
from ..extraction.page_rules import TITLE_PARTS, Attributes, is_around, is_left_out, is_subtitle
from ..extraction.page_tree import UNSHOWN_TAGS
from ..extraction.pagefind import IGNORE, INDEXED_ATTRIBUTES
from ..extraction.tags import BLOCK_TAGS, HEADING_LEVELS, PLAIN_TAGS
from .byline import tag_lists
from .code_spans import colours_code
from .main_content import MainContent, outermost

VOID_TAGS = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Tags of elements without content."""
MAX_DEPTH = 300
"""Elements that may stand within each other; browsers stop at 512, and pages that people read stay below 50."""

LeavesOut = Callable[[str, Attributes, str], bool]
"""Decides by an element's tag, attributes and parent's tag whether it is left out."""

_TAG, _ATTRIBUTES = attrgetter("tag"), attrgetter("attrib")
_TOO_DEEP = f"elements nested deeper than {MAX_DEPTH}"
_XML_DECLARATION = re.compile(r"(?:\s*+<\?xml[^>]*+>?+)++")


_BODY = re.compile(r"<body\b", re.IGNORECASE)
_HEAD = re.compile(
    r"(?:\s++|<!--.*?-->|<![^>]*+>|</?(?:html|head|meta|link|base)\b[^>]*+>"
    r"|<(title|style|script|noscript|template)\b[^>]*+>.*?</\1\s*+>)*+",
    re.IGNORECASE | re.DOTALL,
)
"""All that may stand in the head of a page."""
_SHADOW = re.compile(r"<template(?=\s[^<>]*\bshadowrootmode\b)", re.IGNORECASE)
"""A template that browsers show, as what is inside a component; what ends it, ends nothing for the parser."""


def stream_html(html: str, extractor: Extractor[Any]) -> None:
    """Parse HTML straight into an extractor: the same parser and the same events as of `parse` and `feed`, no tree.

    Raises:
        RecursionError: Elements are nested deeper than `MAX_DEPTH`.
    """
    _parse(html, _Events(extractor))


def parse_html(html: str) -> Element:
    """Parse a page or a piece of one into a tree; it hangs below an element without a name.

    Raises:
        RecursionError: Elements are nested deeper than `MAX_DEPTH`.
    """
    tree = _Tree()
    _parse(html, tree)
    return tree.root


def plain_html(html: str) -> str:
    """Turn XHTML, text without a tag, and a page without `<body>` into what a parser reads as browsers do."""
    declaration = _XML_DECLARATION.match(html)
    html = html[declaration.end() :] if declaration else html
    html = _SHADOW.sub("<div", html) if "shadowrootmode" in html else html
    if "<" not in html:
        return f"<p>{html}"
    head = _HEAD.match(html)
    if not head or not head[0].strip() or _BODY.search(html, head.end()):
        return html
    # Without it, libxml2 leaves a section, a figure and the like in the head.
    return f"{head[0]}<body>{html[head.end() :]}"


def _parse(html: str, target: object) -> None:
    parser = etree.HTMLParser(target=target)
    parser.feed(plain_html(html))
    parser.close()


class _Events:
    """Takes the parser's events; leaves out elements that a reader does not see, with all that is in them."""

    def __init__(self, extractor: Extractor[Any]) -> None:
        self._extractor = extractor
        self._depth = 0
        self._left_out_at = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        self._depth = deeper(self._depth)
        if not self._left_out_at and not self._extractor.start(tag, attributes):
            self._left_out_at = self._depth

    def end(self, tag: str) -> None:
        if not self._left_out_at:
            self._extractor.end(tag)
        elif self._left_out_at == self._depth:
            self._left_out_at = 0
        self._depth -= 1

    def data(self, text: str) -> None:
        if not self._left_out_at:
            self._extractor.text(text)

    def close(self) -> None:
        """End of input; the parser asks for it."""


class _Tree:
    """Makes a tree of the parser's events, without comments and without what only colours code."""

    def __init__(self) -> None:
        builder = TreeBuilder()
        self.root = builder.start("", {})
        self.start, self.end = _element_events(builder)
        self.data = builder.data

    def close(self) -> None:
        """End of input; the parser asks for it."""


def _element_events(builder: TreeBuilder) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
    """Return what takes the starts and the ends of elements.

    Every element of every page comes by here: functions with names of their own take two thirds of a method's time.
    """
    depth = 0
    colours: list[bool] = []
    """Of each open element from a `<pre>` on, whether it only colours code."""
    open_element, close_element = builder.start, builder.end

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError(_TOO_DEEP)
        if colours or tag == "pre":
            colours.append(tag == "span" and colours_code(attributes))
            if colours[-1]:
                return
        open_element(tag, attributes or {})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if not (colours and colours.pop()):
            close_element(tag)

    return start, end


def deeper(depth: int) -> int:
    """Return the depth of an element within another.

    Raises:
        RecursionError: It is more than `MAX_DEPTH`.
    """
    if depth >= MAX_DEPTH:
        raise RecursionError(_TOO_DEEP)
    return depth + 1


class HtmlTree:
    """A page in the tree that `parse_html` makes, for the rules of built pages."""

    def __init__(self, root: Element) -> None:
        self.root = root

    def elements(self, node: Element) -> Iterator[tuple[Element, str, Attributes]]:
        """Yield an element and all in it, in their order, with their tags and attributes."""
        elements = list(node.iter())
        return zip(elements, map(_TAG, elements), map(_ATTRIBUTES, elements), strict=True)

    def find(self, node: Element, tag: str) -> Iterator[Element]:
        """Yield the elements of a tag in an element, or that itself."""
        return node.iter(tag)

    def attributes(self, node: Element) -> Attributes:
        """Return an element's attributes."""
        return node.attrib

    def text(self, node: Element) -> str:
        """Return the text of an element on one line, without that of scripts."""
        has_unshown = any(next(node.iter(tag), None) is not None for tag in UNSHOWN_TAGS)
        return " ".join("".join(_texts(node) if has_unshown else node.itertext()).split())

    def indexed_text(self, node: Element) -> str:
        """Return the same, without elements in it that are left out for Pagefind."""
        return " ".join("".join(_texts(node, without=IGNORE)).split())

    def raw_text(self, node: Element) -> str:
        """Return all text in an element as it is."""
        return "".join(node.itertext())


def _texts(node: Element, without: str = "") -> Iterator[str]:
    """Yield the texts in an element; not those of elements with an attribute."""
    yield node.text or ""
    for child in node:
        if child.tag not in UNSHOWN_TAGS and without not in child.attrib:
            yield from _texts(child, without)
        yield child.tail or ""


def walk_page(tree: HtmlTree, main: MainContent[Element], extractor: Extractor[Any]) -> None:
    """Walk the main content of a page into an extractor; where none is marked, the body without what stands around."""
    body = tree.root.find(".//body")
    nodes = main.nodes or [tree.root if body is None else body]
    for node in nodes:
        _strip_bylines(tree, node)
        extractor.start("div", {})
        walk_tree(node, extractor, is_left_out if main.nodes else is_around)
        extractor.end("div")


def walk_tree(root: Element, extractor: Extractor[Any], leaves_out: LeavesOut | None = None) -> None:
    """Walk an element's content into an extractor, without what a rule leaves out."""
    if root.text:
        extractor.text(root.text)
    for child in root:
        tag, attributes = child.tag, child.attrib
        if not attributes and tag in PLAIN_TAGS:
            walk_tree(child, extractor, leaves_out)
        elif leaves_out and leaves_out(tag, attributes, root.tag):
            if tag in BLOCK_TAGS or tag in HEADING_LEVELS:
                extractor.start("hr", {})  # What stands before it and behind it are lines of their own.
            if INDEXED_ATTRIBUTES in attributes:
                extractor.indexed_attributes(attributes)
        elif extractor.start(tag, attributes):
            walk_tree(child, extractor, leaves_out)
            extractor.end(tag)
        if child.tail:
            extractor.text(child.tail)


def _strip_bylines(tree: HtmlTree, node: Element) -> None:
    """Leave of an article's own header only its title, and none of its lists of tags."""
    for tags in tag_lists(tree, node):
        tags[:], tags.text = [], None
    for header in outermost(tree, node.iter("header")):
        if header.find(".//h1") is not None:
            header[:] = list(_title_parts(header))
            header.text = None


def _title_parts(node: Element) -> Iterator[Element]:
    for child in node:
        if child.tag not in TITLE_PARTS:
            yield from _title_parts(child)
        elif child.tag != "p" or is_subtitle(
            "".join(child.itertext()),
            (link.attrib for link in child.iter("a")),
            has_time=child.find(".//time") is not None,
        ):
            child.tail = None
            yield child
