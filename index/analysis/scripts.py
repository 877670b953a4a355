"""Characters of scripts: which belong to words, which are written without spaces, and pairs of the latter."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import compress, pairwise

from .tokens import Tokens

# Written without spaces: Thai, Lao, Burmese, Khmer; Hiragana, Katakana, Bopomofo, CJK ideographs with their extensions,
# Hangul in syllables and in letters.
CJK = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u109f\u1100-\u11ff\u1780-\u17d3\u3005\u3040-\u30ff\u3100-\u318f"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ef\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U00020000-\U0003ffff"
)

# Which of several drawings of an ideograph is meant.
_VARIANTS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"

HAS_CJK = re.compile(f"[{CJK}]")
RUN = f"[{CJK}][{CJK}{_VARIANTS}]*"


def _ranges(codes: Iterable[int]) -> Iterator[str]:
    """Yield ascending code points as ranges of a regular expression's class."""
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return (f"{chr(first)}-{chr(last)}" for first, last in found)


@cache
def marks() -> str:
    """Return marks that belong to the letter before them as ranges: accents, vowels, signs of Indic scripts.

    Python counts them to no word. They are of the basic plane; variation selectors and marks around pictures are none.
    """
    codes = (*range(0x300, 0x3000), *range(0xA000, 0xAC00), 0xFB1E)
    is_mark = [unicodedata.category(chr(code)).startswith("M") and not HAS_CJK.match(chr(code)) for code in codes]
    return "".join(_ranges(compress(codes, is_mark)))


# Characters that are never parts of others.
_UNMARKED = re.compile("[\u3005\u3041-\u3096\u30a1-\u30fe\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")
# More signs on one letter are no writing.
MAX_SIGNS = 8
# Signs that stack the next consonant below: Burmese, Khmer.
_STACKING = "\u1039\u17d2"
# A vowel of Thai and of Lao that is often typed as two signs, and the two.
_AM = {"\u0e32": ("\u0e4d", "\u0e33"), "\u0eb2": ("\u0ecd", "\u0eb3")}
_VARIANT = re.compile(f"[{_VARIANTS}]")


def pairs(run: str) -> Tokens:
    """Cut a run without spaces into pairs of characters; the last character also stands by itself beside its pair.

    A single character is so found wherever it stands: all others begin a pair.
    """
    chars, starts, ends = characters(run)
    if len(chars) < 2:
        return Tokens(chars, starts, ends, [])
    last = len(chars) - 1
    terms = [first + second for first, second in pairwise(chars)]
    return Tokens(terms, starts[:last], ends[1:], [(last - 1, chars[-1])])


def characters(run: str) -> tuple[list[str], list[int], list[int]]:
    """Return the characters of a run as readers see them, with their offsets.

    A letter comes with its marks, a Hangul syllable and a voiced kana in one piece, half-width forms in full width.
    """
    if _UNMARKED.fullmatch(run):
        return list(run), list(range(len(run))), list(range(1, len(run) + 1))
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, char in enumerate(run):
        full = unicodedata.normalize("NFKC", char)
        joined = _joined(chars[-1], full if len(full) == 1 else char) if chars else None
        if joined is None:
            chars.append(full if len(full) == 1 else char)
            starts.append(at)
            ends.append(at + 1)
        else:
            chars[-1], ends[-1] = joined, at + 1
    return chars, starts, ends


def _joined(before: str, char: str) -> str | None:
    """Return a character with one that belongs to it; None if that begins a new one."""
    if len(before) >= MAX_SIGNS:
        return None
    composed = unicodedata.normalize("NFC", before + char)
    if len(composed) <= len(before):
        return composed
    if _VARIANT.match(char):
        return before
    sign, vowel = _AM.get(char, ("", ""))
    if sign and sign in before:
        return before.replace(sign, "") + vowel
    belongs = unicodedata.category(char).startswith("M") or char in "\u0e33\u0eb3" or before[-1] in _STACKING
    return before + char if belongs else None
