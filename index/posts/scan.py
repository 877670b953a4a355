"""What is no Markdown, taken out before Markdown is read: code, raw HTML, shortcodes, templates, comments, math.

Code and raw HTML become placeholders of Markdown's own stash; shortcodes and the like become tokens. What is left is
arranged as the `markdown` package wants it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from index.posts.fences import fenced, highlighted
from index.posts.lists import TAB, ListIndenter
from index.posts.templates import ETX, STX, Tokens

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

_FOLDED = re.compile(r"^(?:\?\?\?\+?[ \t]+(\w+)|===[+!]?(?=[ \t]+\"))", re.MULTILINE)
"""A block of Material for MkDocs that is folded, or behind a tab; it is read as an admonition."""
Store = Callable[[object], str]


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
        self.tokens = Tokens()
        self._unclosed: set[str] = set()
        self._is_mdx = False
        self._lists = ListIndenter()

    def scan(self, text: str, is_mdx: bool) -> str:
        """Replace all that is no Markdown; the result has no tabs."""
        self.tokens.clear()
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

    def _block(self, text: str, match: re.Match[str], depth: int) -> tuple[str, int, int]:
        """Take one block; gives what stands for it, where the text goes on, and how many raw elements are open."""
        lead = match["lead"]
        if match["fence"] or match["block"]:
            if not lead.strip() and self._lists.beyond(len(lead.expandtabs(TAB))) >= TAB:
                return self._line_as_prose(text, match, depth)
            fence, end = fenced(text, match) if match["fence"] else highlighted(text, match)
            return self._place(lead, self._store(fence)), end, depth
        if lead.strip() or (self._lists.beyond(len(lead.expandtabs(TAB))) >= TAB and not depth):
            return self._line_as_prose(text, match, depth)
        if match["comment"] or match["declaration"]:
            return self._hidden(text, match, depth)
        end = self._raw_end(text, match)
        raw = text[match.start() : end]
        depth = max(0, depth + len(re.findall(rf"<(?:{RAW_TAGS})\b", raw, re.I)) - len(re.findall(r"</\w", raw)))
        return self._place(lead, self._store(self.tokens.drop_from_html(raw.strip()))), end, depth

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
        text = self.tokens.mask(text, self._is_mdx)
        if "\n???" in text or "\n===" in text:
            text = _FOLDED.sub(lambda found: f"!!! {found[1] or 'tab'}", text)
        if "\t" in text:
            text = text.expandtabs(TAB)
        text = self._lists.indent(_BLANK.sub("", text))
        return _LONG_BLOCK.sub(r"\g<0>\n", text) if text.count("\n") > MAX_BLOCK_LINES else text


def _empty_line(text: str, position: int) -> int:
    found = _EMPTY_LINE.search(text, position)
    return found.start() if found else len(text)
