"""The words by which a browser finds a passage in its page: a text fragment, `#:~:text=`, that fits one place only.

What a fragment may hold: https://wicg.github.io/scroll-to-text-fragment/
"""

import re
from collections.abc import Callable
from urllib.parse import quote as encoded

# Fewer words are seldom a quotation; more make an address that nobody wants to pass on.
MIN_WORDS, MAX_WORDS = 4, 14
# Words of a script without spaces are clauses.
MAX_LENGTH = 160

# Between these a page may have other space, or another block.
_GAP = re.compile(r"[^\S ]+| {2,}")
# Whole words with the signs around them; without spaces, a clause with its punctuation.
_WORD = re.compile(r"[^\s、。！？，：；「」『』（）]+[、。！？，：；」』）]*|[^\s\w]+")

# Gives the text between two offsets.
Cut = Callable[[int, int], str]
# Tells whether words are known to stand only once on the article's page.
Once = Callable[[str], bool]


def directive(start: int, end: int, length: int, cut: Cut, once: Once) -> str:
    """Give what follows the anchor in a link to a span of a text; nothing where no quotation is surely unambiguous.

    Args:
        start: Where the span begins.
        end: Where it ends.
        length: How long the text is.
        cut: Gives parts of it; only what is around the span is asked for.
        once: Tells what stands only once.
    """
    low, high = max(0, start - MAX_LENGTH), min(length, end + 2 * MAX_LENGTH)
    words = _quotation(cut(low, high), start - low, end - low, once, is_all=(low == 0, high == length))
    # A hyphen and a comma have a meaning in fragments.
    return ":~:text=" + encoded(words, safe="").replace("-", "%2D") if words else ""


def _quotation(text: str, start: int, end: int, once: Once, is_all: tuple[bool, bool]) -> str:
    """Give the shortest run of words of one line that has the span and stands only here."""
    low, high = _line(text, start, is_all)
    words = [match.span() for match in _WORD.finditer(text, low, high)]
    first = next((n for n, (_, stop) in enumerate(words) if stop > start), len(words))
    last = max(first, next((n for n, (_, stop) in enumerate(words) if stop >= end), len(words) - 1))
    while last < len(words) and last - first < MAX_WORDS:
        found = text[words[first][0] : words[last][1]]
        is_line = first == 0 and last == len(words) - 1
        if len(found) > MAX_LENGTH:
            break
        if (last - first + 1 >= MIN_WORDS or is_line) and once(found):
            return found
        if is_line:
            break
        # What follows is read first, and is cut off at the end of the line.
        first, last = (first, last + 1) if last < len(words) - 1 else (first - 1, last)
    return ""


def _line(text: str, at: int, is_all: tuple[bool, bool]) -> tuple[int, int]:
    """Give where the line with an offset begins and ends; where text is cut off at its ends, at a word instead."""
    low = max((gap.end() for gap in _GAP.finditer(text, 0, at)), default=None)
    if low is None:
        low = 0 if is_all[0] else text.find(" ", 0, at) + 1
    gap = _GAP.search(text, at)
    if gap:
        return low, gap.start()
    return low, len(text) if is_all[1] else max(at, text.rfind(" "))
