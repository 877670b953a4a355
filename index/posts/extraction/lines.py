"""Lines of text as readers see them."""

import re

_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ICONS = re.compile("[\ufeff\ue000-\uf8ff]")
"""Private characters, which icon fonts use, and the mark at the start of a file."""


def one_line(text: str) -> str:
    """Return a text on one line, without icons."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    # Within a line, a space without width separates words in some scripts; at its end, it is all that a link shows.
    return " ".join(_ICONS.sub("", printed(line)).split()).strip("\u200b ")


def printed(text: str) -> str:
    """Return a text without characters that cannot be printed."""
    return _UNPRINTED.sub("", text)
