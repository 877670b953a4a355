"""HTML to events or to a tree, and what a page's head says of it."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from index.posts.extract import Attributes, Extractor, Node

MAIN = ("<article>", "<main>", "role=main", "#content", "#main-content", "#page-content", "#main", ".post-content")
"""Where a page's own text stands: a tag, a role, an id or a class; the first that is there exactly once."""
AROUND = frozenset(("nav", "header", "footer", "aside"))
"""What stands around the text in a page that does not mark its main content."""

MAX_DEPTH = 300
"""Elements that may stand within each other; browsers stop at 512, and pages that people read stay below 50."""

_META = {
    "date": ("article:published_time", "datepublished", "date", "dcterms.created", "dc.date"),
    "updated": ("article:modified_time", "datemodified", "last-modified", "dcterms.modified"),
    "author": ("author", "article:author"),
    "summary": ("description", "og:description"),
    "tags": ("keywords", "article:tag"),
    "robots": ("robots",),
}
_JSON_LD = {"date": "datePublished", "updated": "dateModified", "summary": "description"}
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_IS_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAIN_TAGS = frozenset(("article", "main"))


def stream(html: str, extractor: Extractor[Any]) -> None:
    """Parse HTML straight into an extractor: the same parser and the same events as of `parse` and `feed`, no tree.

    Raises:
        RecursionError: Elements are nested deeper than `MAX_DEPTH`.
    """
    _parse(html, _Events(extractor))


def parse(html: str) -> Element:
    """Parse a page or a piece of one into a tree; it hangs below an element without a name.

    Raises:
        RecursionError: Elements are nested deeper than `MAX_DEPTH`.
    """
    tree = _Tree()
    _parse(html, tree)
    return tree.root


def plain_html(html: str) -> str:
    """Make of XHTML, and of text without a tag, what a parser takes for HTML."""
    html = _XML_DECLARATION.sub("", html, count=1) if "<?xml" in html[:200] else html
    return html if "<" in html else f"<p>{html}"


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
        self._depth = _deeper(self._depth)
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


class _Tree(TreeBuilder):
    """Makes a tree of the parser's events, without comments."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self.root = super().start("", {})

    def start(self, tag: str, attributes: Attributes) -> Element:
        self._depth = _deeper(self._depth)
        return super().start(tag, dict(attributes))

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)

    def comment(self, text: str | None) -> None:  # type: ignore[override]
        """Leave it out."""

    def pi(self, target: str, text: str | None = None) -> None:  # type: ignore[override]
        """Leave it out."""

    def close(self) -> Element:
        super().end("")
        return self.root


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise RecursionError(f"elements nested deeper than {MAX_DEPTH}")
    return depth + 1


def main_content(root: Element) -> tuple[Element, Collection[str]]:
    """Find the element that holds the article, and the tags in it that are no part of it."""
    found = only_main((element, element.tag, element.attrib) for element in root.iter())
    if found is not None:
        return found, ()
    body = root.find(".//body")
    return root if body is None else body, AROUND


def feed(root: Element, extractor: Extractor[Any], left_out: Collection[str] = ()) -> None:
    """Walk an element's content into an extractor, without the elements that have some tags."""
    if root.text:
        extractor.text(root.text)
    for child in root:
        tag = child.tag
        if tag not in left_out and extractor.start(tag, child.attrib):
            feed(child, extractor, left_out)
            extractor.end(tag)
        if child.tail:
            extractor.text(child.tail)


def only_main(elements: Iterable[tuple[Node, str, Attributes]]) -> Node | None:
    """Find the element that a page marks as its main content, among all of them with their tags and attributes."""
    marked: dict[str, list[Node]] = {mark: [] for mark in MAIN}
    for element, tag, attributes in elements:
        for mark in _marks(tag, attributes):
            if mark in marked:
                marked[mark].append(element)
    return next((found[0] for found in marked.values() if len(found) == 1), None)


def _marks(tag: str, attributes: Attributes) -> Iterator[str]:
    if tag in _MAIN_TAGS:
        yield f"<{tag}>"
    if attributes:
        yield f"role={attributes.get('role')}"
        yield f"#{attributes.get('id')}"
        yield from (f".{name}" for name in attributes.get("class", "").split())


def head_values(root: Element) -> dict[str, Any]:
    """Read a page's own metadata, with the keys of front matter: `<title>`, `<meta>`, JSON-LD, `lang`."""
    values: dict[str, Any] = {}
    given: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        given.setdefault(name, meta.get("content") or "")
    for key, names in _META.items():
        values[key] = next((given[name] for name in names if given.get(name)), "")
    linked = _json_ld(root)
    for key, name in _JSON_LD.items():
        values[key] = values[key] or linked.get(name, "")
    for key in ("date", "updated"):
        values[key] = values[key] if _IS_DATE.match(str(values[key])) else ""
    html = next(root.iter("html"), Element("html"))
    values["lang"] = html.get("lang") or html.get("xml:lang") or ""
    return {key: value for key, value in values.items() if value}


def page_title(root: Element) -> str:
    """Give the text of `<title>`, or ""."""
    title = next(root.iter("title"), None)
    return "" if title is None else " ".join("".join(title.itertext()).split())


def _json_ld(root: Element) -> Mapping[str, Any]:
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json":
            try:
                found = json.loads("".join(script.itertext()))
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict) and "datePublished" in found:
                return found
    return {}
