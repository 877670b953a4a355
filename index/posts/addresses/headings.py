"""Heading ids, made the way the site's own generator makes them, so that links land on the heading.

The rules are those of the generators' sources, and are compared with what they built (tests/golden/headings.json).
"""

import re
import unicodedata
from collections.abc import Callable, Set

from ...settings import HeadingIds
from .transliteration import ascii_slug, strip_marks

CODE_SIGN = "\x02"
"""Stands around code in a heading, in which typography changes nothing."""
FALLBACK_ID = "section"
"""The id of a heading that has no letter in it, as kramdown has it; Hugo's is `heading`."""

_ASCII_EXTRA = re.compile(r"[^a-z0-9_\- ]")
_KRAMDOWN_HEAD = re.compile(r"^[^a-zA-Z]+")
_KRAMDOWN_EXTRA = re.compile(r"[^a-zA-Z0-9 -]")
_HEXO_SPECIAL = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+")
_DASHES = re.compile("---?")
_OPENING_SINGLE = re.compile(r"(^|[-—/(\[{\"\s])'")
_OPENING_DOUBLE = re.compile(r"(^|[-—/(\[{‘\s])\"")


class HeadingIdMaker:
    """Makes the ids of one page, each once."""

    def __init__(self, style: HeadingIds) -> None:
        self._make, self._fallback = _STYLES[style]
        self._is_python = style == "python"
        self._taken: set[str] = set()
        self._copies: dict[str, int] = {}

    @property
    def taken(self) -> Set[str]:
        """The ids in use."""
        return self._taken

    def claim(self, anchor: str) -> str:
        """Reserve an id that the author wrote, so that no other heading gets it."""
        self._taken.add(anchor)
        return anchor

    def make(self, title: str) -> str:
        """Make the id of a heading from its words; the second of a kind ends in 1, the third in 2.

        Args:
            title: The words with all spaces between them, and `CODE_SIGN` around code.
        """
        base = self._make(title.strip()) or self._fallback
        if self._is_python:
            from markdown.extensions.toc import unique  # Journals of other generators do without the package.

            return str(unique(base, self._taken))
        anchor, copy = base, self._copies.get(base, 0)
        while anchor in self._taken:
            copy += 1
            anchor = f"{base}-{copy}"
        self._copies[base] = copy
        return self.claim(anchor)


def github_id(title: str) -> str:
    """Lower the case, turn spaces to hyphens, keep letters, marks, decimal digits, `-` and `_`, as github-slugger."""
    title = _plain(title).lower()
    if title.isascii():
        return _ASCII_EXTRA.sub("", title).replace(" ", "-")
    return "".join(map(_github_character, title))


def _github_character(character: str) -> str:
    if character in "- ":
        return "-"
    kind = unicodedata.category(character)
    return character if kind[0] in "LM" or kind in ("Nd", "Nl", "Pc") else ""


def jekyll_id(title: str) -> str:
    """Make the id as kramdown does with GFM, which Jekyll has by default: GitHub's, after dashes are made of `--`."""
    return github_id(_with_dashes(title))


def kramdown_id(title: str) -> str:
    """Drop everything before the first letter, then all but ASCII letters, digits, hyphens: `basic_generate_id`."""
    return _KRAMDOWN_EXTRA.sub("", _KRAMDOWN_HEAD.sub("", _plain(title))).replace(" ", "-").lower()


def python_id(title: str) -> str:
    """Make the id as Python-Markdown does, which MkDocs and Pelican use."""
    from markdown.extensions.toc import slugify

    return str(slugify(_plain(title), "-"))


def hugo_id(title: str) -> str:
    """Make the id as Hugo does by default: GitHub's without marks, and with letters and digits alone."""
    # Go lowers each character by itself: a dotted capital I gets no dot beside it.
    return "".join(map(_hugo_character, "".join(sign.lower()[:1] for sign in _with_dashes(title))))


def _hugo_character(character: str) -> str:
    if character in "- ":
        return "-"
    kind = unicodedata.category(character)
    return character if character == "_" or kind[0] == "L" or kind == "Nd" else ""


def hugo_ascii_id(title: str) -> str:
    """Make the id as Hugo does with `autoIDType = "github-ascii"`: letters without their marks, if they are ASCII."""
    return _ASCII_EXTRA.sub("", strip_marks(hugo_id(strip_marks(_with_dashes(title)))))


def blackfriday_id(title: str) -> str:
    """Make the id as Blackfriday did: letters and numbers, a hyphen for what stands between them."""
    words = "".join(sign.lower()[:1] if _is_letter_or_number(sign) else " " for sign in _with_dashes(title))
    return "-".join(words.split())


def _is_letter_or_number(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def hexo_id(title: str) -> str:
    """Make the id as hexo-renderer-marked does: typographic, without accents, the case kept."""
    return hexo_slug(_typographic(title))


def hexo_slug(text: str) -> str:
    """Write a text as `slugize` of hexo-util does."""
    return _HEXO_SPECIAL.sub("-", strip_marks(text).replace("ß", "s").replace("ø", "o").replace("Ø", "O")).strip("-")


def zola_id(title: str) -> str:
    """Make the id as Zola does: ASCII for every script, with hyphens."""
    return ascii_slug(_plain(title))


def _plain(title: str) -> str:
    return title.replace(CODE_SIGN, "")


def _outside_code(title: str, change: Callable[[str], str]) -> str:
    parts = title.split(CODE_SIGN)
    parts[::2] = map(change, parts[::2])
    return "".join(parts)


def _with_dashes(title: str) -> str:
    """Make a dash of two or three hyphens, as the generators' typography does before the id is made."""
    return _outside_code(title, lambda text: _DASHES.sub("–", text)) if "--" in title else _plain(title)


def _typographic(title: str) -> str:
    """Make dashes, quotation marks and ellipses as `smartypants` of hexo-renderer-marked does."""
    return _outside_code(title, _smart) if any(sign in title for sign in ("--", "'", '"', "...")) else _plain(title)


def _smart(text: str) -> str:
    text = text.replace("---", "—").replace("--", "–")
    text = _OPENING_SINGLE.sub(r"\1‘", text).replace("'", "’")
    return _OPENING_DOUBLE.sub(r"\1“", text).replace('"', "”").replace("...", "…")


_STYLES: dict[HeadingIds, tuple[Callable[[str], str], str]] = {
    "github": (github_id, FALLBACK_ID),
    "jekyll": (jekyll_id, FALLBACK_ID),
    "kramdown": (kramdown_id, FALLBACK_ID),
    "python": (python_id, ""),
    "hugo": (hugo_id, "heading"),
    "hugo-ascii": (hugo_ascii_id, "heading"),
    "blackfriday": (blackfriday_id, "heading"),
    "hexo": (hexo_id, FALLBACK_ID),
    "zola": (zola_id, FALLBACK_ID),
}
