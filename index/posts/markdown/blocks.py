"""Blocks that generators add to CommonMark: admonitions, directives, attribute lists, abbreviations, contents."""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from ...settings import Markdown
from .fences import TAB

_ATTRIBUTE = r"(?:[#.][\w:.-]+|[\w:-]+=(?:\"[^\"{}\n]*\"|'[^'{}\n]*'|[^\s\"'{}]+))"
ATTRIBUTE_LIST = rf"\{{:?[ ]*+{_ATTRIBUTE}(?:[ ]++(?:{_ATTRIBUTE}|[\w-]+))*+[ ]*+\}}|\{{:[^{{}}\n]*\}}"
"""An attribute list, as Python-Markdown, kramdown, goldmark and Pandoc have it; kramdown's may name others."""

_ATTRIBUTES = re.compile(ATTRIBUTE_LIST)
_OWN_ID = re.compile(r"[{\s:]#([\w:.-]+)|\bid=[\"']?([\w:.-]+)")
_CONTENTS = re.compile(r"\{:(?:[^{}\n]*[ ])?toc\b[^{}\n]*\}")
"""What kramdown replaces the list above it by: a table of contents."""
_LANGUAGE = re.compile(r"\.(?:language-|lang-)([\w+#-]+)")
_DIRECTIVE = re.compile(r":{3,}[ \t]*([^\n]*?)[ \t:]*")
_DIRECTIVE_NAME = re.compile(r"([A-Za-z][\w-]*)(?=[\s\[{]|\Z)")
_OPTIONS = re.compile(r"\{[^{}\n]*\}")
_OPTION_TITLE = re.compile(r"\b(?:title|summary)=(?:\"([^\"]*)\"|'([^']*)')")
_OPTION_CLASS = re.compile(r"\.(?:callout-)?([A-Za-z][\w-]*)")
_ADMONITION = re.compile(
    r"(?:!!!|\?\?\?\+?)[ \t]+(?P<kind>[\w-]+)[^\"\n]*(?:\"(?P<title>[^\n]*)\")?[ \t]*"
    r"|===[+!]?[ \t]+\"(?P<tab>[^\n]*)\"[ \t]*"
)
_SLASH_BLOCK = re.compile(r"/{3,}[ \t]*(?:(?P<kind>[A-Za-z][\w-]*)[ \t]*(?:\|[ \t]*(?P<title>[^\n]*?))?)?[ \t]*")
"""A block of `pymdownx.blocks`."""
_UNTITLED = frozenset(("html", "caption", "figure-caption", "table-caption"))
"""Those of them whose argument is not shown."""
_KINDS = frozenset(
    "abstract bug caution danger details error example failure hint important info note question quote success summary"
    " tip todo warning".split()
)
"""Directives whose names generators show as their titles."""

ENDED = ("paragraph", "reference", "blockquote", "list")
"""Blocks that one of these ends."""

Make = Callable[[StateBlock, int, re.Match[str]], None]
"""Takes the block whose first line matches."""


def add_blocks(parser: MarkdownIt, markdown: Markdown) -> None:
    """Add a dialect's blocks to a parser: one rule, which looks at the first character of a line."""
    kinds: dict[str, tuple[re.Pattern[str], Make]] = {":": (_DIRECTIVE, _directive)}
    if markdown != "mdx":
        kinds["{"] = re.compile(rf"(?:{ATTRIBUTE_LIST})[ \t]*"), _attributes
        kinds["["] = re.compile(r"\[(?:TOC|\[_?TOC_?\])\][ \t]*", re.IGNORECASE), _nothing
    if markdown in ("any", "python", "kramdown"):
        kinds["*"] = re.compile(r"\*\[[^\[\]\n]+\]:[^\n]*"), _nothing  # an abbreviation
    if markdown in ("any", "python"):
        kinds["-"] = re.compile(r"-+8<-+[^\n]*"), _nothing  # a file that is put in here
        kinds |= dict.fromkeys("!?=", (_ADMONITION, _admonition))
        kinds["/"] = _SLASH_BLOCK, _slash_block
    if markdown in ("any", "kramdown"):
        kinds["^"] = re.compile(r"\^[ \t]*"), _nothing  # the end of a block
    if markdown == "any":
        kinds["<"] = re.compile(r"<<<[ \t]+[@./~][^\n]*"), _nothing  # the same in VitePress
    if markdown == "python":
        kinds["#"] = re.compile(r"(#{1,6})(?![#\s])([^\n]*?)#*[ \t]*"), _tight_heading

    def read(state: StateBlock, line: int, _: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        kind = kinds.get(state.src[start : start + 1])
        found = kind and kind[0].fullmatch(state.src, start, state.eMarks[line])
        if not kind or not found or state.is_code_block(line):
            return False
        if not silent:
            state.line = line + 1
            kind[1](state, line, found)
        return True

    parser.block.ruler.before("table", "marks", read, {"alt": list(ENDED)})
    parser.core.ruler.after("block", "attributes", _apply_attributes)
    parser.core.ruler.after("block", "directives", _pair_directives)


def _nothing(state: StateBlock, line: int, found: re.Match[str]) -> None:
    """Leave a line out."""


def _title(state: StateBlock, line: int, title: str) -> None:
    if title.strip():
        _inline(state, line, "paragraph", "p", title.strip()).attrs["class"] = "admonition-title"


def _inline(state: StateBlock, line: int, kind: str, tag: str, text: str) -> Token:
    opening = state.push(f"{kind}_open", tag, 1)
    content = state.push("inline", "", 0)
    opening.map = content.map = [line, line + 1]
    content.content, content.children = text, []
    state.push(f"{kind}_close", tag, -1)
    return opening


def _tight_heading(state: StateBlock, line: int, found: re.Match[str]) -> None:
    _inline(state, line, "heading", f"h{len(found[1])}", found[2].strip())


def _attributes(state: StateBlock, line: int, found: re.Match[str]) -> None:
    token = state.push("attributes", "", 0)
    token.content = found[0]
    token.meta["is_below"] = line > 0 and not state.isEmpty(line - 1)


def _directive(state: StateBlock, line: int, found: re.Match[str]) -> None:
    """Take a line of `:::`, which opens a container if it says anything, else closes one."""
    if not found[1]:
        state.push("directive_close", "div", 0)
        return
    kind, title = _kind_and_title(found[1])
    state.push("directive_open", "div", 0).attrs["class"] = f"admonition {kind}".strip()
    _title(state, line, title)


def _slash_block(state: StateBlock, line: int, found: re.Match[str]) -> None:
    """Take a line of `///`, which opens a container if it names one, with the options indented below it."""
    kind = found["kind"]
    if not kind:
        state.push("directive_close", "div", 0)
        return
    state.push("directive_open", "div", 0).attrs["class"] = f"admonition {kind}"
    given = "" if kind in _UNTITLED else found["title"]
    _title(state, line, given or (kind.capitalize() if given is None and kind in _KINDS else ""))
    while state.line < state.lineMax and not state.isEmpty(state.line) and state.is_code_block(state.line):
        state.line += 1


def _kind_and_title(text: str) -> tuple[str, str]:
    """Read what follows `:::`: Docusaurus' `note[Title]{.a}`, VitePress' `note Title`, Quarto's `{.callout-note}`."""
    options = _OPTIONS.search(text)
    rest = _OPTIONS.sub("", text).strip()
    named = _DIRECTIVE_NAME.match(rest)
    by_class = _OPTION_CLASS.search(options[0]) if options else None
    kind = named[1] if named else by_class[1] if by_class else ""
    opened, closed = rest.find("["), rest.rfind("]")
    label = rest[opened + 1 : closed] if 0 <= opened < closed else ""
    option = _OPTION_TITLE.search(options[0]) if options else None
    given = label or (rest[named.end() :].strip() if named else "")
    title = given or (option and (option[1] or option[2])) or ""
    return kind, title or (kind.capitalize() if kind.lower() in _KINDS else "")


def _admonition(state: StateBlock, line: int, found: re.Match[str]) -> None:
    """Take an admonition, a folded block or a tab, as Material for MkDocs has them, with what is indented below."""
    state.push("admonition_open", "div", 1).attrs["class"] = f"admonition {found['kind'] or ''}".strip()
    given = found["tab"] if found["title"] is None else found["title"]
    _title(state, line, found["kind"].capitalize() if given is None else given)
    indent, parent, last_line = state.sCount[line] + TAB, state.parentType, state.lineMax
    end = line + 1
    while end < last_line and (state.isEmpty(end) or state.sCount[end] >= indent):
        end += 1
    outer, state.blkIndent, state.lineMax, state.parentType = state.blkIndent, indent, end, "admonition"
    state.md.block.tokenize(state, line + 1, end)
    state.blkIndent, state.lineMax, state.parentType, state.line = outer, last_line, parent, end
    state.push("admonition_close", "div", -1)


def _pair_directives(state: StateCore) -> None:
    """Make elements of directives that are opened and closed in one parent; what has no partner has no element."""
    kept: list[Token] = []
    opened: list[tuple[Token, int]] = []
    depth = 0
    for token in state.tokens:
        depth += token.nesting
        while opened and opened[-1][1] > depth:
            opened.pop()
        if token.type == "directive_open":
            opened.append((token, depth))
        elif token.type == "directive_close":
            if not opened or opened[-1][1] < depth:
                continue
            opened.pop()[0].nesting, token.nesting = 1, -1
        kept.append(token)
    state.tokens = [token for token in kept if token.type != "directive_open" or token.nesting]


def _apply_attributes(state: StateCore) -> None:
    """Give headings the ids that attribute lists have for them, and code its language."""
    tokens = state.tokens
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            _split_heading(token, tokens[position + 1])
        elif token.type == "attributes":
            near = tokens[position - 1 : position] if token.meta["is_below"] else tokens[position + 1 : position + 2]
            if near and near[0].type == "heading_close":
                near = tokens[position - 3 : position - 2]
            for target in near:
                _give(target, token.content)
    if any(token.type == "attributes" for token in tokens):
        state.tokens = [token for token in _without_contents(tokens) if token.type != "attributes"]


def _without_contents(tokens: Sequence[Token]) -> list[Token]:
    """Leave out the lists that stand for a table of contents."""
    kept: list[Token] = []
    for token in tokens:
        last = kept[-1].type if kept else ""
        if token.type == "attributes" and last.endswith("list_close") and _CONTENTS.match(token.content):
            opening = (last.replace("close", "open"), kept[-1].level)
            while (kept[-1].type, kept.pop().level) != opening:
                pass
        kept.append(token)
    return kept


def _split_heading(heading: Token, inline: Token) -> None:
    """Take the attribute list off the end of a heading."""
    start = inline.content.rfind("{") if inline.content.endswith("}") else -1
    if start >= 0 and _ATTRIBUTES.fullmatch(inline.content, start):
        _give(heading, inline.content[start:])
        inline.content = inline.content[:start].rstrip()


def _give(target: Token, attributes: str) -> None:
    anchor, language = _OWN_ID.search(attributes), _LANGUAGE.search(attributes)
    if target.type == "heading_open" and anchor:
        target.attrs["id"] = anchor[1] or anchor[2]
    elif target.type in ("fence", "code_block") and language and not target.info:
        target.info = language[1]
