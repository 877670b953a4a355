"""What is no Markdown, taken out before Markdown is read: code, raw HTML, shortcodes, templates, comments, math.

Code and raw HTML become placeholders of Markdown's own stash. Shortcodes, template tags and formulas become tokens
which hold what a reader sees of them, and their source: where a token turns out to stand in code, that comes back.
So nothing has to be known here about indented code or code within a line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from index.posts.lists import ListIndenter

STX, ETX = "\x02", "\x03"
TAB = 4

RAW_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|"
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|"
    "track|ul"
)
"""Tags that open a block of raw HTML which ends at an empty line: CommonMark 0.31, HTML blocks, kind 6."""

MAX_LINE = 20_000
"""Characters of a line that is still read as Markdown; the longest in 8,000 real posts has 11,000, and what is longer
is data. Some patterns take time that grows with the square of it."""
MAX_BLOCK_LINES = 1_000
"""Lines of a paragraph, list or table without an empty line; the longest real one has 600. A longer one is cut."""

_OPENING = re.compile(
    r"^(?P<lead>[ \t]*(?:>[ \t]?|(?:[*+-]|\d{1,9}[.)])[ \t]+)*)(?:"
    r"(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>[^\n]*)$"
    r"|\{(?P<brace>[{%])[<%]?-?[ \t]*(?P<block>highlight|codeblock|mermaid)\b(?P<options>[^\n{}]*?)-?[>%]?[}%]\}"
    r"|(?P<comment><!--)"
    r"|(?P<whole><(?:pre|script|style|textarea)\b)"
    rf"|(?P<raw></?(?:{RAW_TAGS})(?=[\s/>]|$))"
    r"|(?P<declaration><[?!])"
    r")",
    re.MULTILINE | re.IGNORECASE,
)
_LONG_LINE = re.compile(rf"^[^\n]{{{MAX_LINE},}}", re.MULTILINE)
_LONG_BLOCK = re.compile(rf"(?:^[^\n]+\n){{{MAX_BLOCK_LINES}}}", re.MULTILINE)
_BLANK = re.compile(r"^ +$", re.MULTILINE)
_EMPTY_LINE = re.compile(r"\n[ \t]*(?=\n|\Z)")
_KEEPER = re.compile(r"<(pre|script|style|textarea)\b", re.IGNORECASE)
_KEEPER_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("pre", "script", "style", "textarea")}
_INFO_LANGUAGE = re.compile(r"[\w+#.-]+")
_INFO_CLASS = re.compile(r"\.([\w+#-]+)")

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
_FOLDED = re.compile(r"^(?:\?\?\?\+?[ \t]+(\w+)|===[+!]?(?=[ \t]+\"))", re.MULTILINE)
"""A block of Material for MkDocs that is folded, or behind a tab; it is read as an admonition."""
_MDX_MODULE = re.compile(r"(?:^|(?<=\n\n))(?:import|export)\b[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*", re.DOTALL)
_MDX_TAG = re.compile(
    r"</?(?:[A-Z][\w.]*(?:[^<>{}\"'`]|\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*)?>|\{(?!#)[^{}\n`]*\}"
)
_ONLY_TOKENS = re.compile(rf"^[ ]{{0,3}}(?:{STX}bm:\d+{ETX}[ \t]*)+$", re.MULTILINE)
_TOKEN = re.compile(f"{STX}b[mv]:(\\d+){ETX}")

Store = Callable[[object], str]


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block; its string is its HTML."""

    text: str
    language: str

    def __str__(self) -> str:
        name = f' class="language-{escape(self.language)}"' if self.language else ""
        return f"<pre><code{name}>{escape(self.text, quote=False)}\n</code></pre>"


@dataclass(frozen=True, slots=True)
class Plain:
    """Text that is not read as Markdown; its string is its HTML."""

    text: str

    def __str__(self) -> str:
        return escape(self.text, quote=False)


class Scanner:
    """Scans one text; keeps its tokens until the next."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens: list[tuple[str, str]] = []
        self._unclosed: set[str] = set()
        self._is_mdx = False
        self._lists = ListIndenter()

    def scan(self, text: str, is_mdx: bool) -> str:
        """Replace all that is no Markdown; the result has no tabs."""
        self._tokens.clear()
        self._unclosed.clear()
        self._lists.reset()
        self._is_mdx = is_mdx
        text = text.replace(STX, "").replace(ETX, "") + "\n\n"
        out: list[str] = []
        position = depth = 0
        while match := _OPENING.search(text, position):
            out.append(self._prose(text[position : match.start()]))
            block, position, depth = self._block(text, match, depth)
            out.append(block)
        out.append(self._prose(text[position:]))
        return "".join(out)

    def restore(self, text: str, in_code: bool) -> str:
        """Put back what the tokens in a text stand for."""
        return _TOKEN.sub(lambda found: self._tokens[int(found[1])][not in_code], text)

    def _block(self, text: str, match: re.Match[str], depth: int) -> tuple[str, int, int]:
        """Take one block; gives what stands for it, where the text goes on, and how many raw elements are open."""
        lead = match["lead"]
        if match["fence"] or match["block"]:
            if not lead.strip() and self._lists.beyond(len(lead.expandtabs(TAB))) >= TAB:
                return self._line_as_prose(text, match, depth)
            fence, end = _fence(text, match) if match["fence"] else _highlight(text, match)
            return self._place(lead, self._store(fence)), end, depth
        if lead.strip() or (self._lists.beyond(len(lead.expandtabs(TAB))) >= TAB and not depth):
            return self._line_as_prose(text, match, depth)
        if match["comment"] or match["declaration"]:
            return self._hidden(text, match, depth)
        end = self._raw_end(text, match)
        raw = text[match.start() : end]
        depth = max(0, depth + len(re.findall(rf"<(?:{RAW_TAGS})\b", raw, re.I)) - len(re.findall(r"</\w", raw)))
        return self._place(lead, self._store(self._raw(raw.strip()))), end, depth

    def _raw_end(self, text: str, match: re.Match[str]) -> int:
        """Find where raw HTML ends: at an empty line, or where the element closes that keeps empty lines."""
        end = _empty_line(text, match.end())
        position = match.start()
        while opened := _KEEPER.search(text, position, end):
            name = opened[1].lower()
            closed = None if name in self._unclosed else _KEEPER_END[name].search(text, opened.end())
            if not closed:
                self._unclosed.add(name)
                break
            position = closed.end()
            end = max(end, _empty_line(text, position))
        return end

    def _raw(self, raw: str) -> str:
        return raw if raw[:4].lower() == "<pre" else self.restore(self._mask(raw), in_code=False)

    def _line_as_prose(self, text: str, match: re.Match[str], depth: int) -> tuple[str, int, int]:
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        return self._prose(text[match.start() : end]), end, depth

    def _hidden(self, text: str, match: re.Match[str], depth: int) -> tuple[str, int, int]:
        closing = "-->" if match["comment"] else ">"
        end = -1 if closing in self._unclosed else text.find(closing, match.end())
        if end < 0:
            self._unclosed.add(closing)
            return "&lt;", match.end("lead") + 1, depth
        return "\n", end + len(closing), depth

    def _place(self, lead: str, placeholder: str) -> str:
        """Put a block's placeholder where Markdown sees it as a child of the list item or quote it stands in."""
        if ">" in lead:
            return f"{lead}{placeholder}\n{lead}"
        line = self._lists.block(lead.expandtabs(TAB) + placeholder)
        return f"{line}\n" if lead.strip() else f"\n{line}\n\n"

    def _prose(self, text: str) -> str:
        if len(text) > MAX_LINE:
            text = _LONG_LINE.sub(lambda found: self._store(Plain(found[0])), text)
        if _SPECIAL.search(text) or self._is_mdx:
            text = self._mask(text)
        if "\n???" in text or "\n===" in text:
            text = _FOLDED.sub(lambda found: f"!!! {found[1] or 'tab'}", text)
        if "\t" in text:
            text = text.expandtabs(TAB)
        text = self._lists.indent(_BLANK.sub("", text))
        return _LONG_BLOCK.sub(r"\g<0>\n", text) if text.count("\n") > MAX_BLOCK_LINES else text

    def _mask(self, text: str) -> str:
        if "{{" in text or "{%" in text:
            text = _GO_RAW.sub(lambda found: found[1] or found[2] or "", text)
            text = _COMMENT_BLOCK.sub(self._token, text)
            text = _JEKYLL_RAW.sub(self._jekyll_raw, text)
            text = _TEMPLATE.sub(self._template, text)
        if self._is_mdx:
            text = _MDX_TAG.sub(self._token, _MDX_MODULE.sub(self._token, text))
        if "$" in text or "\\\\" in text:
            text = _MATH.sub(lambda found: self._keep(found[0], found[0].replace("\\\\", "\\")), text)
        return _ONLY_TOKENS.sub("", text) if self._tokens else text

    def _token(self, found: re.Match[str]) -> str:
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
        self._tokens.append((source, seen))
        return f"{STX}b{'v' if seen else 'm'}:{len(self._tokens) - 1}{ETX}"


def _fence(text: str, match: re.Match[str]) -> tuple[Fence, int]:
    """Take a fenced block; one that is never closed goes on to the end, as in CommonMark."""
    sign, lead = match["fence"], match["lead"]
    width = len(lead.expandtabs(TAB))
    closing = re.compile(rf"^[ \t>]{{0,{width + 3}}}{sign[0]}{{{len(sign)},}}[ \t]*$", re.MULTILINE)
    start = min(match.end() + 1, len(text))
    found = closing.search(text, start)
    inner, end = (text[start : found.start()], found.end()) if found else (text[start:], len(text))
    return Fence(_dedent(inner, lead), _language(match["info"])), end


def _highlight(text: str, match: re.Match[str]) -> tuple[Fence, int]:
    """Take a block of Hugo's `highlight` or `mermaid`, Jekyll's `highlight`, Octopress' `codeblock`."""
    name = match["block"].lower()
    closing = re.compile(rf"\{{[{{%][<%]?-?\s*/?\s*(?:end)?{name}\s*-?[>%]?[}}%]\}}", re.IGNORECASE)
    found = closing.search(text, match.end())
    inner, end = (text[match.end() : found.start()], found.end()) if found else (text[match.end() :], len(text))
    language = name if name == "mermaid" else _language(match["options"].replace("lang:", "").replace('"', " "))
    return Fence(_dedent(inner.strip("\n"), match["lead"]), language), end


def _language(info: str) -> str:
    """Find the language in what follows a fence: `go {linenums=1}`, `{.go #id}`, `js:title.js`, `rust,ignore`."""
    info = info.strip()
    if info.startswith("{"):
        found = _INFO_CLASS.search(info)
        return found[1] if found else ""
    plain = _INFO_LANGUAGE.match(info)
    return plain[0].lstrip(".").lower() if plain else ""


def _dedent(text: str, lead: str) -> str:
    """Take the container's quote signs and indentation off every line, as far as they are there."""
    quotes, width = lead.count(">"), len(lead.expandtabs(TAB))
    if quotes:
        return re.sub(rf"^[ \t]*(?:>[ \t]?){{1,{quotes}}}", "", text, flags=re.MULTILINE).rstrip()
    return "\n".join(_outdent(line, width) for line in text.split("\n")).rstrip() if width else text.rstrip()


def _outdent(line: str, width: int) -> str:
    if line.startswith("\t" * -(-width // TAB)):
        return line[-(-width // TAB) :]
    return line[min(width, len(line) - len(line.lstrip(" "))) :]


def _empty_line(text: str, position: int) -> int:
    found = _EMPTY_LINE.search(text, position)
    return found.start() if found else len(text)
