"""Text to terms, with character offsets: the same for indexing, for queries and for highlights.

A term is a folded word. Its stem is not stored beside it: stems depend on the language, so that words of one stem are
brought together when a query is answered. What is written without spaces (Chinese, Japanese, Korean, Thai) becomes
overlapping pairs of characters (bigrams).

Code is made of the same words. `max_open_conns`, `sync.Pool`, `net/http` and `1.22.3` are words next to each other,
which a query finds as a phrase; `maxOpenConns` is one. Beside the words stand their other forms, so that each is found
by each:

    max_open_conns, max-open-conns    maxopenconns
    maxOpenConns                      max, open, conns
    --race, $PATH, .NET, @property    as they are written
    café                              as it is written, beside cafe
    ->, :=, ==, ...                   as they are written, beside the word that follows
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

import Stemmer

# Written without spaces: Thai, Lao, Khmer; Hiragana, Katakana, Bopomofo, CJK ideographs with their extensions, Hangul.
CJK = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1780-\u17d3\u3005\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)

# Marks that belong to the letter before them, which `\w` leaves out: accents, Hebrew and Arabic vowels, Indic scripts'.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c03\u0c3e-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3b-\u0d4d\u20d0-\u20f0"
)

# The marks that make a kana voiced.
VOICED = "\u3099\u309a"

# What has a meaning of its own when it stands between words, and is searched for.
OPERATORS = frozenset(
    "-> => <- := == != === !== <= >= <=> << >> && || ?? ?. .. ... ..= ::= :: ++ -- += -= *= /= |= &= ^= &^ ** |>"
    " <| >>= >>> =~ ~> <$> <*>".split()
)

# Letters and digits, and marks on them: runs are matched at once, which takes a third less time than one by one.
_WORD = rf"[^\W_{CJK}]+(?:[{MARKS}]+[^\W_{CJK}]*)*"
_COMPOUND = rf"{_WORD} (?: (?: ['’](?=[^\W\d_]) | [\-‐\u00ad] | _+ ) {_WORD} )*"
_TOKEN = re.compile(
    rf"""
    (
    [{CJK}]+
    # C++, C#
    | {_COMPOUND} (?: (?<![\d_])\+\+(?!\w) | (?<!\w\w)(?<!\d)\#(?!\w) )?
    # --race, -n, $PATH, .NET, @property: where a word could begin
    | [-.$@] (?<! [^\s"'`(\[{{<|,=] [-.$@] ) (?: (?<=-)-? | (?<=\.)(?=[A-Z]) | (?<=[$@]) ) {_COMPOUND}
    | [-=<>:.+*/&|!?~^$]{{2,}}
    )
    """,
    re.VERBOSE,
)

# `HTTPServer` is HTTP and Server, `sha256Sum` sha256 and Sum, but `APIs` is one word.
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z\d]+|[A-Z\d]+")
_HUMPED = re.compile(r"(?![A-Z]+s$).*(?:[a-z\d][A-Z]|[A-Z]{2}[a-z])", re.ASCII)

# Names with a hump whose parts are something else.
NAMES = frozenset(
    "coffeescript fastapi github gitlab javascript linkedin livescript matlab mysql powershell typescript "
    "youtube".split()
)

_SEPARATORS = re.compile("[-_‐]+")
HAS_CJK = re.compile(f"[{CJK}]")

# A longer run of letters is data (base64, hashes), which nobody types; its beginning still finds it.
MAX_TERM = 64

# More parts are a sentence or data, which has no other form that anybody types.
MAX_PARTS = 8

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

    Attributes:
        terms: One a token.
        starts: Offset of a token's first character.
        ends: Offset after its last one.
        extras: Other forms, each with the position of the token that it stands beside; an operator stands beside the
            word that follows, which after the last word is nothing.
    """

    terms: list[str]
    starts: list[int]
    ends: list[int]
    extras: list[tuple[int, str]]


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Cut a text, or a part of it, into tokens."""
    # What lies between tokens, a token, what lies between: strings cost half of what match objects do.
    parts = _TOKEN.split(text[start:end])
    offsets = list(accumulate(map(len, parts), initial=start))
    cuts, starts, ends = list(map(_cut, parts[1::2])), offsets[1:-1:2], offsets[2::2]
    several = [place for place, cut in enumerate(cuts) if type(cut) is not str]
    if not several:
        return Tokens(cuts, starts, ends, [])  # type: ignore[arg-type]
    tokens, at = Tokens([], [], [], []), 0
    for place in [*several, len(cuts)]:
        tokens.terms.extend(cuts[at:place])  # type: ignore[arg-type]
        tokens.starts.extend(starts[at:place])
        tokens.ends.extend(ends[at:place])
        if place < len(cuts):
            _append(tokens, cuts[place], starts[place])  # type: ignore[arg-type]
        at = place + 1
    return tokens


def _append(tokens: Tokens, cut: Tokens, begin: int) -> None:
    position = len(tokens.terms)
    tokens.terms.extend(cut.terms)
    tokens.starts.extend([begin + start for start in cut.starts])
    tokens.ends.extend([begin + end for end in cut.ends])
    tokens.extras.extend([(position + place, term) for place, term in cut.extras])


def terms(text: str) -> list[str]:
    """Give the terms of a text, in reading order, without their other forms."""
    cuts = map(_cut, _TOKEN.findall(text))
    return [term for cut in cuts for term in ((cut,) if type(cut) is str else cut.terms)]  # type: ignore[union-attr]


@lru_cache(maxsize=1 << 17)
def _cut(found: str) -> str | Tokens:
    """Give the one term of what was found, or its tokens where there are several or other forms."""
    if found.isascii() and found.isalnum() and not _HUMPED.match(found):
        return fold(found)
    if HAS_CJK.match(found):
        return _bigrams(found)
    word = found.lstrip("-.$@")
    if not word[:1].isalnum():
        return Tokens([], [], [], [(0, found)] if found in OPERATORS else [])
    return _compound(found, word)


def _bigrams(run: str) -> Tokens:
    """Cut a run without spaces into pairs of characters."""
    chars, starts, ends = _characters(run)
    last = max(1, len(chars) - 1)
    return Tokens(["".join(chars[i : i + 2]) for i in range(last)], starts[:last], [*ends[1:], ends[-1]][:last], [])


def _characters(run: str) -> tuple[list[str], list[int], list[int]]:
    """Give a run's characters in full width, with where each begins and ends: a half-width one may have two parts."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, char in enumerate(run):
        full = unicodedata.normalize("NFKC", char)
        marked = unicodedata.normalize("NFC", chars[-1] + full) if chars and full in VOICED else ""
        if len(marked) == 1:
            chars[-1], ends[-1] = marked, at + 1
        else:
            # What would become several characters, as Thai's sara am, is one that is typed.
            chars.append(full if len(full) == 1 else char)
            starts.append(at)
            ends.append(at + 1)
    return chars, starts, ends


def _compound(found: str, word: str) -> Tokens:
    """Cut what was found at its separators; `word` is the same without the sign before it."""
    tokens, at = Tokens([], [], [], []), len(found) - len(word)
    for part in _parts(word):
        tokens.extras.extend((len(tokens.terms), form) for form in _forms(part))
        tokens.terms.append(fold(part))
        tokens.starts.append(word.index(part, tokens.ends[-1] - at if tokens.ends else 0) + at)
        tokens.ends.append(tokens.starts[-1] + len(part))
    if 1 < len(tokens.terms) <= MAX_PARTS and not tokens.terms[0].isdigit():
        tokens.extras.append((0, "".join(tokens.terms)[:MAX_TERM]))
    if word != found:
        tokens.starts[0] = 0
        tokens.extras.append((0, found.casefold()[:MAX_TERM]))
    return tokens


def _parts(word: str) -> list[str]:
    return _SEPARATORS.split(word)


def _forms(part: str) -> Iterable[str]:
    """Give the other forms of a word: its humps, and itself where it has accents."""
    term = fold(part)
    if _HUMPED.match(part) and term not in NAMES:
        humps = [hump.lower() for hump in _HUMP.findall(part)]
        return dict.fromkeys(hump for hump in humps if len(hump) > 1)
    exact = unicodedata.normalize("NFC", part[:MAX_TERM]).casefold()
    return [exact] if not part.isascii() and exact != term and _ACCENTED.search(exact) else []


_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Bring a word's spellings together: case, compatibility forms, diacritics, apostrophes, the English genitive."""
    word = word[:MAX_TERM]
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.replace("’", "'").replace("\u00ad", ""))
        word = unicodedata.normalize("NFC", _DIACRITICS.sub("", decomposed))
    return word.casefold().removesuffix("'s").replace("'", "") or word


# Marks on Latin and Greek letters, all Cyrillic ones but that of й, vowels of Hebrew and Arabic; elsewhere, as in Indic
# scripts, marks are letters.
_DIACRITICS = re.compile(
    "(?<=[A-Za-z\u00c0-\u03ff])[\u0300-\u036f]+|(?<=[\u0400-\u04ff])[\u0300-\u0305\u0307-\u036f]+"
    "|[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+"
)


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
