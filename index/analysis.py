"""Text to terms, with character offsets: the same for indexing, for queries and for highlights.

A term is a folded word. Its stem is not stored beside it: stems depend on the language, so that words of one stem are
brought together when a query is answered. Runs of Chinese, Japanese and Korean characters, which are written without
spaces, become overlapping pairs of characters (bigrams).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

# Hiragana, Katakana, Bopomofo, CJK ideographs with their extensions, Hangul.
CJK = "\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
TOKEN = re.compile(
    rf"(?P<cjk>[{CJK}]+)|[^\W_{CJK}]+(?:['’](?=[^\W\d_{CJK}])[^\W_{CJK}]+)*",
)

HAS_CJK = re.compile(f"[{CJK}]")

# A longer run of letters is data (base64, hashes), which nobody types; its beginning still finds it.
MAX_TERM = 64

# ISO 639-1 codes of the languages that Snowball stems (https://snowballstem.org/algorithms/).
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


class Tokens(NamedTuple):
    """The tokens of a text in reading order: their terms, and the spans of the text that they were made from.

    Parallel lists, since a text has thousands: a token's position is its place in them.
    """

    terms: list[str]
    starts: list[int]
    ends: list[int]


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Cut a text, or a part of it, into tokens."""
    end = len(text) if end is None else end
    found = list(TOKEN.finditer(text, start, end))
    if HAS_CJK.search(text, start, end):
        cut = [token for match in found for token in _tokens(match)]
        return Tokens([term for term, _, _ in cut], [begin for _, begin, _ in cut], [stop for _, _, stop in cut])
    return Tokens([fold(m[0]) for m in found], [m.start() for m in found], [m.end() for m in found])


def terms(text: str) -> list[str]:
    """Give the terms of a text, in reading order."""
    return tokenize(text).terms


def _tokens(match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """Give a word's one token, or those of a run without spaces."""
    run, start = match[0], match.start()
    if not match.lastgroup:
        yield fold(run), start, match.end()
    elif len(run) == 1:
        yield run, start, start + 1
    for i in range(len(run) - 1 if match.lastgroup else 0):
        yield run[i : i + 2], start + i, start + i + 2


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Bring a word's spellings together: case, compatibility forms, diacritics, apostrophes, the English genitive."""
    word = word[:MAX_TERM]
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.replace("’", "'"))
        word = "".join(c for c in decomposed if not unicodedata.combining(c))
    return word.casefold().removesuffix("'s").replace("'", "") or word


@cache
def _stemmer(language: str) -> "Stemmer.Stemmer | None":
    name = STEMMERS.get(language.partition("-")[0].lower())
    return Stemmer.Stemmer(name) if name else None


@lru_cache(maxsize=1 << 17)
def stem(term: str, language: str) -> str:
    """Give the stem of a term by its language's Snowball algorithm; the term itself where there is none.

    Terms with digits are names or numbers and keep their form.
    """
    stemmer = _stemmer(language)
    if stemmer is None or not term.isalpha():
        return term
    return str(stemmer.stemWord(term))
