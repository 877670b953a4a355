"""List indentation as authors write it today, turned into what the `markdown` package understands.

CommonMark counts what belongs to a list item from where the item's own text starts (2 or 3 columns); the package wants
4 columns for each level; an admonition counts as an item. Without this, nested lists come out flat and every code block
ends its list.
"""

import re

TAB = 4

_ITEM = re.compile(r"( *)([*+-]|\d{1,9}[.)])( {1,4})(?=\S)")
_ADMONITION = re.compile(r" *!!! ")
_ANY_ITEM = re.compile(r"^ {0,3}(?:[*+-]|\d{1,9}[.)]|!!!) ", re.MULTILINE)
_INTERRUPTING = frozenset(("-", "*", "+", "1.", "1)"))
"""Markers that start a list right below a line of a paragraph; "1984. A year" does not."""
_RULE = re.compile(r" *([*-])(?: *\1){2,} *$")


class ListIndenter:
    """Goes through the lines of one text, which may come in several pieces."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start a new text."""
        self._levels: list[int] = []
        self._after_blank = True
        self._after_text = False

    def indent(self, text: str) -> str:
        """Rewrite a piece of text that consists of whole lines."""
        if not self._levels and not _ANY_ITEM.search(text):
            self._after_blank = text.endswith("\n\n")
            return text
        return "\n".join([self._line(line) for line in text.split("\n")])

    def block(self, line: str) -> str:
        """Rewrite a line that starts a block by itself, whatever stood before it."""
        self._after_blank = True
        return self._line(line)

    def beyond(self, width: int) -> int:
        """Tell how far a line that is indented by `width` stands beyond the text of the item that it belongs to."""
        return width - max((level for level in self._levels if level <= width), default=0)

    def _line(self, line: str) -> str:
        content = line.lstrip(" ")
        if not content:
            self._after_blank = True
            return line
        width, in_list, after_blank = len(line) - len(content), bool(self._levels), self._after_blank
        item = None if _RULE.match(line) else _ITEM.match(line)
        self._after_blank = False
        glued = self._after_text and not after_blank
        self._after_text = not item and in_list and (after_blank or self._after_text)
        if item or after_blank:
            self._leave(width)
        if _ADMONITION.match(line):
            return self._admonition(content, width)
        beyond = max(0, width - self._levels[-1]) if self._levels else width
        if item and beyond < TAB and (in_list or after_blank or item[2] in _INTERRUPTING):
            return self._item(line, item, "\n" if glued or not (in_list or after_blank) else "")
        return " " * (TAB * len(self._levels) + beyond) + content

    def _admonition(self, content: str, width: int) -> str:
        self._leave(width)
        indent = " " * (TAB * len(self._levels))
        self._levels.append(width + TAB)
        return f"{indent}{content}"

    def _leave(self, width: int) -> None:
        while self._levels and width < self._levels[-1]:
            self._levels.pop()

    def _item(self, line: str, item: re.Match[str], gap: str) -> str:
        indent = " " * (TAB * len(self._levels))
        self._levels.append(item.end())
        return f"{gap}{indent}{item[2].replace(')', '.')} {line[item.end() :]}"
