"""One post to its article as HTML, for a page to show."""

from html import escape
from types import MappingProxyType
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString, Tag

from index.model import Source
from index.posts.decode import decode
from index.posts.dialects import meta_of
from index.posts.extract import DROPPED, Extract, Extractor
from index.posts.frontmatter import FrontMatter, split
from index.posts.headings import HeadingIdMaker
from index.posts.html import AROUND, MAX_DEPTH, only_main, plain_html
from index.posts.reader import bounded, is_html, is_mdx, load, markdown_reader, title_in_name
from index.posts.templates import Tokens
from index.settings import Settings


@bounded
def body(source: Source, settings: Settings) -> str:
    """Give a post's article as HTML: not sanitized, headings with their sections' anchors, code with its language.

    Raises:
        PostError: It cannot be read.
    """
    front = split(decode(load(source, settings), source.path), source.path)
    soup = _soup(front, source)
    root = main_content(soup) if is_html(source) else soup.body or soup
    extractor: Extractor[Tag] = Extractor(HeadingIdMaker(settings.heading_ids))
    feed(root, extractor)
    _mark(extractor.finish(meta_of(front, source.path).title, page_title(soup) or title_in_name(source.path)))
    return root.decode_contents().strip()


def _soup(front: FrontMatter, source: Source) -> BeautifulSoup:
    if is_html(source):
        return parse(Tokens().drop_from_html(front.body))
    return parse(markdown_reader().html(front.body, is_mdx(source)))


def _mark(extract: Extract[Tag]) -> None:
    if extract.title_node:
        extract.title_node.decompose()
    for heading in extract.headings:
        if heading.node:
            heading.node["id"] = heading.anchor
    for code, node in zip(extract.code, extract.code_nodes, strict=True):
        if node:
            name = f' class="language-{escape(code.language)}"' if code.language else ""
            text = escape(extract.text[code.start : code.end], quote=False)
            fresh = parse(f"<pre><code{name}>{text}\n</code></pre>").pre
            if fresh:
                node.replace_with(fresh)


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
    return BeautifulSoup(plain_html(html), builder=_Builder(multi_valued_attributes=None))


def main_content(soup: BeautifulSoup) -> Tag:
    """Find the element that holds the article; in a page that marks none, the body without what stands around it."""
    found: Tag | None = only_main((tag, tag.name, tag.attrs) for tag in soup.find_all(True))
    if found:
        return found
    body = soup.body or soup
    for element in body.find_all(AROUND):
        element.decompose()
    return body


def feed(root: Tag, extractor: Extractor[Tag]) -> None:
    """Walk an element's content into an extractor, and drop what is never shown."""
    for child in list(root.contents):
        if isinstance(child, Tag):
            if extractor.start(child.name, child.attrs, child):
                feed(child, extractor)
                extractor.end(child.name)
            elif child.name in DROPPED:
                child.decompose()
        elif child.__class__ is NavigableString:
            extractor.text(child)


def page_title(soup: BeautifulSoup) -> str:
    """Give the text of `<title>`, or ""."""
    return " ".join(soup.title.get_text().split()) if soup.title else ""
