"""Shortcodes, template tags, components, comments and formulas: what a reader sees of them, and their source.

Each becomes a token. Where a token turns out to stand in code its source comes back, so that nothing has to be known
here about indented code or code within a line.
"""

import re
from functools import partial
from html import escape
from typing import Literal

from ..extraction.formulas import with_marks
from .mdx import mask_mdx

STX, ETX = "\ufdd0", "\ufdd1"
"""Around a token: characters that no text has, as Unicode says, and that Markdown takes for letters."""

_SPECIAL = re.compile(r"\{\{|\{%|\{#|\$|\\[(\[]|\{:|%%|:(?:material|fontawesome|octicons|simple)-")
_RAW = re.compile(r"(\{%-?\s*raw\s*-?%\})((?:(?!\{%-?\s*(?:end)?raw).)*)(\{%-?\s*endraw\s*-?%\})", re.DOTALL)
_GO_RAW = re.compile(r"\{\{-?\s*raw\s+(?:`([^`]*)`|\"([^\"\n]*)\")\s*-?\}\}")
_COMMENT_BLOCK = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?:(?!\{%-?\s*(?:end)?comment).)*\{%-?\s*endcomment\s*-?%\}"
    r"|\{\{[<%]\s*comment\s*[>%]\}\}(?:(?!\{\{[<%]\s*/?\s*comment).)*\{\{[<%]\s*/\s*comment\s*[>%]\}\}",
    re.DOTALL,
)
"""A comment of Liquid, and one of Hugo."""
_TEMPLATE_TAG = re.compile(r"\{\{(?:(?!\{\{).){0,3000}?\}\}|\{%(?:(?!\{%).){0,3000}?%\}", re.DOTALL)
_TEMPLATE_COMMENT = re.compile(r"\{#(?:(?!\{#|#\}).){0,3000}?#\}", re.DOTALL)
"""A comment of Nunjucks and Jinja."""
_KRAMDOWN = re.compile(
    r"\{::comment\}(?:(?!\{::comment).)*?\{:/(?:comment)?\}|\{::[a-z]\w*[^{}\n]*\}|\{:/[a-z]*\}", re.DOTALL
)
"""kramdown's extensions; a comment is hidden with what is in it."""
_OBSIDIAN_COMMENT = re.compile(r"(?<!\S)%%(?!%)(?:(?!%%).){1,3000}?%%", re.DOTALL)
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[a-z0-9-]+:(?:\{[^{}\n]*\})?")
"""An icon of Material for MkDocs."""
_SEEN_OPTION = re.compile(
    r"\b(?:text|title|caption|alt|label|summary|header)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)"
)
_LINK_TAG = re.compile(r"\{%-?\s*(?:post|asset)_link\s+\S+\s+(.+?)(?:\s+(?:true|false))?\s*-?%\}")
"""A link of Hexo; its title is the text."""
_CLOSING = re.compile(r"\{[{%][<%]?-?\s*(?:/|end)")
_TITLED = re.compile(r"\b(?:title|caption|label|summary|header)\s*=|\{\{[<%]\s*(?:tab|details|expand|collapse)\s")
_TAB = re.compile(r"\{\{[<%]\s*(?:tab|details|expand|collapse)\s+(?:(?:name|tabName)\s*=\s*)?[\"`]([^\"`]*)[\"`]")
"""Hugo's shortcodes whose first text is their label."""
ESCAPED_SHORTCODE = re.compile(r"(\{\{[<%])/\*(.*?)\*/([%>]\}\})", re.DOTALL)
"""A shortcode that Hugo shows instead of running it."""
_BRACKETED = r"""
    \[ (?= [^`\\_^=<>]{0,500} (?:[_^=<>]|\\[a-zA-Z]) ) (?: (?! \\[\[\]] | \n[ \t]*\n ) [^`] ){1,3000}? \\\] [ \t]*$
"""
_MATH = re.compile(
    rf"""
    # Each begins with a character, and looks back from there: a search then passes over all others at once.
    # Between two dollars, or brackets with two backslashes, of which Markdown leaves one.
    \$\$ (?: (?! \$\$ | \n[ \t]*\n ) [^`] ){{1,3000}}? \$\$
    | \\\\\( (?: (?! \\\\[()] | \n[ \t]*\n ) . ){{1,3000}}? \\\\\)
    | \\\\\[ (?: (?! \\\\[\[\]] | \n[ \t]*\n ) . ){{1,3000}}? \\\\\]
    # Brackets with one backslash are also escaped ones: they have in them what only formulas have.
    | \\ (?<!\\\\) \( (?= [^`\n\\_^=<>]{{0,500}} (?:[_^=<>]|\\[a-zA-Z]) )
      (?: (?! \\[()] | \n[ \t]*\n ) [^`] ){{1,1000}}? \\\)
    | \\ (?<=^\\) {_BRACKETED}
    | [ ] (?<=^[ ]) [ ]{{0,2}} \\ {_BRACKETED}
    # Between single dollars: a command, an index, a power or a product; or names of a letter or two. Others are prices.
    | \$ (?<![\\$\w]\$) (?=[^\s$]) (?=[^`$\n\\_^*]{{0,500}}[\\_^*]) [^`$\n]{{1,1000}} (?<=\S) \$ (?![\dA-Z_$])
    | \$ (?<![\\$\w]\$) (?=[^\s$]) (?=[^$\n]{{0,60}}[a-zA-Z])
      (?: [a-zA-Z]{{1,2}} (?![a-zA-Z]) | [\d=<>+\-*/,().|!:' ] ){{1,60}} (?<=[a-zA-Z\d)!|']) \$ (?![\dA-Z_$])
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_ONLY_TOKENS = re.compile(rf"^[ ]{{0,3}}(?:{STX}bm:\d+{ETX}[ \t]*)+$", re.MULTILINE)
_TOKEN = re.compile(f"{STX}b[mv]:(\\d+){ETX}")
_CODE_TAG = re.compile(r"<(/?)(pre|code|script|style|textarea)\b", re.IGNORECASE)


Form = Literal[0, 1, 2]
SOURCE: Form = 0
SEEN: Form = 1
MARKED: Form = 2
"""What a token stands for: its source, for code; what is seen of it; the same with the marks around a formula."""


class ShortcodeTokens:
    """The tokens of one text."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str, str]] = []

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Remove all tokens."""
        self._kept.clear()

    def restore(self, text: str, form: Form = SEEN) -> str:
        """Put back what the tokens in a text stand for."""
        while STX in text and _TOKEN.search(text):  # a formula may have a template in it
            text = _TOKEN.sub(lambda found: self._kept[int(found[1])][form], text)
        return text

    def restore_html(self, html: str) -> str:
        """Put back what the tokens in HTML stand for; in code that is their source."""
        if STX not in html:
            return html
        return "".join(
            _TOKEN.sub(lambda found: escape(self.restore(found[0], SOURCE)), piece)
            if in_code
            else _TOKEN.sub(lambda found: escape(self.restore(found[0])), piece)
            for piece, in_code in _split_code(html)
        )

    def mask(self, text: str, markdown: str, drops_raw: bool, unescapes: bool) -> str:
        """Put tokens into Markdown of a dialect; a line that has nothing to be seen becomes an empty one.

        Args:
            text: The Markdown, without fenced code.
            markdown: The dialect.
            drops_raw: Whether templates are run over code, too, so that `{% raw %}` is not seen there.
            unescapes: Whether an escaped shortcode is shown as one in code, too.
        """
        if markdown == "mdx":
            text = mask_mdx(text, self._keep)
        elif _SPECIAL.search(text):
            text = self._mask_marks(self._mask_templates(text, drops_raw, unescapes), markdown, drops_raw)
        if "$" in text or "\\(" in text or "\\[" in text:
            text = _MATH.sub(lambda found: self._keep(found[0], _formula(found[0]), is_formula=True), text)
        return _ONLY_TOKENS.sub("", text) if self._kept else text

    def drop_from_html(self, html: str) -> str:
        """Leave in HTML only what a reader sees of templates; code is left alone."""
        if "{{" not in html and "{%" not in html:
            return html
        return "".join(piece if in_code else self._seen_in_html(piece) for piece, in_code in _split_code(html))

    def _seen_in_html(self, html: str) -> str:
        masked = self._mask_templates(html)
        return _TOKEN.sub(lambda found: escape(self._kept[int(found[1])][1]), masked)

    def _mask_marks(self, text: str, markdown: str, drops_raw: bool) -> str:
        if drops_raw and "#}" in text:
            text = _TEMPLATE_COMMENT.sub(self._hide, text)
        if markdown in ("any", "kramdown") and "{:" in text:
            text = _KRAMDOWN.sub(self._hide, text)
        if markdown == "any" and "%%" in text:
            text = _OBSIDIAN_COMMENT.sub(self._hide, text)
        if markdown in ("any", "python"):
            text = _ICON.sub(self._hide, text)
        return text

    def _mask_templates(self, text: str, drops_raw: bool = False, unescapes: bool = False) -> str:
        if "{{" in text or "{%" in text:
            text = _GO_RAW.sub(lambda found: found[1] or found[2] or "", text)
            text = _COMMENT_BLOCK.sub(self._hide, text)
            text = _RAW.sub(lambda found: self._raw(found, drops_raw), text)
            text = _TEMPLATE_TAG.sub(partial(self._template, unescapes), text)
        return text

    def _hide(self, found: re.Match[str]) -> str:
        return self._keep(found[0], "")

    def _raw(self, found: re.Match[str], drops_raw: bool) -> str:
        shielded = re.sub(r"\{[{%]", lambda brace: self._keep(brace[0], brace[0]), found[2])
        opening, closing = ("", "") if drops_raw else (found[1], found[3])
        return self._keep(opening, "") + shielded + self._keep(closing, "")

    def _template(self, unescapes: bool, found: re.Match[str]) -> str:
        escaped = ESCAPED_SHORTCODE.fullmatch(found[0])
        if escaped:
            shown = "".join(escaped.groups())
            return self._keep(shown if unescapes else found[0], shown)
        link = _LINK_TAG.fullmatch(found[0])
        options = (next(filter(None, option.groups()), "") for option in _SEEN_OPTION.finditer(found[0]))
        tab = _TAB.match(found[0])
        seen = link[1].strip("\"'") if link else tab[1] if tab else " ".join(filter(None, options))
        # A title stands apart from what it is of, and a tab from the next one.
        follows = found.string[found.end() : found.end() + 1]
        is_apart = _CLOSING.match(found[0]) if follows == "{" else follows.isalnum() and _TITLED.search(found[0])
        return self._keep(found[0], seen) + (" " if is_apart else "")

    def _keep(self, source: str, seen: str, *, is_formula: bool = False) -> str:
        self._kept.append((source, seen, with_marks(seen) if is_formula else seen))
        return f"{STX}b{'v' if seen else 'm'}:{len(self._kept) - 1}{ETX}"


def _split_code(html: str) -> list[tuple[str, bool]]:
    """Cut HTML at the elements of code; return the pieces in order, each with whether it is one."""
    pieces: list[tuple[str, bool]] = []
    position, inside = 0, ""
    for tag in _CODE_TAG.finditer(html):
        name = tag[2].lower()
        if (not inside and not tag[1]) or (inside == name and tag[1]):
            pieces.append((html[position : tag.start()], bool(inside)))
            position, inside = tag.start(), "" if inside else name
    return [*pieces, (html[position:], bool(inside))]


def _formula(source: str) -> str:
    """Return a formula in Markdown as TeX has it: where its brackets have two backslashes, they have one."""
    source = source.strip()
    return f"{source[1:-3]}{source[-2:]}" if source.startswith(("\\\\(", "\\\\[")) else source
