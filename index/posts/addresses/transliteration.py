"""Write any script in ASCII, as the addresses and heading ids of Pelican and Zola are."""

import re
import unicodedata

from text_unidecode import unidecode  # type: ignore[import-untyped] # it has no types of its own

_NO_LETTER = re.compile("[^a-z0-9]+")
_MARK = re.compile("[\u0300-\u036f]+")


def strip_marks(text: str) -> str:
    """Take the accents off letters; letters of other scripts stay, as do signs that are no letters."""
    return text if text.isascii() else unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFD", text)))


def to_ascii(text: str) -> str:
    """Write a text in ASCII as it is pronounced, as far as one character by itself can tell."""
    return text if text.isascii() else str(unidecode(text))


def ascii_slug(text: str) -> str:
    """Write a text as lower ASCII letters and digits with hyphens between them, as Zola's crate `slug` does."""
    return _NO_LETTER.sub("-", to_ascii(text).lower()).strip("-")
