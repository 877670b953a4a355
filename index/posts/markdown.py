"""Markdown to events, straight from the tree that the `markdown` package makes of it.

The tree is walked as it is: writing it out as HTML and parsing that again would take as long as making it. Where an
author wrote HTML blocks into the post the tree does not know their structure, and the long way is taken.
"""

import re
import string
from collections.abc import Callable
from html import unescape
from typing import Any, cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor, ParagraphProcessor
from markdown.extensions.footnotes import NBSP_PLACEHOLDER
from markdown.extensions.tables import TableProcessor
from markdown.inlinepatterns import SubstituteTagInlineProcessor
from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor
from markdown.util import AMP_SUBSTITUTE, BLOCK_LEVEL_ELEMENTS, HTML_PLACEHOLDER, AtomicString

from index.posts.extract import BLOCKS, CELLS, HEADINGS, UNREAD, Extractor, is_unseen
from index.posts.fences import Fence
from index.posts.html import stream
from index.posts.inline import SignedInlineProcessor
from index.posts.scan import Plain, Scanner, Store
from index.posts.templates import STX, Tokens

EXTENSIONS = ("tables", "footnotes", "def_list", "attr_list", "sane_lists", "admonition")

MAX_LINK_STEPS = 10_000_000
"""Characters that may be looked at for the ends of links, some seconds' worth; real posts stay below a tenth of it."""

_NOT_INLINE = BLOCKS | CELLS | UNREAD | HEADINGS.keys() | {"pre"}
_STASHED = re.compile(HTML_PLACEHOLDER % "([0-9]+)")
_AMPERSAND = AMP_SUBSTITUTE
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[0-9a-zA-Z]+);")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)(.*?)/?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=\"'/<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_BREAK = r"\\\n"
_ATX = re.compile(r"(?:^|\n)[ ]{0,3}(?P<level>#{1,6})(?P<header>(?:[ ][^\n]*?)?)(?:[ ]#+)?[ ]*(?:\n|$)")
_BLOCK_SIGN = re.compile(
    r"""
    ^[ ]{0,3}(?:
        [\s\#:>] | \d+\. | [-*+][ ] | !!!            # indented or empty, heading, definition, quote, items, admonition
        | (?:-[ ]{0,2}){3} | (?:_[ ]{0,2}){3} | (?:\*[ ]{0,2}){3} | [-=]+[ ]*$        # rule, underlined heading
        | \[(?:\^ | [^\[\]]*\]:) | \Z                 # footnote, reference
    )
    | \A[^\n]*\|                                      # table
    """,
    re.MULTILINE | re.VERBOSE,
)
"""What a block must have in it to be anything but a paragraph."""
_MARKDOWN_BLOCKS = frozenset(BLOCK_LEVEL_ELEMENTS)


class MarkdownReader:
    """A Markdown parser that is used again for every post; not to be shared by threads."""

    def __init__(self) -> None:
        self._markdown = _Markdown(extensions=list(EXTENSIONS), output_format="html")
        self._scanner = Scanner(cast(Store, self._markdown.htmlStash.store))
        for name in ("normalize_whitespace", "html_block"):
            self._markdown.preprocessors.deregister(name)
        blocks = self._markdown.parser.blockprocessors
        blocks.register(PlainParagraph(self._markdown.parser), "plain", 200)
        blocks.register(_Heading(self._markdown.parser), "hashheader", 70)
        blocks.register(_Table(self._markdown.parser, {"use_align_attribute": False}), "table", 75)
        # A registry is sorted again each time that it is gone through, which is once for every block.
        self._markdown.parser.blockprocessors = cast(Any, tuple(blocks))
        self._unescape = cast(UnescapeTreeprocessor, self._markdown.treeprocessors["unescape"]).unescape
        self._markdown.ESCAPED_CHARS = list(string.punctuation)
        self._markdown.inlinePatterns.register(SubstituteTagInlineProcessor(_BREAK, "br"), "backslash_break", 181)
        self._markdown.treeprocessors.register(SignedInlineProcessor(self._markdown), "inline", 20)
        self._markdown.treeprocessors.register(_Restore(self._markdown, self._scanner.tokens), "restore", -10)

    def extract(self, text: str, extractor: Extractor[Any], is_mdx: bool = False) -> bool:
        """Feed a post into an extractor; tells whether its tree could be walked, or had to become HTML first."""
        if not text.strip():
            return True
        source = self._scan(text, is_mdx)
        root = self._tree(source)
        is_walkable = all(map(_is_walkable, self._stash))
        # Line breaks between elements matter to attribute lists, and in HTML, where <pre> may be open.
        if "{" in source or not is_walkable:
            self._run(root, "prettify", "attr_list")
        if is_walkable:
            _Walker(self._stash, extractor, self._seen).walk(root)
        else:
            stream(self._written(root), extractor)
        return is_walkable

    def html(self, text: str, is_mdx: bool = False) -> str:
        """Convert a post to HTML."""
        if not text.strip():
            return ""
        root = self._tree(self._scan(text, is_mdx))
        self._run(root, "prettify", "attr_list")
        return self._written(root)

    @property
    def _stash(self) -> list[object]:
        return self._markdown.htmlStash.rawHtmlBlocks  # type: ignore[return-value] # the stash takes more than its stubs say

    def _scan(self, text: str, is_mdx: bool) -> str:
        self._markdown.reset()
        self._markdown.parser.state.clear()  # A post that was nested too deep has left it in the midst of its lists.
        return self._scanner.scan(text, is_mdx)

    def _tree(self, source: str) -> Element:
        """Parse scanned Markdown; what is escaped, and what the scanner has tokens for, is still that."""
        root = cast(Element, self._markdown.parser.parseDocument([source]).getroot())
        if source.count("[") * len(source) > MAX_LINK_STEPS:
            _bound_links(root)
        self._run(root, "footnote", "inline", "footnote-duplicate")
        stash = self._stash
        stash[:] = [self._scanner.tokens.restore(item) if isinstance(item, str) else item for item in stash]
        return root

    def _seen(self, text: str, in_code: bool = False) -> str:
        """Give what a reader sees of a text in the tree."""
        if STX not in text:
            return text
        text = text if in_code else self._unescape(text)
        return self._scanner.tokens.restore(text, in_code)

    def _run(self, root: Element, *names: str) -> None:
        for name in names:
            self._markdown.treeprocessors[name].run(root)

    def _written(self, root: Element) -> str:
        self._run(root, "unescape", "restore")
        html: str = self._markdown.serializer(root)
        for processor in self._markdown.postprocessors:
            html = processor.run(html)
        return html.strip().removeprefix("<div>").removesuffix("</div>").strip()


class _Markdown(Markdown):
    """Looks tags up; they are written in lower case in every tree that is made here."""

    def is_block_level(self, tag: Any) -> bool:
        """Tell whether a tag is a block."""
        return tag in _MARKDOWN_BLOCKS


class PlainParagraph(ParagraphProcessor):
    """Takes a block in which nothing can be but a paragraph, before a dozen others look through it."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 (the package gives it)
        """Tell whether there is no sign of any other block."""
        return not _BLOCK_SIGN.search(block)


class _Heading(HashHeaderProcessor):
    """A heading needs a space behind its signs, as in CommonMark, so that `#hashtag` is text."""

    RE = _ATX


class _Table(TableProcessor):
    """A table's first line has a `|` in it; to look at all lines of every block for one takes half of the time."""

    def test(self, parent: Element, block: str) -> bool:
        """Tell whether a block is a table."""
        return "|" in block.partition("\n")[0] and super().test(parent, block)


def _bound_links(root: Element) -> None:
    """Leave text as it is where looking for links would take too long: each `[` is followed to the text's end."""
    left = MAX_LINK_STEPS
    for element in root.iter():
        for name, text in (("text", element.text), ("tail", element.tail)):
            steps = text.count("[") * len(text) if text and "[" in text else 0
            if steps > left:
                setattr(element, name, AtomicString(text))
            else:
                left -= steps


class _Restore(Treeprocessor):
    """Puts back what the scanner's tokens stand for, in text, in code and in addresses."""

    def __init__(self, markdown: Markdown, tokens: Tokens) -> None:
        super().__init__(markdown)
        self._tokens = tokens

    def run(self, root: Element) -> None:
        """Go over the whole tree."""
        restore = self._tokens.restore
        for element in root.iter():
            if element.text and STX in element.text:
                element.text = restore(element.text, element.tag == "code")
            if element.tail and STX in element.tail:
                element.tail = restore(element.tail)
            for key, value in element.items():
                if value and STX in value:
                    element.set(key, restore(value))


class _Walker:
    """Walks one tree into an extractor."""

    def __init__(self, stash: list[object], extractor: Extractor[Any], seen: Callable[..., str]) -> None:
        self._stash = stash
        self._extractor = extractor
        self._seen = seen

    def walk(self, element: Element) -> None:
        extractor, tag, attributes = self._extractor, element.tag, element.attrib
        if attributes:
            attributes = {name: self._seen(value or "") for name, value in attributes.items()}
        if not extractor.start(tag, attributes):
            return
        if element.text:
            self._text(element.text, tag == "code")
        for child in element:
            self.walk(child)
            if child.tail:
                self._text(child.tail)
        extractor.end(tag)

    def _text(self, text: str, in_code: bool = False) -> None:
        text = self._seen(text, in_code)
        if STX not in text:
            self._extractor.text(_ENTITY.sub(_decoded, text) if "&" in text else text)
            return
        position = 0
        for found in _STASHED.finditer(text):
            self._plain(text[position : found.start()])
            self._stashed(self._stash[int(found[1])])
            position = found.end()
        self._plain(text[position:])

    def _plain(self, text: str) -> None:
        text = text.replace(_AMPERSAND, "&").replace(NBSP_PLACEHOLDER, " ")
        self._extractor.text(_ENTITY.sub(_decoded, text))

    def _stashed(self, item: object) -> None:
        if isinstance(item, Fence):
            self._extractor.code(item.text, item.language)
        elif isinstance(item, Plain):
            self._extractor.text(item.text)
        elif isinstance(item, str) and item.startswith("<"):
            self._tag(item)
        else:
            self._extractor.text(unescape(str(item)))

    def _tag(self, html: str) -> None:
        found = _TAG.fullmatch(html)
        if not found:
            return
        name = found[2].lower()
        if found[1]:
            self._extractor.end(name)
        else:
            self._extractor.start(name, _attributes(found[3]))


def _decoded(entity: re.Match[str]) -> str:
    return unescape(entity[0])


def _attributes(source: str) -> dict[str, str]:
    return {found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(source)}


def _is_walkable(item: object) -> bool:
    """Tell whether stashed HTML is a comment or one tag within a line; what has structure needs an HTML parser."""
    if not isinstance(item, str) or item.startswith(("&", "<!--", "<?")):
        return True
    found = _TAG.fullmatch(item)
    return found is not None and found[2].lower() not in _NOT_INLINE and not is_unseen(_attributes(found[3]))
