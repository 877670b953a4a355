"""What stands within lines: attribute lists behind spans, links of wikis; and text without a mark, which is most."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ...settings import Markdown
from .blocks import ATTRIBUTE_LIST

_INLINE_MARK = re.compile(r"[!&<\[\]\\`*_~{^]|==|\+\+|(?<=  )\n")
"""Where a rule may match. The package's own has signs for others' plugins, and stops at each line: five times as often;
a line break that is none in HTML is a space, which text may have in it."""
_RULE_SIGNS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "subscript": "~",
    "superscript": "^",
    "critic": "{",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "wiki_link": "![",
    "marked": "=+^",
    "footnote_inline": "^",
    "footnote_ref": "[",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "attributes": "{",
}
"""The characters at which each rule may match; all of them are tried at none."""
_SPAN_ATTRIBUTES = re.compile(ATTRIBUTE_LIST)
_WIKI_LINK = re.compile(r"(!?)\[\[(?![\s\d,.-]+\]\])([^\[\]|\s][^\[\]|\n]*)(?:\|([^\[\]\n]+))?\]\](?![(\[:])")
_SUBSCRIPT = re.compile(r"~(?P<sub>[^\s~]{1,16})~(?!~)|\^(?P<sup>[^\s^\[\]]{1,16})\^(?![\w^])")
_CRITIC = re.compile(
    r"\{(?P<sign>--|\+\+|==)(?P<text>[^{}]{1,1000}?)(?P=sign)\}"
    r"|\{~~(?P<old>[^{}]{0,1000}?)~>(?P<new>[^{}]{0,1000}?)~~\}|\{>>[^{}]{1,1000}?<<\}"
)
"""What CriticMarkup deletes, adds, marks, replaces and comments on."""
_MARKED = re.compile(
    r"(?<![\w=^])(?P<sign>==|\^\^)(?![\s=^])(?P<text>[^\n]{1,400}?)(?<![\s=^])(?P=sign)(?![\w=^])"
    r"|(?<![\w+])\+\+(?P<keys>[\w-]+(?:\+(?:[\w-]+|\"[^\"\n]{1,40}\"))*)\+\+(?![\w+])"
)
"""Text between two signs that stand at words: comparisons have spaces there. Keys have none between: `++j, C++`."""
_SPANS = frozenset(("link_close", "em_close", "strong_close", "s_close", "code_inline", "image"))
_DELIMITERS = frozenset(("*", "**", "_", "__", "~~"))
"""What may be the end of a span, which is known only when all of a text is read."""


def add_inlines(parser: MarkdownIt, markdown: Markdown) -> None:
    """Add a dialect's marks within lines to a parser."""
    parser.core.ruler.at("inline", _parse)
    if markdown != "mdx":
        parser.inline.ruler.push("attributes", _attributes)
    if markdown in ("any", "python"):
        parser.inline.ruler.before("strikethrough", "subscript", _subscript)
        parser.inline.ruler.before("strikethrough", "marked", _marked)
        parser.inline.ruler.before("strikethrough", "critic", _critic)
    if markdown == "python":
        parser.inline.ruler.before("strikethrough", "superscript", _subscript)
    if markdown == "any":
        parser.inline.ruler.after("image", "wiki_link", _wiki_link)
    parser.inline = _SignedInline(parser.inline)


class _SignedInline(ParserInline):
    """Tries at a character the rules that may match there; the package's way tries all of them at each."""

    def __init__(self, inline: ParserInline) -> None:
        super().__init__()
        self.ruler, self.ruler2, self.terminator_re = inline.ruler, inline.ruler2, _INLINE_MARK
        active = [name for name in inline.ruler.get_active_rules() if name not in ("text", "linkify")]
        rules = dict(zip(inline.ruler.get_active_rules(), inline.ruler.getRules(""), strict=True))
        self._rules = {
            sign: [rules[name] for name in active if sign in _RULE_SIGNS[name]]
            for sign in "".join(_RULE_SIGNS.values())
        }

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 (the package calls it so)
        """Skip what stands at the position, as the package does."""
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        state.level += 1
        if state.pos < state.posMax and not self._matches(state, silent=True):
            state.pos += 1
        state.level -= 1
        state.cache[start] = state.pos

    def tokenize(self, state: StateInline) -> None:
        """Read what is left of a text."""
        is_too_deep = state.level >= state.md.options["maxNesting"]
        while state.pos < state.posMax:
            if is_too_deep or not self._matches(state, silent=False):
                state.append_pending(state.src[state.pos])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def _matches(self, state: StateInline, silent: bool) -> bool:
        rules = self._rules.get(state.src[state.pos])
        if rules is None:
            found = _INLINE_MARK.search(state.src, state.pos, state.posMax)
            end = found.start() if found else state.posMax
            if not silent:
                state.append_pending(state.src[state.pos : end])
            is_text = end > state.pos
            state.pos = end
            return is_text
        for rule in rules:  # noqa: SIM110 (a generator for every sign takes longer than most rules)
            if rule(state, silent):
                return True
        return False


def _parse(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        if _INLINE_MARK.search(token.content):
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children = [Token("text", "", 0, content=token.content)]


def _attributes(state: StateInline, silent: bool) -> bool:
    """Leave out an attribute list right behind a span."""
    if state.src[state.pos] != "{" or silent or state.pending or not state.tokens:
        return False
    before = state.tokens[-1]
    is_closing_tag = before.type == "html_inline" and before.content.startswith("</")
    is_span = is_closing_tag or before.type in _SPANS or before.content in _DELIMITERS
    found = _SPAN_ATTRIBUTES.match(state.src, state.pos) if is_span else None
    if not found:
        return False
    state.pos = found.end()
    return True


def _subscript(state: StateInline, silent: bool) -> bool:
    """Read `H~2~O` and `x^2^`, right behind a letter or a digit."""
    start = state.pos
    found = _SUBSCRIPT.match(state.src, start) if start and state.src[start - 1].isalnum() else None
    if not found:
        return False
    if not silent:
        tag = found.lastgroup or "sub"
        state.push(f"{tag}_open", tag, 1)
        state.push("text", "", 0).content = found[tag]
        state.push(f"{tag}_close", tag, -1)
    state.pos = found.end()
    return True


def _marked(state: StateInline, silent: bool) -> bool:
    """Read `==marked==`, `^^inserted^^` and the keys `++ctrl+c++` as what they have within."""
    found = _MARKED.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        _read_within(state, found, found.lastgroup or "text")
    state.pos = found.end()
    return True


def _critic(state: StateInline, silent: bool) -> bool:
    """Read what CriticMarkup has in its braces: both of what is replaced and what replaces it, and no comment."""
    found = _CRITIC.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent and found["sign"]:
        _read_within(state, found, "text")
    elif not silent and found["new"] is not None:
        _read_within(state, found, "old")
        state.pending += " "
        _read_within(state, found, "new")
    state.pos = found.end()
    return True


def _read_within(state: StateInline, found: re.Match[str], group: str) -> None:
    """Read what a group of a match stands for, and nothing behind it."""
    end_of_text = state.posMax
    state.pos, state.posMax = found.span(group)
    state.md.inline.tokenize(state)
    state.posMax = end_of_text


def _wiki_link(state: StateInline, silent: bool) -> bool:
    """Read `[[page|label]]` as its label; a picture, `![[file]]`, has none."""
    found = _WIKI_LINK.match(state.src, state.pos) if state.src.startswith(("[[", "![["), state.pos) else None
    if not found or normalizeReference(found[2]) in state.env.get("references", ()):
        return False
    if not silent:
        state.pending += "" if found[1] else (found[3] or found[2]).strip()
    state.pos = found.end()
    return True
