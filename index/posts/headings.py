"""Heading ids, made the way the site's own generator makes them, so that links land on the heading."""

import re
import unicodedata
from collections.abc import Set

from markdown.extensions.toc import slugify

from index.settings import HeadingIds

_ASCII_EXTRA = re.compile(r"[^a-z0-9_\- ]")
_KRAMDOWN_HEAD = re.compile(r"^[^a-zA-Z]+")
_KRAMDOWN_EXTRA = re.compile(r"[^a-zA-Z0-9 -]")

NAMELESS = "section"
"""The id of a heading that has no letter in it, as kramdown has it."""


class HeadingIdMaker:
    """Gives out the ids of one page; none twice."""

    def __init__(self, style: HeadingIds) -> None:
        self._make = {"github": github, "kramdown": kramdown, "python": python}[style]
        self._joint = "_" if style == "python" else "-"
        self._taken: set[str] = set()
        self._copies: dict[str, int] = {}

    @property
    def taken(self) -> Set[str]:
        """The ids that were given out."""
        return self._taken

    def claim(self, anchor: str) -> str:
        """Keep an id that the author wrote, so that no other heading gets it."""
        self._taken.add(anchor)
        return anchor

    def make(self, title: str) -> str:
        """Make the id of a heading from its words; the second of a kind ends in 1, the third in 2."""
        base = self._make(title) or NAMELESS
        anchor, copy = base, self._copies.get(base, 0)
        while anchor in self._taken:
            copy += 1
            anchor = f"{base}{self._joint}{copy}"
        self._copies[base] = copy
        return self.claim(anchor)


def github(title: str) -> str:
    """Lower case, spaces to hyphens, letters, marks, digits, `-` and `_` kept: GitHub, Hugo, Jekyll with GFM."""
    title = title.strip().lower()
    if title.isascii():
        return _ASCII_EXTRA.sub("", title).replace(" ", "-")
    return "".join(_github_character(character) for character in title)


def _github_character(character: str) -> str:
    if character == " ":
        return "-"
    if character in "-_" or character.isalnum() or unicodedata.category(character) in ("Mn", "Mc", "Pc"):
        return character
    return ""


def kramdown(title: str) -> str:
    """What stands before the first letter goes, then all but ASCII letters, digits, hyphens; `basic_generate_id`."""
    return _KRAMDOWN_EXTRA.sub("", _KRAMDOWN_HEAD.sub("", title)).replace(" ", "-").lower()


def python(title: str) -> str:
    """Python-Markdown's own, which MkDocs and Pelican use."""
    return str(slugify(title, "-"))
