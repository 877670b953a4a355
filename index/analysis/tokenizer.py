"""Cut a text into tokens, each with its offsets."""

import re
from functools import cache, lru_cache
from itertools import accumulate

from .folding import APOSTROPHES, GERSHAYIM, INVISIBLE, fold
from .identifiers import compound, is_simple
from .operators import CODE_OPERATORS, OPERATOR_PATTERN, operator
from .scripts import CJK, HAS_CJK, RUN, marks, pairs
from .tokens import Tokens

# The commonest tokens, words of ASCII before a sign that continues none; and signs that no token begins with. Both tell
# at once what the rest of the pattern would tell, and a text is cut in half the time.
_LONE_WORD = r"""[a-zA-Z][a-zA-Z\d]*+ (?=[\s,):;("=\]\[{}`*|<>?!] | \.\s | \Z)"""
_NO_START = r"""[\s,;()\[\]{}"'`_\\\#%]"""


def _token_pattern(text: str) -> re.Pattern[str]:
    """Return what cuts a text.

    Python takes 30 ms to compile the ranges of scripts without spaces, and of marks, which is felt at the start of a
    command or a server. Texts that have none of these characters are cut alike without them.
    """
    return _compiled(is_plain=text.isascii() or not _special().search(text))


@cache
def _special() -> re.Pattern[str]:
    return re.compile(f"[{CJK}{marks()}]")


@cache
def _compiled(*, is_plain: bool) -> re.Pattern[str]:
    run, cjk = ("(?!)", "") if is_plain else (RUN, CJK)
    # Letters and digits, and marks on them: runs are matched at once, which takes a third less time than one by one.
    letter = rf"[^\W_{cjk}{APOSTROPHES}]"
    word = f"{letter}+" if is_plain else rf"{letter}+(?:[{marks()}]+{letter}*)*"
    joint = rf"(?: [{APOSTROPHES}](?=[^\W\d_]) | {GERSHAYIM} | [-‐‑־{INVISIBLE}\u200b] | _+ )"
    return re.compile(_token(run, cjk, letter, rf"{word} (?: {joint} {word} )*"), re.VERBOSE)


def _token(run: str, cjk: str, letter: str, compound: str) -> str:
    return rf"""
    (?!{_NO_START}) (
    {_LONE_WORD}
    | {run}
    # 10,000
    | \d{{1,3}} (?: (?:,\d{{3}})+ | (?:\.\d{{3}})+(?!\.\d) | (?:['’]\d{{3}})+ | (?:[\u00a0\u2009\u202f]\d{{3}})+ )
        (?![^\W{cjk}])
    # I/O, HTTP/2, R&D
    | (?<![\w/&]) [A-Z]{{1,5}} (?:[/&][A-Z\d]{{1,5}})+ (?![\w/&])
    | {compound} (?:
        # C++, C++20, C#
        (?<!\w\w)(?<!\d)\+\+(?![^\W\d{cjk}]) | (?<!\w\w)(?<!\d)\#(?![^\W\d{cjk}])
        # Node.js, Go1.22, v1.2.3
        | \.(?:js|JS|io|IO|NET)(?!{letter}) | (?<=\d)(?:\.\d{letter}*)+
        # U.S.A.
        | (?<![\w.][A-Z])(?<=[A-Z])(?:\.[A-Z])+(?!\w)
    )?
    # --race, -n, $PATH, .NET, @property: where a word could begin
    | [-.$@] (?<! [^\s"'`(\[{{<|,=/] [-.$@] ) (?: (?<=-)-? | (?<=\.)(?=[A-Z]) | (?<=[$@]) ) {compound}
    | {OPERATOR_PATTERN}
    )
    """


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Cut a text, or a part of it, into tokens."""
    # What lies between tokens, a token, what lies between: strings cost half of what match objects do.
    part = text[start:end]
    parts = _token_pattern(part).split(part)
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
    """Return the terms of a text in reading order, without their other forms."""
    # A query asks for the terms of each of its words a dozen times; a plain word is one token, whatever it means.
    cuts = [_cut(text)] if text.isalnum() and text.isascii() else list(map(_cut, _token_pattern(text).findall(text)))
    if Tokens not in map(type, cuts):
        return cuts  # type: ignore[return-value]
    return [term for cut in cuts for term in ((cut,) if type(cut) is str else cut.terms)]  # type: ignore[union-attr]


@lru_cache(maxsize=1 << 15)
def _cut(found: str) -> str | Tokens:
    """Return the term of a match, or its tokens if it has several terms or other forms."""
    if found.isascii() and found.isalnum() and is_simple(found):
        return fold(found)
    if HAS_CJK.match(found):
        return pairs(found)
    word = found.lstrip("-.$@")
    return compound(found, word) if word[:1].isalnum() else operator(found)


def is_word(term: str) -> bool:
    """Check whether a term is a word of more than one character: no number, flag or operator."""
    return len(term) > 1 and not term.isdecimal() and term not in CODE_OPERATORS and terms(term) == [term]
