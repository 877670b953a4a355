"""The links of a page while it is read: what they are called, and which of them lead to the post's successor."""

from ...model import FOOTNOTE_SIGN
from .formulas import without_marks
from .lines import one_line
from .successor_notes import NOTE_WITHIN, successor_in
from .tags import PERMALINK_SIGNS

MAX_LINKS, MAX_LINK_PIECES, MAX_LINK_TEXT = 200, 20, 60
"""Links of a post whose texts are kept, the pieces and the characters of one: a name, no sentence."""
MAX_SIGN_PIECES = 5
"""Pieces of text that a permalink's sign and the space around it come in; no longer link is put together for it."""


class LinkReader:
    """Follows the links of a page.

    Args:
        inline: The pieces of the line that is read; the sign of a permalink is taken out of them.
    """

    def __init__(self, inline: list[str]) -> None:
        self.successors: tuple[str, ...] = ()
        self._inline = inline
        self._open: list[tuple[int, str]] = []
        self._targets_of_line: list[str] = []
        self._named: dict[tuple[str, str], None] = {}

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Texts of links to other pages, with what they lead to."""
        return tuple(self._named)

    def start(self, target: str, offset: int) -> None:
        """Open a link; `offset` is where its line begins in the text."""
        self._open.append((len(self._inline), target))
        if target and offset < NOTE_WITHIN:
            self._targets_of_line.append(target)

    def end(self) -> None:
        """Close the innermost link; ignore one that was never opened."""
        if not self._open:
            return
        position, target = self._open.pop()
        pieces = len(self._inline) - position
        if pieces > MAX_LINK_PIECES:
            return
        text = "".join(self._inline[position:]).strip()
        if text in PERMALINK_SIGNS and pieces <= MAX_SIGN_PIECES:
            del self._inline[position:]
        elif text and target and target[0] != "#" and len(text) <= MAX_LINK_TEXT and len(self._named) < MAX_LINKS:
            self._named[one_line(without_marks(text)).replace(FOOTNOTE_SIGN, ""), target] = None

    def end_line(self, line: str) -> None:
        """Look whether a line says that one of its links leads to the successor."""
        if self._targets_of_line:
            self.successors += successor_in(line, self._targets_of_line)
            self._targets_of_line.clear()
