"""What MyST, the Markdown of Sphinx and Jupyter Book, has of its own, written as the blocks and marks of the others."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_FENCE_LINE = re.compile(
    r"(?P<lead>[ \t]*(?:(?:[*+-]|\d{1,9}[.)])[ \t]+)*)(?P<sign>`{3,}|~{3,}|:{3,})"
    r"(?:\{(?P<name>[a-z][\w:+-]*)\}[ \t]*(?P<argument>[^`\n]*)|[^`\n]*)"
)
_LEFT_OUT = re.compile(r"\([\w .:/-]+\)=[ \t]*|%(?:[ \t].*)?|\+\+\+(?:[ \t]*\{.*\})?[ \t]*")
"""A target, a comment, and the border of a cell."""
_ROLE_NAME = (
    r"(?:[a-z]+:[a-z:]+|abbr|any|attr|cite|class|code|command|data|dfn|doc|download|envvar|eq|eval|exc|file|func"
    r"|guilabel|kbd|keyword|math|menuselection|meth|mod|numref|obj|option|program|ref|samp|sub|subscript|sup"
    r"|superscript|term)"
)
_ROLE = re.compile(
    rf"(`+)(?!`)[^\n]+?(?<!`)\1(?!`)|(?<![$\\])\{{(?P<role>{_ROLE_NAME})\}}`(?P<text>[^`\s][^`]*?)(?:[ ]+<[^<>`]*>)?`"
)
"""Code within a line, which may have the look of a role, or a role."""
_OPTION = re.compile(r"[ \t]*:[\w-]+:.*")
_CAPTION = re.compile(r":?caption:[ \t]*([^\n\"|]+)")

_CODE_DIRECTIVES = frozenset("code code-block code-cell parsed-literal prompt sourcecode".split())
_HIDDEN_DIRECTIVES = frozenset(
    "autoclass autofunction automodule autosummary bibliography contents image include index literalinclude raw"
    " tableofcontents toctree".split()
)
_TEXT_DIRECTIVES = frozenset(
    "admonition aside attention card caution container danger deprecated details div dropdown epigraph error exercise"
    " figure glossary grid grid-item grid-item-card highlights hint important list-table margin note pull-quote rubric"
    " seealso sidebar solution tab tab-item tab-set table tabs tip todo topic versionadded"
    " versionchanged warning".split()
)
_UNTITLED_DIRECTIVES = frozenset("container div figure grid grid-item tab-set tabs".split())
"""Directives whose argument is not shown."""
_DIRECTIVES = _CODE_DIRECTIVES | _HIDDEN_DIRECTIVES | _TEXT_DIRECTIVES | {"math"}
_INLINE_TEXTS = frozenset("abbr any doc download eq guilabel menuselection numref ref term".split())
"""Roles whose text is no code."""
_SIGN = re.compile(
    rf"^[ \t]*(?:```+|~~~+|:::+)\{{(?:{'|'.join(sorted(_DIRECTIVES))})\}}"
    rf"|(?<![`$\\])\{{{_ROLE_NAME}\}}`[^`\s]|^\([\w .:/-]+\)=[ \t]*$",
    re.MULTILINE,
)
"""What a text has that is MyST."""
_HINTS = ("```{", "~~~{", ":::{", "}`", ")=\n")
"""What is in all of them; most texts have none of it, which is told fast."""


class _Block(NamedTuple):
    """A block that is open: its fence, what is written where it closes, and whether its lines are read."""

    sign: str
    end: str | None
    is_read: bool = False
    is_shown: bool = True

    def is_closed_by(self, line: str) -> bool:
        found = line.strip()
        return len(found) >= len(self.sign) and not found.strip(self.sign[0])


def plain_myst(text: str) -> str:
    """Write directives, roles and targets of MyST as Markdown that has none; any other text stays as it is."""
    is_myst = any(hint in text for hint in _HINTS) and _SIGN.search(text)
    return "\n".join(_written(text.split("\n"))) if is_myst else text


def _written(lines: Sequence[str]) -> Iterator[str]:
    opened: list[_Block] = []
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if opened and opened[-1].is_closed_by(line):
            end = opened.pop().end
            yield line if end is None else line[: len(line) - len(line.lstrip())] + end
        elif opened and not opened[-1].is_read:
            yield line if opened[-1].is_shown else ""
        elif found := _FENCE_LINE.fullmatch(line):
            options = lines[at : _after_options(lines, at)] if found["name"] in _DIRECTIVES else []
            start, block = _block(found, "\n".join(options))
            # Each line below stays where it is, for messages name its number.
            yield from (*("" for _ in options), start)
            at += len(options)
            opened += [block] if block else []
        else:
            line = "" if _LEFT_OUT.fullmatch(line) else line
            yield _ROLE.sub(_role, line) if "}`" in line else line


def _block(found: re.Match[str], options: str) -> tuple[str, _Block | None]:
    """Return what is written where a block opens, and the block; none where the parser finds its end."""
    lead, sign, name, argument = found["lead"], found["sign"], found["name"], found["argument"]
    if name in _TEXT_DIRECTIVES:
        title = "" if name in _UNTITLED_DIRECTIVES else argument
        return f"{lead}::: {name} {title}".rstrip(), _Block(sign, ":::", is_read=True)
    if name in _HIDDEN_DIRECTIVES:
        return "", _Block(sign, "", is_shown=False)
    if name == "math":
        return f"{lead}$$", _Block(sign, "$$")
    if name in _CODE_DIRECTIVES:
        caption = _CAPTION.search(options)
        title = f' title="{caption[1].strip()}"' if caption else ""
        fence = sign.replace(":", "`")
        return f"{lead}{fence}{argument}{title}", _Block(sign, fence)
    return found[0], None if sign[0] == ":" else _Block(sign, None)


def _after_options(lines: Sequence[str], at: int) -> int:
    """Return where the text of a directive begins, behind its options."""
    if at < len(lines) and lines[at].strip() == "---":
        return next((end + 1 for end in range(at + 1, len(lines)) if lines[end].strip() == "---"), at)
    while at < len(lines) and _OPTION.fullmatch(lines[at]):
        at += 1
    return at


def _role(found: re.Match[str]) -> str:
    role, text = found["role"], found["text"]
    if not role:
        return found[0]
    if role == "math":
        return f"${text}$"
    return text if role in _INLINE_TEXTS else f"`{text}`"
