"""Folding: the spellings of a word that are brought together in one term."""

import re
import unicodedata
from functools import lru_cache

# A longer run of letters is data (base64, hashes), which nobody types; its beginning still finds it.
MAX_TERM = 64

# Apostrophes, among them the letters of Ukrainian and Hawaiian, Hebrew's geresh, and what is typed in their place.
APOSTROPHES = "'’ʼʻ＇׳‘´"
# Hebrew's gershayim, as it is and as it is typed, between two letters.
GERSHAYIM = r"(?<=[\u05d0-\u05ea])[\"״”](?=[\u05d0-\u05ea])"
_GERSHAYIM = re.compile(GERSHAYIM)
# What is not seen: soft hyphens, joiners.
INVISIBLE = "\u00ad\u200c\u200d\u2060"

# Also Arabic's line between letters, and the dot below Devanagari's, which is often left out.
_UNSEEN = dict.fromkeys(map(ord, f"{INVISIBLE}{APOSTROPHES[1:]}\u0640\u093c"))
_STRAIGHT = dict.fromkeys(map(ord, APOSTROPHES), "'")

# Marks on Latin and Greek letters, all Cyrillic ones but that of й, vowels of Hebrew and Arabic; elsewhere, as in Indic
# scripts, marks are letters.
_DIACRITICS = re.compile(
    "(?<=[A-Za-z\u00c0-\u03ff])[\u0300-\u036f]+|(?<=[\u0400-\u04ff])[\u0300-\u0305\u0307-\u036f]+"
    "|[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+"
)

# Latin letters with a stroke, a hook, a bar and so on, whose names say what they are made of; Unicode does not.
_NAMED = re.compile(
    r"LATIN (?:SMALL|CAPITAL) (?:LETTER|LIGATURE) (?:AFRICAN |DOTLESS )?(AE|OE|[A-Z])(?: WITH .+)?(?<! TURNED)"
)
_REPLACED_LETTERS = {
    code: found[1].lower()
    for code in (*range(0xC0, 0x250), *range(0x2C60, 0x2C80), *range(0xA720, 0xA800))
    if (found := _NAMED.fullmatch(unicodedata.name(chr(code), "")))
}
_REPLACED_LETTERS |= {
    **dict.fromkeys(map(ord, "ðÐ"), "d"),
    **dict.fromkeys(map(ord, "þÞ"), "th"),
    **dict.fromkeys(map(ord, "ŋŊ"), "n"),
    **dict.fromkeys(map(ord, "ґҐ"), "г"),
    # Arabic letters as Persian, Urdu and Kurdish write them, and those that are often written without their dots.
    **dict.fromkeys(map(ord, "ىیےې"), "ي"),
    **dict.fromkeys(map(ord, "کڪ"), "ك"),
    **dict.fromkeys(map(ord, "ةہھە"), "ه"),
    ord("ٱ"): "ا",
}

# Spellings of Devanagari: a nasal before a consonant of its own class is also written as a dot, as in Hindi's own name.
_NASALS = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])|ँ")

_DIGITS = re.compile(r"[^\D0-9]")
_MICRO = re.compile("^μ(?=[smglafhvw]$)")
_ACCENTED = re.compile("[\u00b5\u00c0-\u024f\u03bc\u0490\u0491\u1e00-\u1eff]")


@lru_cache(maxsize=1 << 15)
def fold(word: str) -> str:
    """Bring a word's spellings together.

    Case, compatibility forms, accents, strokes and ligatures, letters of Arabic, nasals of Hindi, digits of all
    scripts, apostrophes, what is not seen, and the English genitive do not matter.
    """
    word = word[:MAX_TERM]
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", _GERSHAYIM.sub("", word).translate(_STRAIGHT)).translate(_UNSEEN)
        letters = _NASALS.sub("ं", _DIACRITICS.sub("", decomposed).translate(_REPLACED_LETTERS))
        digits = _DIGITS.sub(lambda digit: str(unicodedata.digit(digit[0])), letters)
        word = unicodedata.normalize("NFC", _MICRO.sub("u", digits)) or word
    return word.casefold().removesuffix("'s").replace("'", "") or word


def accented(word: str) -> str:
    """Return a word with its accents, without case; "" if folding takes none away."""
    if word.isascii():
        return ""
    exact = unicodedata.normalize("NFC", word[:MAX_TERM]).casefold()
    return exact if exact != fold(word) and _ACCENTED.search(exact) else ""
