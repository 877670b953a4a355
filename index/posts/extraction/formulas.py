r"""Formulas in TeX: where they stand in a text, and MathML of them, which browsers show without a script.

In the text of a post a formula is its source with its delimiters: `$E = mc^2$`, `$$…$$`, `\(…\)`, `\[…\]`. While a post
is read, marks stand around it, so that what looks like one in code is none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import Element, tostring

from ...model import Formula

BEGIN, END = "\ufdd2", "\ufdd3"
"""Characters that no text has, around a formula; `shortcodes` has two others."""

MAX_FORMULA = 3_000
"""A longer one is not made: it takes no reader, and time that grows faster than its length."""

MAX_MADE = 200_000
"""Characters of formulas that are made in one post, some two seconds' worth; a book of mathematics has fewer."""

MAX_KEPT = 4_096
"""Formulas that are kept as MathML; those of a post repeat."""

IN_MARKS = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}|[{BEGIN}{END}]")

_DELIMITED = re.compile(r"\$\$(.*)\$\$|\\\[(.*)\\\]|\\\((.*)\\\)|\$(.*)\$", re.DOTALL)

_UNREAD = re.compile(r"\\|^&$")
"""What the package leaves of commands and columns that it does not know."""

# fmt: off
MATHML_TAGS = frozenset((
    "math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd",
    "mtext", "mtr", "munder", "munderover", "none", "semantics",
))
# fmt: on
"""Elements of MathML that present a formula: those of MathML Core, and two that older pages have."""
MATHML_ATTRIBUTES = frozenset(
    "accent accentunder columnalign columnspan depth display displaystyle fence height largeop linethickness lspace"
    " mathsize mathvariant maxsize minsize movablelimits notation rowspan rspace scriptlevel separator stretchy"
    " symmetric voffset width".split()
)
"""Their attributes that lay them out."""


FORMULA_TAGS = frozenset(("math", "annotation", "script"))
"""MathML, TeX in it, and scripts, of which those of MathJax are TeX."""


class FormulaReader:
    """Follows the formulas of a page: those that have marks, and elements, of which TeX is read alone if they have it.

    Args:
        inline: The pieces of the line that is read; a formula in TeX takes the place of its element's.
    """

    def __init__(self, inline: list[str]) -> None:
        self.spans: list[tuple[int, int]] = []
        self._inline = inline
        self._at = self._source_at = -1
        self._source = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Open an element; return False if it is none of a formula that is read."""
        if tag == "annotation" and attributes.get("encoding") != "application/x-tex":
            return False
        if tag == "script" and not attributes.get("type", "").startswith("math/tex"):
            return False
        self._source_at = len(self._inline)
        if tag != "annotation":
            self._at, self._source = self._source_at, ""
        return True

    def end(self, tag: str) -> None:
        """Close an element."""
        if tag != "math":
            self._source = "".join(self._inline[self._source_at :]).strip()
        if tag != "annotation":
            if self._source and self._at >= 0:
                self._inline[self._at :] = [with_marks(rf"\({self._source}\)")]
            self._at = -1

    def unmark(self, line: str, offset: int) -> str:
        """Take the marks out of a line of the text, and keep the spans of the formulas; `offset` is where it begins."""
        if BEGIN not in line and END not in line:
            return line
        text, position = "", 0
        for found in IN_MARKS.finditer(line):
            text += line[position : found.start()]
            if found[1]:
                self.spans.append((offset + len(text), offset + len(text) + len(found[1])))
                text += found[1]
            position = found.end()
        return text + line[position:]


def with_marks(source: str) -> str:
    """Put the marks around a formula."""
    return f"{BEGIN}{source}{END}"


def without_marks(text: str) -> str:
    """Take the marks out of a text."""
    return IN_MARKS.sub(lambda found: found[1] or "", text) if BEGIN in text or END in text else text


@lru_cache(maxsize=MAX_KEPT)
def mathml(formula: str) -> str:
    """Return the MathML of a formula with its delimiters; "" if it cannot be made, so that its source is shown."""
    found = _DELIMITED.fullmatch(formula)
    if not found or len(formula) > MAX_FORMULA:
        return ""
    # Most journals have no formula, and it takes as long to load as half of what reads posts.
    from latex2mathml.converter import convert_to_element

    source = next((part for part in found.groups() if part is not None), "")
    try:
        root = convert_to_element(_known(source), display="block" if formula.startswith(("$$", r"\[")) else "inline")
    except Exception:  # Whatever its parser stumbles over, the source is shown.
        return ""
    return tostring(root, "unicode") if _clean(root) else ""


def formulas_of(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Formula]:
    """Yield the formulas of a text that can be shown, as far as they are made."""
    left = MAX_MADE
    for start, end in spans:
        left -= end - start
        made = mathml(text[start:end]) if left >= 0 else ""
        if made:
            yield Formula(start, end, made)


def _known(source: str) -> str:
    """Use the package's name of an environment."""
    return source.replace("{aligned}", "{split}")


def _clean(root: Element) -> bool:
    """Leave in MathML what lays it out; return False for a command that is not known, which is in it as a name."""
    for element in root.iter():
        # The package writes characters as references, and escapes nothing.
        element.text = unescape(element.text or "")
        if element.tag not in MATHML_TAGS or (element.tag != "mtext" and _UNREAD.search(element.text)):
            return False
        for name in [name for name in element.attrib if name not in MATHML_ATTRIBUTES]:
            del element.attrib[name]
    return True
