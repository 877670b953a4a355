"""Text fragments (`#:~:text=`), by which a browser finds a passage: what is quoted is unique in its page.

What a fragment may hold: https://wicg.github.io/scroll-to-text-fragment/ Browsers differ in what they find, so that a
fragment has only what all do: whole words of one line or cell, and no sign that a page may show as another one. A
sentence is a range from its first words to its last ones, and so is a passage across such a border.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote as encoded

from ..model import FOOTNOTE_SIGN

# What begins one, behind the `#` and the anchor.
TEXT_FRAGMENT = ":~:text="

# Fewer words are seldom a quotation; more make an address that nobody wants to pass on.
MIN_QUOTATION_WORDS, MAX_QUOTATION_WORDS = 4, 14
# Words of a script without spaces are clauses.
MAX_QUOTATION_LENGTH = 160

# The words that begin and end a range; with fewer, the first is seldom unique.
EDGE_WORDS = 4

# An expression that begins with one set of signs is searched for three times as fast as others, so that the cases look
# back at the sign. Behind an abbreviation, a sentence goes on in lower case.
_ENDS = r"(?<=[.!?…])[\"')\]”’»]*+\s++(?![a-z])|(?<=[。！？])[」』）”]*|(?<=\n)\n*"
SENTENCE_END = re.compile(rf"[.!?…。！？\n](?:{_ENDS})")
# The same from behind, where space may follow what it finds.
LAST_SENTENCE_END = re.compile(rf"(?s:.*){SENTENCE_END.pattern}")
# All space but the one between words, at which an expression would stop five times as often.
_OTHER_SPACE = r"\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Between these a page may have other space, or another block.
_GAP = re.compile(f"[{_OTHER_SPACE}]+")
# What ends a sentence, a line or a cell.
_BORDER = re.compile(rf"[.!?…。！？{_OTHER_SPACE}](?:{_ENDS}|(?<=[{_OTHER_SPACE}])[{_OTHER_SPACE}]*)")
# Whole words with the signs around them; without spaces, a clause with its punctuation.
_FRAGMENT_WORD = re.compile(r"[^\s、。！？，：；「」『』（）]+[、。！？，：；」』）]*|[^\s\w]+")
# What ends such a clause.
_CLAUSE_SIGN = re.compile("[、。！？，：；「」『』（）]")
# What typography makes of others: dashes, ellipses, arrows, quotation marks, (c); and signs of footnotes.
_TYPOGRAPHY = rf"–—―‒…←-⇿\"“”„«»‹›{FOOTNOTE_SIGN}"
_CHANGED = re.compile(rf"[{_TYPOGRAPHY}]|--|^-$|\.\.\.|[-=]>|<[-=]|\((?:c|r|tm)\)", re.I)
# What a text has that has such a word.
_MAY_CHANGE = re.compile(
    rf"[-=.<({_TYPOGRAPHY}](?:(?<=[{_TYPOGRAPHY}])|(?<=-)-|(?<!\w-)(?<=-)(?!\w)|(?<=\.)\.\.|(?<=[-=])>|(?<=<)[-=]"
    r"|(?<=\()(?:c|r|tm)\))",
    re.I,
)

# What an address has as it is, but for spaces.
_WRITTEN_AS_IS = re.compile(r"[\w.~ ]*", re.ASCII)

# Returns the text between two offsets.
Cut = Callable[[int, int], str]
# Checks whether a quotation is known to be unique in the article's page.
IsUnique = Callable[[str], bool]


class Quotable(NamedTuple):
    """Words that a fragment can quote, by their spans, next to each other."""

    words: list[tuple[int, int]]
    is_line: bool


def directive(start: int, end: int, length: int, cut: Cut, is_unique: IsUnique, *, is_code: bool = False) -> str:
    """Return the text fragment of a link to a span of a text; "" if no quotation is known to be unique.

    Args:
        start: Where the span begins.
        end: Where it ends.
        length: How long the text is.
        cut: Returns parts of it; only the surroundings of the span are read.
        is_unique: Checks whether a quotation is unique.
        is_code: Whether the span is in code, of which pages change no sign.
    """
    low, high = max(0, start - MAX_QUOTATION_LENGTH), min(length, end + 2 * MAX_QUOTATION_LENGTH)
    text = cut(low, high)
    whole = 0 if low == 0 else text.find(" ") + 1, len(text) if high == length else text.rfind(" ")
    # Several spaces are a gap as a tab is.
    text = text.replace("  ", "\t\t")
    place = start - low, end - low
    quoted = () if is_code else _sentence(text, whole, *place, is_unique)
    if not quoted:
        runs = list(_runs(text, *whole, is_code))
        quoted = _quotation(text, runs, *place, is_unique) or _range(text, runs, *place, is_unique)
    return TEXT_FRAGMENT + ",".join(map(_encoded, quoted)) if quoted else ""


def _encoded(words: str) -> str:
    """Return words as they stand in an address; a hyphen and a comma have a meaning in fragments."""
    if _WRITTEN_AS_IS.fullmatch(words):
        return words.replace(" ", "%20")
    return encoded(words, safe="").replace("-", "%2D")


def _runs(text: str, low: int, high: int, is_code: bool) -> Iterator[Quotable]:
    """Yield the runs of words that can be quoted, of the part of a text that has whole words."""
    borders = [
        low,
        *(place for gap in _GAP.finditer(text, low, max(low, high)) for place in gap.span()),
        max(low, high),
    ]
    for begin, stop in zip(borders[::2], borders[1::2], strict=True):
        words = _words(text, begin, stop)
        # Most stretches of prose have none of these signs.
        if is_code or not _MAY_CHANGE.search(text, begin, stop):
            yield from [Quotable(words, is_line=True)] * bool(words)
            continue
        cuts = [-1, *(n for n, (a, b) in enumerate(words) if _CHANGED.search(text[a:b])), len(words)]
        yield from (
            Quotable(words[before + 1 : after], is_line=len(cuts) == 2)
            for before, after in pairwise(cuts)
            if after - before > 1
        )


def _words(text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    """Return the spans of the words in a stretch of text without gaps."""
    part = text[begin:stop]
    if not part.isascii() and _CLAUSE_SIGN.search(part):
        return [match.span() for match in _FRAGMENT_WORD.finditer(text, begin, stop)]
    words, at = [], begin
    for word in part.split(" "):
        if word:
            words.append((at, at + len(word)))
        at += len(word) + 1
    return words


def _sentence(text: str, whole: tuple[int, int], start: int, end: int, is_unique: IsUnique) -> tuple[str, ...]:
    """Return a quotation of the whole sentence that has the span: all of it, or its first words and its last ones."""
    begin, stop = whole
    for border in _BORDER.finditer(text):
        if border.end() <= start:
            begin = max(begin, border.end())
        elif border.start() >= end:
            stop = min(stop, border.end())
            break
    inside = [run.words for run in _runs(text, begin, stop, is_code=False)]
    if not inside or start < inside[0][0][0] or inside[-1][-1][1] < end:
        return ()
    first = next((words for words in inside if len(words) >= EDGE_WORDS and words[0][0] <= start), inside[0])
    last = inside[-1]
    if len(inside) == 1 and MIN_QUOTATION_WORDS <= len(first) <= 2 * EDGE_WORDS:
        quoted: tuple[str, ...] = (_some(text, first),)
    else:
        first, last = first[:EDGE_WORDS], last[-EDGE_WORDS:]
        quoted = _some(text, first), _some(text, last)
        # The browser takes the first closing that it finds after the opening, whatever its case.
        if len(first) < EDGE_WORDS or text.lower().find(quoted[1].lower(), first[-1][1]) != last[0][0]:
            return ()
    return quoted if len(quoted[0]) <= MAX_QUOTATION_LENGTH and is_unique(quoted[0]) else ()


def _quotation(text: str, runs: Sequence[Quotable], start: int, end: int, is_unique: IsUnique) -> tuple[str, ...]:
    """Return the shortest unique quotation that has the span: some words of a run, or a whole line of two or more."""
    run = next((run for run in runs if run.words[0][0] <= start and end <= run.words[-1][1]), None)
    if run is None:
        return ()
    words = run.words
    first = next(n for n, (_, stop) in enumerate(words) if stop > start)
    last = next(n for n, (_, stop) in enumerate(words) if stop >= end)
    while last - first < MAX_QUOTATION_WORDS:
        found = text[words[first][0] : words[last][1]]
        is_all = first == 0 and last == len(words) - 1
        if len(found) > MAX_QUOTATION_LENGTH:
            break
        if (last - first + 1 >= MIN_QUOTATION_WORDS or (is_all and run.is_line and last)) and is_unique(found):
            return (found,)
        if is_all:
            break
        # What follows is read first, and is cut off at the end of the run.
        first, last = (first, last + 1) if last < len(words) - 1 else (first - 1, last)
    return ()


def _range(text: str, runs: Sequence[Quotable], start: int, end: int, is_unique: IsUnique) -> tuple[str, ...]:
    """Return a range that has the span: unique words of a run at or before it, and words of another one after it."""
    here = sum(run.words[0][0] <= start for run in runs)
    after = next((run for run in runs[here:] if run.words[-1][1] >= end), None)
    for number in range(here - 1, -1, -1):
        run, following = runs[number], after or (runs[here - 1] if number < here - 1 else None)
        if following is None:
            continue
        near = sum(begin <= start for begin, _ in run.words)
        for first in range(max(0, near - 1), max(-1, near - 1 - MAX_QUOTATION_WORDS), -1):
            words = run.words[first : first + MIN_QUOTATION_WORDS]
            opening, closing = _some(text, words), _some(text, following.words[:MIN_QUOTATION_WORDS])
            # The browser takes the first that it finds after the opening.
            has_span = text.find(closing, words[-1][1]) + len(closing) >= end
            if (first == 0 or len(words) == MIN_QUOTATION_WORDS) and has_span and is_unique(opening):
                return opening, closing
    return ()


def _some(text: str, words: Sequence[tuple[int, int]]) -> str:
    return text[words[0][0] : words[-1][1]]
