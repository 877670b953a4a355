"""Markdown to events, straight from the tokens of its parser, or to HTML.

Where an author wrote HTML blocks into the post, the tokens do not know their structure, and the HTML is parsed.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any, NamedTuple

from markdown_it.token import Token

from ...model import FOOTNOTE_SIGN
from ...settings import Markdown, Settings
from ..extraction.extract import Extractor
from ..extraction.tags import BLOCK_TAGS, CELL_TAGS, HEADING_LEVELS, UNREAD_TAGS, is_unseen
from ..pages.html_reader import VOID_TAGS, deeper, stream_html
from .dialects import MarkdownParser
from .fences import fence_templates, language_of, split_fences
from .myst import plain_myst
from .shortcodes import ESCAPED_SHORTCODE, ETX, MARKED, SEEN, SOURCE, STX, Form, ShortcodeTokens

_NOT_INLINE = BLOCK_TAGS | CELL_TAGS | UNREAD_TAGS | HEADING_LEVELS.keys() | {"pre"}
_HTML_TAG = re.compile(
    r"<(/?)([A-Za-z][\w-]*)((?:\s++[^\s\"'<>/=]++(?:\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'|[^\s\"'=<>`]++))?)*+)\s*+/?>"
    r"|<!--[^<]*?-->"
)
"""A tag, or a comment, without a `<` within it."""
_HTML_ATTRIBUTE = re.compile(r"([^\s=\"'/<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_MARKDOWN_IN_HTML = re.compile(
    r"^([ ]{0,3}<\w+[^<>\n]*?)\s+markdown(?:=[\"']?\w+[\"']?)?(?=[\s>])([^<>\n]*>)[ \t]*"
    r"(\n?[ \t]*<summary>(?:[^\n]*|[^<]{0,500})</summary>)?[ \t]*",
    re.MULTILINE,
)
"""A tag of HTML that has Markdown in it: kramdown, and `md_in_html` of Python-Markdown; `details` begin with a line."""
_HTML_END = re.compile(
    r"^[ ]{0,3}(?:<\w[^\n]*)?"
    r"</(?:article|aside|center|details|div|dl|figure|iframe|ol|p|section|table|ul|video)>[ \t]*\n(?=[^\s<]|\Z)",
    re.MULTILINE,
)
"""A line that ends HTML there, above Markdown; in CommonMark, HTML goes on to an empty line."""
_RAW_TAG = re.compile(r"(?:^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n)|\{%-?\s*(?:end)?raw\s*-?%\}", re.MULTILINE)
_FORMS: dict[str, Form] = {"fence": SOURCE, "code_block": SOURCE, "code_inline": SOURCE, "text": MARKED}
_FOOTNOTE_TAGS = {"footnote_block": "section", "footnote": "li"}

TEMPLATED = frozenset(("none", "eleventy", "hexo", "jekyll"))
"""Generators that run templates over a post before its Markdown: no `{% raw %}` is seen in code, no `{# note #}`."""


class Dialect(NamedTuple):
    """What a post's Markdown is.

    Attributes:
        drops_raw: Whether templates are run over code, too.
        unescapes: Whether `{{</* a */>}}` is shown as `{{< a >}}` in code, too.
    """

    markdown: Markdown
    drops_raw: bool
    unescapes: bool = True


def dialect_of(path: str, settings: Settings) -> Dialect:
    """Return the dialect of a post: MDX by its name, else the site's."""
    is_mdx = path.lower().endswith(".mdx")
    markdown = "mdx" if is_mdx else settings.conventions.markdown
    return Dialect(markdown, settings.generator in TEMPLATED, settings.generator in ("none", "hugo"))


class MarkdownReader:
    """A Markdown parser that is used again for every post; not to be shared by threads."""

    def __init__(self, dialect: Dialect = Dialect("any", True)) -> None:  # noqa: B008 - immutable
        self._dialect = dialect
        self._parser = MarkdownParser(dialect.markdown)
        self._shortcodes = ShortcodeTokens()

    def extract(self, text: str, extractor: Extractor[Any]) -> bool:
        """Feed a post into an extractor; return whether its tokens were walked, and not first written out as HTML."""
        tokens, environment = self._parse(text)
        is_walkable = all(map(_is_walkable, _html_in(tokens)))
        if is_walkable:
            _Walker(extractor).walk(tokens)
        else:
            stream_html(self._render(tokens, environment), extractor)
        return is_walkable

    def html(self, text: str) -> str:
        """Convert a post to HTML."""
        return self._render(*self._parse(text)).strip()

    def _parse(self, text: str) -> tuple[list[Token], dict[str, Any]]:
        self._shortcodes.clear()
        tokens, environment = self._parser.tokens_of(self._masked(text))
        if self._shortcodes:
            self._restore(tokens)
        return tokens, environment

    def _masked(self, text: str) -> str:
        """Put tokens for all that is no Markdown; what stands in fences is left as it is."""
        text = text.replace(STX, "").replace(ETX, "")
        if self._dialect.markdown == "any":
            text = plain_myst(text)
        if "{" in text:
            text = fence_templates(text)
        return "".join(
            self._masked_code(part) if is_code else self._masked_prose(part) for part, is_code in split_fences(text)
        )

    def _masked_code(self, code: str) -> str:
        if self._dialect.unescapes and "/*" in code:
            code = ESCAPED_SHORTCODE.sub("\\1\\2\\3", code)
        return _RAW_TAG.sub("", code) if self._dialect.drops_raw and "raw" in code else code

    def _masked_prose(self, text: str) -> str:
        if "markdown" in text and self._dialect.markdown in ("any", "python", "kramdown"):
            text = _MARKDOWN_IN_HTML.sub("\\1\\2\\3\n\n", text)
        if "</" in text and self._dialect.markdown in ("python", "kramdown"):
            text = _HTML_END.sub("\\g<0>\n", text)
        return self._shortcodes.mask(text, *self._dialect)

    def _restore(self, tokens: Sequence[Token]) -> None:
        """Replace the tokens of shortcodes by what they stand for, in text, in code and in addresses."""
        restore = self._shortcodes.restore
        for token in tokens:
            if STX in token.content:
                if token.type.startswith("html"):
                    token.content = self._shortcodes.restore_html(token.content)
                else:
                    token.content = restore(token.content, _FORMS.get(token.type, SEEN))
            if token.attrs:
                token.attrs = {name: restore(str(value)) for name, value in token.attrs.items()}
            if token.children:
                self._restore(token.children)

    def _render(self, tokens: Sequence[Token], environment: dict[str, Any]) -> str:
        return str(self._parser.renderer.render(tokens, self._parser.options, environment))


class _Walker:
    """Walks one post's tokens into an extractor."""

    def __init__(self, extractor: Extractor[Any]) -> None:
        self._extractor = extractor
        # As deep as in a page, whose elements are within <html> and <body>.
        self._depth = 2

    def walk(self, tokens: Sequence[Token]) -> None:
        """Walk tokens, and those within them.

        Raises:
            RecursionError: Elements are nested deeper than in any page that is read.
        """
        extractor = self._extractor
        for token in tokens:
            kind = token.type
            if kind == "inline":
                self.walk(token.children or ())
            elif kind in ("text", "text_special"):
                extractor.text(token.content)
            elif kind == "softbreak":
                extractor.text("\n")
            elif kind == "code_inline":
                extractor.start("code", {})
                extractor.text(token.content)
                extractor.end("code")
            elif kind in ("fence", "code_block"):
                extractor.code(token.content, language_of(token.info))
            elif kind == "html_inline" or kind == "html_block":
                self._html(token.content)
            elif kind == "footnote_ref":
                extractor.text(FOOTNOTE_SIGN)
            elif kind != "footnote_anchor":
                self._element(token)

    def _element(self, token: Token) -> None:
        tag = token.tag or _FOOTNOTE_TAGS.get(token.type.rpartition("_")[0], "")
        if token.nesting < 0:
            self._extractor.end(tag)
        elif tag == "img":
            alt = "".join(_texts(token.children or ()))
            self._extractor.start(tag, {**_attributes_of(token), "alt": alt})
        elif not token.hidden:
            self._extractor.start(tag, _attributes_of(token))

    def _html(self, html: str) -> None:
        position = 0
        for tag in _HTML_TAG.finditer(html):
            self._between(html[position : tag.start()])
            position = tag.end()
            if tag[2]:
                self._tag(tag[2].lower(), bool(tag[1]), tag[3])
        self._between(html[position:])

    def _between(self, html: str) -> None:
        if html:
            self._extractor.text(unescape(html))

    def _tag(self, name: str, is_closing: bool, attributes: str) -> None:
        if is_closing:
            self._depth = max(2, self._depth - 1)
            self._extractor.end(name)
        else:
            self._depth = self._depth if name in VOID_TAGS else deeper(self._depth)
            self._extractor.start(name, _attributes(attributes))


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "softbreak":
            yield "\n"
        elif token.children:
            yield from _texts(token.children)
        else:
            yield token.content


def _html_in(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            yield token.content
        elif token.children:
            yield from _html_in(token.children)


def _attributes_of(token: Token) -> dict[str, str]:
    return {name: str(value) for name, value in token.attrs.items()}


def _attributes(source: str) -> dict[str, str]:
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _HTML_ATTRIBUTE.finditer(source)
    }


def _is_walkable(html: str) -> bool:
    """Check whether HTML is comments and inline tags alone; HTML with structure needs an HTML parser."""
    tags = _HTML_TAG.findall(html)
    return len(tags) == html.count("<") and all(
        not name or (name.lower() not in _NOT_INLINE and not is_unseen(_attributes(attributes)))
        for _, name, attributes in tags
    )
