"""An article as a tree of HTML, for a page to show: the file is read once, and so is its Markdown."""

from collections.abc import Iterator
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple, TypeGuard, cast

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString, PageElement, Script, Tag

from ..model import Post, Source
from ..settings import Settings
from .addresses.headings import HeadingIdMaker
from .extraction.extract import Extract, Extractor
from .extraction.formulas import BEGIN, END, IN_MARKS, mathml, with_marks
from .extraction.page_rules import TITLE_PARTS, Attributes, is_around, is_left_out, is_subtitle
from .extraction.page_tree import UNSHOWN_TAGS
from .extraction.pagefind import IGNORE
from .extraction.tags import (
    BLOCK_TAGS,
    DROPPED_TAGS,
    HEADING_LEVELS,
    PERMALINK_SIGNS,
    is_line_number,
    is_unselectable,
)
from .front_matter.frontmatter import FrontMatter, split_front_matter
from .front_matter.metadata import Meta, meta_of
from .markdown.shortcodes import ShortcodeTokens
from .pages.byline import tag_lists
from .pages.html_reader import MAX_DEPTH, LeavesOut, plain_html
from .pages.main_content import MainContent, find_main, outermost
from .pages.page_head import read_head
from .post import post_of, title_in_name
from .reader import (
    fingerprint_of,
    inherit,
    is_html,
    load_bytes,
    markdown_html,
    page_meta,
    refuse_deep_nesting,
    text_of,
)

UNSHOWN_CLASSES = frozenset(("katex-html", "MathJax_Preview"))
"""Classes of what a script draws beside MathML, without its fonts a jumble."""


class ArticleTree(NamedTuple):
    """A post, and the element that holds its article.

    The HTML is not sanitized. Headings have their sections' anchors as ids, code has its language as a class. Formulas
    in TeX are in marks, until `show_formulas` replaces them.
    """

    post: Post
    root: Tag


@refuse_deep_nesting
def read_article(source: Source, settings: Settings) -> ArticleTree:
    """Read a post and its article.

    Raises:
        PostError: It cannot be read.
    """
    data = load_bytes(source, settings)
    front = split_front_matter(text_of(data, source), source.path)
    parse_article = _parse_html if is_html(source) else _parse_markdown
    extractor: Extractor[Tag] = Extractor(HeadingIdMaker(settings.conventions.heading_ids))
    root, meta, spare_title = parse_article(front, source, settings, extractor)
    walk_soup(root, extractor)
    extract = extractor.finish(meta.title, spare_title)
    _annotate(extract)
    for page in root.find_all(("html", "body")):
        page.unwrap()
    return ArticleTree(post_of(source, settings, meta, extract, fingerprint_of(data, settings)), root)


def _parse_markdown(front: FrontMatter, source: Source, settings: Settings, _: Extractor[Tag]) -> tuple[Tag, Meta, str]:
    """Return the article's element, the metadata, and the title of a post that gives none."""
    meta = meta_of(inherit(front, source), source.path)
    # Not its body alone: HTML in a post can close the page before the post's end.
    return parse_soup(markdown_html(front, source, settings)), meta, title_in_name(source.path)


def _parse_html(
    front: FrontMatter, source: Source, settings: Settings, extractor: Extractor[Tag]
) -> tuple[Tag, Meta, str]:
    """Return the same of an HTML page."""
    tree = SoupTree(parse_soup(ShortcodeTokens().drop_from_html(front.body)))
    main = find_main(tree)
    head = read_head(tree, main)
    article = article_element(tree, main)
    extractor.begin_page(makes_ids=True)
    meta = page_meta(front, head, source, settings, has_main_heading=article.find("h1") is not None)
    return article, meta, head.title or title_in_name(source.path)


def _annotate(extract: Extract[Tag]) -> None:
    """Set the ids of headings, write code blocks in one form, and remove the heading that repeats the title."""
    for heading in extract.headings:
        if heading.node:
            heading.node["id"] = heading.anchor
    for code, node in zip(extract.code, extract.code_nodes, strict=True):
        if node:
            node.replace_with(_code_block(extract.text[code.start : code.end], code.language))
    # Last, as there can be code in it, and headings that its parser left open.
    if extract.title_node:
        _drop(extract.title_node)


def show_formulas(root: Tag) -> None:
    """Replace formulas by MathML, or by their source where none can be made."""
    for string in root.find_all(string=lambda text: text is not None and (BEGIN in text or END in text)):
        string.replace_with(*_shown(str(string)))


def _shown(text: str) -> Iterator[PageElement]:
    position = 0
    for found in IN_MARKS.finditer(text):
        yield NavigableString(text[position : found.start()])
        made = mathml(" ".join((found[1] or "").split()))
        yield BeautifulSoup(made, "html.parser") if made else NavigableString(found[1] or "")
        position = found.end()
    yield NavigableString(text[position:])


def _code_block(text: str, language: str) -> Tag:
    code = Tag(name="code", attrs={"class": f"language-{language}"} if language else {})
    code.string = text + "\n"
    block = Tag(name="pre")
    block.append(code)
    return block


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

    def _document_might_be_xml(self, processing_instruction: str) -> None:
        """Do not warn of XML: it is read as HTML in every way."""


def parse_soup(html: str) -> BeautifulSoup:
    """Parse a page or a piece of one; XHTML is read as HTML."""
    return BeautifulSoup(plain_html(html), builder=_Builder(multi_valued_attributes=None))


class SoupTree:
    """A page in a soup, for the rules of built pages."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self.root: Tag = soup

    def elements(self, node: Tag) -> Iterator[tuple[Tag, str, Attributes]]:
        """Yield an element and all in it, in their order, with their tags and attributes."""
        yield node, node.name, cast(Attributes, node.attrs)
        yield from ((tag, tag.name, cast(Attributes, tag.attrs)) for tag in node.find_all(True))

    def find(self, node: Tag, tag: str) -> Iterator[Tag]:
        """Yield the elements of a tag in an element, or that itself."""
        return (each for each in chain((node,), node.descendants) if isinstance(each, Tag) and each.name == tag)

    def attributes(self, node: Tag) -> Attributes:
        """Return an element's attributes."""
        return cast(Attributes, node.attrs)

    def text(self, node: Tag) -> str:
        """Return the text of an element on one line, without that of scripts."""
        return " ".join("".join(_texts(node)).split())

    def indexed_text(self, node: Tag) -> str:
        """Return the same, without elements in it that are left out for Pagefind."""
        return " ".join("".join(_texts(node, without=IGNORE)).split())

    def raw_text(self, node: Tag) -> str:
        """Return all text in an element as it is."""
        return node.get_text()


def _texts(node: Tag, without: str = "") -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Tag):
            if child.name not in UNSHOWN_TAGS and without not in child.attrs:
                yield from _texts(child, without)
        elif child.__class__ is NavigableString:
            yield child


def article_element(tree: SoupTree, main: MainContent[Tag]) -> Tag:
    """Return the element that holds the article, without what is no part of it."""
    body = tree.root.find("body")
    nodes = main.nodes or [body if isinstance(body, Tag) else tree.root]
    for node in nodes:
        _strip_bylines(tree, node)
        _leave_out(node, is_left_out if main.nodes else is_around)
    if len(nodes) == 1:
        return nodes[0]
    article = Tag(name="div")
    article.extend(list(nodes))
    return article


def _strip_bylines(tree: SoupTree, node: Tag) -> None:
    """Leave of an article's own header only its title, and none of its lists of tags."""
    for tags in tag_lists(tree, node):
        tags.clear()
    for header in outermost(tree, tree.find(node, "header")):
        if header.find("h1"):
            parts = list(_title_parts(header))
            header.clear()
            header.extend(parts)


def _title_parts(node: Tag) -> Iterator[Tag]:
    for child in node.find_all(True, recursive=False):
        if child.name not in TITLE_PARTS:
            yield from _title_parts(child)
        elif child.name != "p" or is_subtitle(
            "".join(child.strings),
            (cast(Attributes, link.attrs) for link in child.find_all("a")),
            has_time=child.find("time") is not None,
        ):
            yield child


def _leave_out(root: Tag, leaves_out: LeavesOut) -> None:
    for child in root.find_all(True, recursive=False):
        if leaves_out(child.name, cast(Attributes, child.attrs), root.name) or _is_sign(child, root):
            if child.name in BLOCK_TAGS or child.name in HEADING_LEVELS:
                _part_texts(child)
            _drop(child)
        else:
            _leave_out(child, leaves_out)
            if child.name == "pre" and not child.get_text(strip=True):
                _drop(child)


def _part_texts(block: Tag) -> None:
    """Keep what stands right before and right behind a block on lines of their own."""
    if all(isinstance(each, NavigableString) and each.strip() for each in (block.previous_sibling, block.next_sibling)):
        block.insert_before(Tag(name="br", can_be_empty_element=True))


def _is_sign(node: Tag, parent: Tag) -> bool:
    """Check whether an element is the number of a line of code, or the sign of a heading's permalink."""
    if node.name == "a" and parent.name in HEADING_LEVELS:
        return "".join(node.strings).strip() in PERMALINK_SIGNS
    attributes = cast(Attributes, node.attrs)
    return is_line_number(attributes) or (is_unselectable(attributes) and node.find_parent("pre") is not None)


def walk_soup(root: Tag, extractor: Extractor[Tag]) -> None:
    """Walk an element's content into an extractor, and drop what is never shown."""
    for child in list(root.contents):
        if isinstance(child, Tag):
            if extractor.start(child.name, child.attrs, child):
                walk_soup(child, extractor)
                extractor.end(child.name)
                if child.name == "script":  # It is a formula, and shown as its source.
                    child.replace_with(with_marks(rf"\({child.get_text().strip()}\)"))
            elif child.name in DROPPED_TAGS or not UNSHOWN_CLASSES.isdisjoint(str(child.get("class", "")).split()):
                _drop(child)
        elif child.__class__ in (NavigableString, Script):
            extractor.text(str(child))


def _drop(element: Tag) -> None:
    """Remove an element; of the white space before and after it, leave as much as a parser leaves in one place."""
    before, after = element.previous_sibling, element.next_sibling
    element.decompose()
    if _is_space(before) and _is_space(after):
        after.replace_with("\n" if "\n" in before + after else " ")
        before.extract()


def _is_space(node: PageElement | None) -> TypeGuard[NavigableString]:
    return node.__class__ is NavigableString and not str(node).strip(" \t\n\f\r")
