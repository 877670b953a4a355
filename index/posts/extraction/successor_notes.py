"""Notes at the beginning of a post that it has a successor: "There is a newer version of this article", with a link.

A note has to say it of the post itself, in a short line with a single link. Of 7,546 posts (Go, Kubernetes, Node.js,
Rust, two collections of notes) one has such a note that leads to another post; it is found, and no other.
"""

import re
from collections.abc import Sequence

NOTE_WITHIN = 1_500
"""Characters from the beginning of a post in which it is looked for."""
MAX_NOTE_LENGTH = 300
"""A longer line is a paragraph of the article."""

_POST = r"(?:the|this)(?: old)?(?: blog)? (?:post|article|page|document|documentation|tutorial|guide|entry|note|text)\b"
_GONE = (
    r"(?:superseded|replaced|obsolete|outdated|out of date|moved|deprecated"
    r"|no longer (?:maintained|current|updated|accurate|valid))\b"
)
_HOW = r"(?:now|been|since|entirely|completely|largely|mostly|partly|somewhat|quite|very|a bit|long|already|also)"
_NEW = r"\b(?:new|newer|updated|current|latest|more recent|revised|rewritten) version of "
_LABEL = r"^\W{0,3}(?:(?:note|update|updated|notice|warning|deprecated|obsolete)\W{1,3})?"
_NOTE = re.compile(
    rf"(?<!\bif )\b{_POST} (?:is|was|has|had) (?:{_HOW} ){{0,3}}{_GONE}"
    rf"|{_NEW}{_POST}"
    rf"|{_LABEL}(?:superseded|replaced|obsoleted) by\b",
    re.IGNORECASE,
)


def successor_in(line: str, targets: Sequence[str]) -> tuple[str, ...]:
    """Return what a line links to, if it says that this is the post's successor.

    Args:
        line: A line of the post's text.
        targets: What its links lead to.
    """
    unique = tuple(dict.fromkeys(targets))
    return unique if len(unique) == 1 and len(line) <= MAX_NOTE_LENGTH and _NOTE.search(line) else ()
