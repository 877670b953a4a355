"""Shortcodes, template tags, components and formulas: what a reader sees of them, and their source.

Each becomes a token. Where a token turns out to stand in code its source comes back, so that nothing has to be known
here about indented code or code within a line.
"""

import re
from html import escape

STX, ETX = "\x02", "\x03"
"""Around a token, as the `markdown` package has them around its own."""

_SPECIAL = re.compile(r"\{\{|\{%|\$|\\\\[(\[]")
_JEKYLL_RAW = re.compile(r"(\{%-?\s*raw\s*-?%\})((?:(?!\{%-?\s*(?:end)?raw).)*)(\{%-?\s*endraw\s*-?%\})", re.DOTALL)
_GO_RAW = re.compile(r"\{\{-?\s*raw\s+(?:`([^`]*)`|\"([^\"\n]*)\")\s*-?\}\}")
_COMMENT_BLOCK = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?:(?!\{%-?\s*(?:end)?comment).)*\{%-?\s*endcomment\s*-?%\}", re.DOTALL
)
_TEMPLATE = re.compile(r"\{\{(?:(?!\{\{).){0,3000}?\}\}|\{%(?:(?!\{%).){0,3000}?%\}", re.DOTALL)
_SEEN_OPTION = re.compile(r"\b(?:text|title|caption|alt|label)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)")
_ESCAPED_SHORTCODE = re.compile(r"(\{\{[<%])/\*(.*)\*/([%>]\}\})", re.DOTALL)
_MATH = re.compile(
    r"\$\$(?:(?!\$\$|\n[ \t]*\n)[^`]){1,3000}?\$\$"
    r"|\\\\\((?:(?!\\\\[()]|\n[ \t]*\n).){1,3000}?\\\\\)|\\\\\[(?:(?!\\\\[\[\]]|\n[ \t]*\n).){1,3000}?\\\\\]"
    r"|(?<![\\$\w])\$(?=[^\s$])[^`$\n]{0,500}?[\\_^*][^`$\n]{0,500}?(?<=\S)\$(?![\d$])",
    re.DOTALL,
)
_MDX_MODULE = re.compile(r"(?:^|(?<=\n\n))(?:import|export)\b[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*", re.DOTALL)
_MDX_TAG = re.compile(
    r"</?(?:[A-Z][\w.]*(?:[^<>{}\"'`]|\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*)?>|\{(?!#)[^{}\n`]*\}"
)
_ONLY_TOKENS = re.compile(rf"^[ ]{{0,3}}(?:{STX}bm:\d+{ETX}[ \t]*)+$", re.MULTILINE)
_TOKEN = re.compile(f"{STX}b[mv]:(\\d+){ETX}")
_CODE_TAG = re.compile(r"<(/?)(pre|code|script|style|textarea)\b", re.IGNORECASE)


class Tokens:
    """The tokens of one text."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str]] = []

    def clear(self) -> None:
        """Forget them all."""
        self._kept.clear()

    def restore(self, text: str, in_code: bool = False) -> str:
        """Put back what the tokens in a text stand for."""
        if STX not in text:
            return text
        return _TOKEN.sub(lambda found: self._kept[int(found[1])][not in_code], text)

    def mask(self, text: str, is_mdx: bool) -> str:
        """Put tokens into Markdown; a line that has nothing to be seen becomes an empty one."""
        if not is_mdx and not _SPECIAL.search(text):
            return text
        text = self._mask_templates(text)
        if is_mdx:
            text = _MDX_TAG.sub(self._hide, _MDX_MODULE.sub(self._hide, text))
        if "$" in text or "\\\\" in text:
            text = _MATH.sub(lambda found: self._keep(found[0], found[0].replace("\\\\", "\\")), text)
        return _ONLY_TOKENS.sub("", text) if self._kept else text

    def drop_from_html(self, html: str) -> str:
        """Leave in HTML only what a reader sees of templates; code is left alone."""
        if "{{" not in html and "{%" not in html:
            return html
        out: list[str] = []
        position, inside = 0, ""
        for tag in _CODE_TAG.finditer(html):
            name = tag[2].lower()
            if not inside and not tag[1]:
                out.append(self._seen_in_html(html[position : tag.start()]))
                position, inside = tag.start(), name
            elif inside == name and tag[1]:
                out.append(html[position : tag.start()])
                position, inside = tag.start(), ""
        rest = html[position:]
        return "".join([*out, rest if inside else self._seen_in_html(rest)])

    def _seen_in_html(self, html: str) -> str:
        masked = self._mask_templates(html)
        return _TOKEN.sub(lambda found: escape(self._kept[int(found[1])][1]), masked)

    def _mask_templates(self, text: str) -> str:
        if "{{" in text or "{%" in text:
            text = _GO_RAW.sub(lambda found: found[1] or found[2] or "", text)
            text = _COMMENT_BLOCK.sub(self._hide, text)
            text = _JEKYLL_RAW.sub(self._jekyll_raw, text)
            text = _TEMPLATE.sub(self._template, text)
        return text

    def _hide(self, found: re.Match[str]) -> str:
        return self._keep(found[0], "")

    def _jekyll_raw(self, found: re.Match[str]) -> str:
        shielded = re.sub(r"\{[{%]", lambda brace: self._keep(brace[0], brace[0]), found[2])
        return self._keep(found[1], "") + shielded + self._keep(found[3], "")

    def _template(self, found: re.Match[str]) -> str:
        escaped = _ESCAPED_SHORTCODE.fullmatch(found[0])
        if escaped:
            return self._keep(found[0], "".join(escaped.groups()))
        seen = [next(filter(None, option.groups()), "") for option in _SEEN_OPTION.finditer(found[0])]
        return self._keep(found[0], " ".join(filter(None, seen)))

    def _keep(self, source: str, seen: str) -> str:
        self._kept.append((source, seen))
        return f"{STX}b{'v' if seen else 'm'}:{len(self._kept) - 1}{ETX}"
