"""HTML to events, and what a page's head says of it."""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString, Tag
from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from index.posts.extract import DROPPED, Extractor

MAIN = ("article", "main", "[role=main]", "#content", "#main-content", "#page-content", "#main", ".post-content")
"""Where a page's own text stands; the first that is there exactly once."""
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


class _Builder(LXMLTreeBuilder):
    """Refuses elements within elements beyond a depth; the tree would take time that grows with its square."""

    def start(self, tag: str | bytes, attrs: Any, nsmap: Any = MappingProxyType({})) -> None:
        """Open an element.

        Raises:
            RecursionError: There are too many open.
        """
        if self.soup and len(self.soup.tagStack) > MAX_DEPTH:
            raise RecursionError(f"elements nested deeper than {MAX_DEPTH}")
        super().start(tag, attrs, nsmap)


def parse(html: str) -> BeautifulSoup:
    """Parse a page or a piece of one; XHTML is read as HTML."""
    html = _XML_DECLARATION.sub("", html, count=1) if "<?xml" in html[:200] else html
    return BeautifulSoup(html if "<" in html else f"<p>{html}", builder=_Builder(multi_valued_attributes=None))


def main_content(soup: BeautifulSoup) -> Tag:
    """Find the element that holds the article; in a page that marks none, the body without what stands around it."""
    for selector in MAIN:
        found = soup.select(selector, limit=2)
        if len(found) == 1:
            return found[0]
    body = soup.body or soup
    for element in body.find_all(AROUND):
        element.decompose()
    return body


def feed(root: Tag, extractor: Extractor[Tag], drop: Callable[[Tag], object] | None = None) -> None:
    """Walk an element's content into an extractor.

    Args:
        root: The element.
        extractor: Takes the events.
        drop: Called with each element that a reader does not see.
    """
    for child in list(root.contents) if drop else root.contents:
        if isinstance(child, Tag):
            if extractor.start(child.name, child.attrs, child):
                feed(child, extractor, drop)
                extractor.end(child.name)
            elif drop and child.name in DROPPED:
                drop(child)
        elif child.__class__ is NavigableString:
            extractor.text(child)


def stream(html: str, extractor: Extractor[Any]) -> None:
    """Parse HTML straight into an extractor: the same parser and the same events as of `parse` and `feed`, no tree.

    Raises:
        RecursionError: Elements are nested deeper than `MAX_DEPTH`.
    """
    parser = etree.HTMLParser(target=_Target(extractor))
    parser.feed(html if "<" in html else f"<p>{html}")
    parser.close()


class _Target:
    """Takes the parser's events; leaves out elements that a reader does not see, with all that is in them."""

    def __init__(self, extractor: Extractor[Any]) -> None:
        self._extractor = extractor
        self._depth = 0
        self._left_out_at = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError(f"elements nested deeper than {MAX_DEPTH}")
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


def head_values(soup: BeautifulSoup) -> dict[str, Any]:
    """Read a page's own metadata, with the keys of front matter: `<title>`, `<meta>`, JSON-LD, `lang`."""
    values: dict[str, Any] = {}
    given: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        given.setdefault(name, str(meta.get("content") or ""))
    for key, names in _META.items():
        values[key] = next((given[name] for name in names if given.get(name)), "")
    for key, name in _JSON_LD.items():
        values[key] = values[key] or _json_ld(soup).get(name, "")
    for key in ("date", "updated"):
        values[key] = values[key] if _IS_DATE.match(str(values[key])) else ""
    html = soup.find("html")
    if isinstance(html, Tag):
        values["lang"] = str(html.get("lang") or html.get("xml:lang") or "")
    return {key: value for key, value in values.items() if value}


def page_title(soup: BeautifulSoup) -> str:
    """Give the text of `<title>`, or ""."""
    return " ".join(soup.title.get_text().split()) if soup.title else ""


def _json_ld(soup: BeautifulSoup) -> Mapping[str, Any]:
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            found = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "datePublished" in found:
            return found
    return {}
