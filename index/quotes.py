"""The words by which a browser finds a passage in its page: a text fragment, `#:~:text=`, that fits one place only.

What a fragment may hold: https://wicg.github.io/scroll-to-text-fragment/
"""

import re
from collections.abc import Sequence
from urllib.parse import quote as encoded

# Fewer words are seldom a quotation; more make an address that nobody wants to pass on.
MIN_WORDS, MAX_WORDS = 4, 14
# Words of a script without spaces are clauses.
MAX_LENGTH = 160

# Between these a page may have other space, or another block.
_GAP = re.compile(r"[^\S ]+| {2,}")
# Whole words with the signs around them; without spaces, a clause with its punctuation.
_WORD = re.compile(r"[^\s、。！？，：；「」『』（）]+[、。！？，：；」』）]*|[^\s\w]+")


class Page:
    """An article as its page shows it, folded as a browser compares.

    Args:
        text: The article's.
        titles: Whatever else stands on its page: its title, and those of its sections.
    """

    def __init__(self, text: str, titles: Sequence[str]) -> None:
        self._text = text
        self._folded = _folded("\n".join((text, *titles)))

    def directive(self, start: int, end: int) -> str:
        """Give what follows the anchor in a link to a span of the text; nothing where no quotation is unambiguous."""
        words = self._quotation(start, end)
        # A hyphen and a comma have a meaning in fragments.
        return ":~:text=" + encoded(words, safe="").replace("-", "%2D") if words else ""

    def _quotation(self, start: int, end: int) -> str:
        """Give the shortest run of words of one line that has the span and stands only here."""
        low, high = self._line(start)
        words = [match.span() for match in _WORD.finditer(self._text, low, high)]
        first = next((n for n, (_, stop) in enumerate(words) if stop > start), len(words))
        last = max(first, next((n for n, (_, stop) in enumerate(words) if stop >= end), len(words) - 1))
        while last < len(words) and last - first < MAX_WORDS:
            found = self._text[words[first][0] : words[last][1]]
            is_all = first == 0 and last == len(words) - 1
            if len(found) > MAX_LENGTH:
                break
            if (last - first + 1 >= MIN_WORDS or is_all) and self._folded.count(_folded(found)) == 1:
                return found
            if is_all:
                break
            # What follows is read first, and is cut off at the end of the line.
            first, last = (first, last + 1) if last < len(words) - 1 else (first - 1, last)
        return ""

    def _line(self, at: int) -> tuple[int, int]:
        low = max((gap.end() for gap in _GAP.finditer(self._text, max(0, at - MAX_LENGTH), at)), default=None)
        gap = _GAP.search(self._text, at)
        if low is None:
            # The line began before what is looked at: at a word, so that none is cut.
            low = self._text.find(" ", max(0, at - MAX_LENGTH), at) + 1 if at > MAX_LENGTH else 0
        return low, gap.start() if gap else len(self._text)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
