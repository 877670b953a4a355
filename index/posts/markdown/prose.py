"""Plain paragraphs and plain addresses of links, before a dozen rules of the package look at each of their lines."""

import re
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock

_BLOCK_SIGNS = frozenset("#>`~*+_</:!?{[|^=-0123456789")
"""What a line begins with that may be anything but text."""
_BELOW_TERM = frozenset(":~")
_BELOW_TABLE = frozenset("|-:=~")
"""What the line below a table's head, a heading or a term begins with."""
_PLAIN_ADDRESS = re.compile(r"[^\x00-\x20\x7f()<\\&]+(?=[) \n])")


def add_prose(parser: MarkdownIt) -> None:
    """Add what is read faster to a parser, before the rules that read it, too."""
    parser.block.ruler.before("marks", "prose", _prose)
    parser.helpers = _Helpers(**{**vars(helpers), "parseLinkDestination": _link_destination})  # type: ignore[assignment]


class _Helpers(SimpleNamespace):
    """The package's functions for links, one of them replaced."""


def _prose(state: StateBlock, line: int, _: int, silent: bool) -> bool:  # noqa: ARG001 (the package gives it)
    """Take a paragraph whose lines begin with nothing else; leave any other to the package."""
    if state.sCount[line] - state.blkIndent > 3 or _first(state, line) in _BLOCK_SIGNS or _is_below_term(state, line):
        return False
    end = line + 1
    while end < state.lineMax and not state.isEmpty(end):
        sign = _first(state, end)
        if sign in _BELOW_TABLE:
            return False
        if sign in _BLOCK_SIGNS and _ends_paragraph(state, end):
            break
        end += 1
    # The last line may be the head of a table, or of a list of definitions, that begins there.
    text = state.getLines(line, end, state.blkIndent, False).strip(" \t\n")
    for kind, nesting in (("paragraph_open", 1), ("inline", 0), ("paragraph_close", -1)):
        token = state.push(kind, "" if kind == "inline" else "p", nesting)  # type: ignore[arg-type]
        token.map = [line, end]
        token.content = text if kind == "inline" else ""
    state.line = end
    return True


def _first(state: StateBlock, line: int) -> str:
    start = state.bMarks[line] + state.tShift[line]
    return state.src[start : start + 1]


def _is_below_term(state: StateBlock, line: int) -> bool:
    """Check whether a definition may follow a line, with an empty one between."""
    return line + 2 < state.lineMax and state.isEmpty(line + 1) and _first(state, line + 2) in _BELOW_TERM


def _ends_paragraph(state: StateBlock, line: int) -> bool:
    if state.sCount[line] - state.blkIndent > 3 or state.sCount[line] < 0:
        return False
    outer, state.parentType = state.parentType, "paragraph"
    ended = any(rule(state, line, state.lineMax, True) for rule in state.md.block.ruler.getRules("paragraph"))
    state.parentType = outer
    return ended


def _link_destination(text: str, start: int, end: int) -> Any:
    """Read a link's address; one without brackets, escapes and entities is its own."""
    found = _PLAIN_ADDRESS.match(text, start, end)
    if not found:
        return helpers.parseLinkDestination(text, start, end)
    return SimpleNamespace(ok=True, pos=found.end(), str=found[0])
