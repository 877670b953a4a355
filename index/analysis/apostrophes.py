"""Apostrophes within words: which part two words, and which of the two a reader means.

French, Italian, Catalan and Irish elide (`l'algorithme`, `dell'arte`), Turkish adds endings to names (`Python'un`), and
programs have strings with a prefix (`f'retrying'`): these are two words. What English contracts is one (`don't`), and
so are words in which the apostrophe is a letter (`п'ять`).
"""

import re

from .folding import APOSTROPHES, fold

# Ends of English contractions and genitives.
_CONTRACTED = frozenset("d em ll m re s t ve".split())
_ONE_WORD = frozenset("aujourd'hui ma'am o'clock prud'homme prud'hommes y'all".split())

# What Lucene's filters for French, Italian, Catalan and Irish take away, and some more.
_ELIDED = frozenset(
    "b c d j l m n s t v qu jusqu lorsqu puisqu quoiqu quelqu presqu un gl agl all coll dagl dall degl dell negl nell "
    "pell quell quest sugl sull".split()
)
# Prefixes of strings in C, C++, Go's neighbours, Python, SQL.
_STRING_PREFIXES = frozenset("b br e f fr l n r rb rf u u8 ub ur x".split())

_ENDING = re.compile(
    "(?:y?[aeıiuü]|n[ae]|s[ıiuü]|[dt][ae](?:n|ki.*)?|n?[ıiuü]n(?:ki.*)?|y?l[ae]|n[dt][ae]n?|n?c[ae]|l[ıiuü](?:k.*)?"
    "|s[ıiuü]z|l[ae]r.*|[dt][ıiuü]r)"
)
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


def parts_words(left: str, right: str) -> bool:
    """Check whether an apostrophe between two texts parts words; both are of letters."""
    if not _is_latin(left[-1:]) or not _is_latin(right[:1]):
        return False
    return right.casefold() not in _CONTRACTED and f"{left}'{right}".casefold() not in _ONE_WORD


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"


def bare(word: str) -> str:
    """Return a word without what is elided before it or added behind it; the word itself if it is not of that kind."""
    left, sign, right = _parted(word)
    if not sign or _APOSTROPHE.search(right) or not parts_words(left, right):
        return word
    if left.casefold() in _ELIDED | _STRING_PREFIXES:
        return right
    return left if len(left) > 1 and _ENDING.fullmatch(right.casefold()) else word


def _parted(word: str) -> tuple[str, str, str]:
    found = _APOSTROPHE.search(word)
    if not found or not found.start() or found.end() == len(word) or not fold(word):
        return word, "", ""
    return word[: found.start()], found[0], word[found.end() :]
