"""What is program in MDX: modules, expressions and components. The rest is Markdown without indented code."""

import re
from collections.abc import Callable, Iterator

_MODULE = re.compile(r"^(?:import|export)\b(?=[ {*\"'])", re.MULTILINE)
_FENCED_OFF = re.compile(
    r"`+[^`\n]*`+|\\[{<]|^[ \t]*:{3,}[^\n]*|\{(?!#[\w-]+\})|</?(?:[A-Z][\w.:-]*|(?=>))", re.MULTILINE
)
_IN_PROGRAM = re.compile(r"[{}\"'`]|//[^\n]*|/\*")
_SEEN = re.compile(r"\b(?:label|title|heading|summary|alt|caption|description|text)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_STRING = re.compile(r"""\{\s*(?:`([^`$\\]*)`|"([^"\\\n]*)"|'([^'\\\n]*)')\s*\}""")
"""An expression that is a string, which is shown."""
_HEADING_ID = re.compile(r"^([ ]{0,3}#{1,6}[ \t][^\n]*?)\{/\*[ \t]*(#[\w:.-]+)[^*\n]*\*/\}[ \t]*$", re.MULTILINE)
"""A heading with its id in a comment, as Docusaurus has it from 3.10 on."""
_NEXT_COMPONENT = re.compile(r"</?[A-Z]")
_IMPORTED = re.compile(r"""import\s*(?:["']|\*\s*as\b|type\b|[\w$]+\s*(?:,|from\b)|\{)""")
_EXPORTED = re.compile(r"export\s+(?:const|let|var|function|class|default|async|type|interface|\{|\*)")

Hide = Callable[[str, str], str]
"""Makes a token of a source, and of what a reader sees of it."""


def mask_mdx(text: str, hide: Hide) -> str:
    """Put tokens for all that is program."""
    return _mask_inline(_HEADING_ID.sub(r"\1{\2}", _mask_modules(text, hide)), hide)


def _mask_modules(text: str, hide: Hide) -> str:
    """Hide `import` and `export`, which go on to an empty line outside of their braces."""
    out: list[str] = []
    position = 0
    braces = _Braces(text)
    for found in _MODULE.finditer(text):
        start = found.start()
        if start < position or not (_IMPORTED.match(text, start) or _EXPORTED.match(text, start)):
            continue
        if not _begins_block(text, start, position):
            continue
        end = _module_end(text, start, braces)
        out += [text[position:start], hide(text[start:end], "")]
        position = end
    return "".join([*out, text[position:]])


def _begins_block(text: str, start: int, hidden_to: int) -> bool:
    """Check whether a line is the first of a block; lines that are hidden before it are none."""
    before = text[hidden_to:start]
    return (
        not before.strip("\n \t") or before.endswith(("\n\n", "\n \n")) or text[:start].rstrip(" \t").endswith("\n\n")
    )


def _module_end(text: str, start: int, braces: "_Braces") -> int:
    position = start
    while True:
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        opened = text.find("{", position, line_end)
        if opened >= 0 and (closed := braces.end(opened)):
            position = closed
            continue
        following = text[line_end + 1 : text.find("\n", line_end + 1) if text.find("\n", line_end + 1) >= 0 else None]
        if line_end == len(text) or not following.strip() or _MODULE.match(following):
            return line_end
        position = line_end + 1


def _mask_inline(text: str, hide: Hide) -> str:
    """Hide expressions and the tags of components; labels and titles among their attributes are seen."""
    out: list[str] = []
    position = 0
    braces = _Braces(text)
    while found := _FENCED_OFF.search(text, position):
        start = found.start()
        out.append(text[position:start])
        sign = found[0]
        end = braces.end(start) if sign == "{" else _tag_end(text, found.end(), braces) if sign[0] == "<" else 0
        if end:
            source = text[start:end]
            seen = _seen(source)
            token = hide(source, seen)
            # A label on a line of its own is a paragraph, and so is what stands below it.
            is_line = sign != "{" and not text[text.rfind("\n", 0, start) + 1 : start].strip()
            # Tabs, cards and such stand apart, be they written on one line, and so do their titles.
            is_apart = _NEXT_COMPONENT.match(text, end) if sign.startswith("</") else seen and sign[0] == "<"
            out.append(f"\n\n{token}\n\n" if seen and is_line else f"{token} " if is_apart else token)
        else:
            out.append(sign)
            end = found.end()
        position = end
    return "".join([*out, text[position:]])


def _seen(source: str) -> str:
    """Return what a reader sees of an expression or of a tag."""
    if source[0] == "<":
        return " ".join(one or other for one, other in _SEEN.findall(source))
    string = _STRING.fullmatch(source)
    return next(filter(None, string.groups()), "") if string else ""


_TAG_SIGN = re.compile(r"[<>{\"']|\n[ \t]*\n")


def _tag_end(text: str, position: int, braces: "_Braces") -> int:
    """Return the offset behind a tag, or 0 if it is never closed."""
    while found := _TAG_SIGN.search(text, position):
        sign = found[0]
        if sign == ">":
            return found.end()
        if sign == "{":
            end = braces.end(found.start())
        elif sign in ("'", '"'):
            end = text.find(sign, found.end(), found.end() + MAX_PROGRAM) + 1
        else:
            return 0
        if not end:
            return 0
        position = end
    return 0


MAX_PROGRAM = 20_000
"""Characters of a string in a tag; longer ones are an apostrophe in the text."""


class _Braces:
    """Finds the brace that closes another, with strings and comments of programs in between; each is looked at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int] = {}

    def end(self, start: int) -> int:
        """Return the offset behind the brace that closes the one at an offset, or 0."""
        if start not in self._ends:
            opened: list[int] = []
            for position, is_opening in self._signs(start):
                if is_opening:
                    opened.append(position)
                else:
                    self._ends[opened.pop()] = position + 1
                    if not opened:
                        break
            self._ends.update(dict.fromkeys(opened, 0))
        return self._ends[start]

    def _signs(self, position: int) -> Iterator[tuple[int, bool]]:
        text = self._text
        while found := _IN_PROGRAM.search(text, position):
            sign, position = found[0], found.end()
            if sign in "{}":
                yield found.start(), sign == "{"
            elif sign == "/*":
                position = text.find("*/", position) + 2
                if position < 2:
                    return
            elif sign in "\"'`":
                position = self._string_end(sign, position)

    def _string_end(self, sign: str, position: int) -> int:
        """Skip a string; a quote that is not closed on its line is none."""
        line = self._text.find("\n", position)
        limit = len(self._text) if line < 0 or sign == "`" else line
        end = self._text.find(sign, position, limit)
        return end + 1 if end >= 0 else position
