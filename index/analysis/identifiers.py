"""Words of several parts: identifiers, compounds with hyphens, versions, quantities; and their other forms."""

import re
from collections.abc import Sequence
from itertools import accumulate, islice, pairwise

from .apostrophes import parts_words
from .folding import APOSTROPHES, MAX_TERM, accented, fold
from .tokens import Tokens

# More parts are a sentence or data, which has no other form that anybody types.
MAX_PARTS = 8

# A part of an identifier that begins with a capital, or is of capitals: `HTTPServer` is HTTP and Server, `sha256Sum`
# sha256 and Sum, `getURLs` get and URLs, `UTF8String` UTF8 and String, `K8sPod` K8s and Pod, `TLSv1` TLS and v1.
_HUMP = re.compile(
    r"[A-Z]{2,}s(?![a-z])|[A-Z]{2,}(?=v\d)|[A-Z]\d+[a-z](?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z][a-z\d]*"
    r"|[A-Z\d]+(?![a-z])|[A-Z\d]+",
    re.ASCII,
)
_HUMPED = re.compile(r"(?!0[xX]).*(?:[a-z\d][A-Z]|[A-Z]{2}[a-z])", re.ASCII)

# Names with a hump whose parts are something else.
HUMPED_NAMES = frozenset(
    "bitbucket bittorrent clickhouse coffeescript couchdb cockroachdb dynamodb duckdb ebay fastapi github gitlab "
    "graphql grpc imessage influxdb ios ipad iphone ipod ipv javafx javascript jetbrains jquery latex linkedin "
    "livescript macos mariadb matlab mongodb mysql nosql oauth paypal postgresql powerpoint powershell pytorch "
    "rabbitmq scylladb tensorflow tvos typescript watchos whatsapp wordpress youtube".split()
)

# Superscripts: an exponent, or the sign of a footnote.
_SUPERSCRIPT = re.compile("(?<=[^⁰¹²³⁴-⁹])(?=[⁰¹²³⁴-⁹])")

# What a number counts, or the half of a day, joined to it: `100ms`, `16GB`, `64bit`, `9am`.
_QUANTITY = re.compile(
    r"(\d+)(?:[nuµμm]?s|secs?|mins?|h|hrs?|bits?|bytes?|[kmgtp]i?bp?s?|[kmgt]bits?|[kmgt]bps|[kmg]?hz|[kmg]?w|m?v|[mckap]?m|kg|px|pt|"
    r"r?em|v[hw]|dpi|fps|rp[sm]|qps)",
    re.IGNORECASE,
)
# Digits in groups of three, of one sign.
_GROUPED = re.compile(r"\d{1,3}(?P<sign>[,.'’_\u00a0\u2009\u202f])\d{3}(?:(?P=sign)\d{3})*")
# The v of a version, and its first number.
_V_NUMBER = re.compile(r"[vV](\d+)")
# The version that is joined to a name: `Go1.22`.
_JOINED_VERSION = re.compile(r"[^\W\d_]{2,}(\d+(?:\.\d+)+)")
_POINT = re.compile(r"\.\d")

_PART_SEPARATOR = re.compile(
    rf"[-_‐‑־]+|[./&\u200b]|(?<=[\u0600-\u06ff])\u200c(?=[\u0600-\u06ff])|[{APOSTROPHES}]|(?<=\d)[,\u00a0\u2009\u202f](?=\d)"
)
_LETTER_RUN = re.compile(r"[^\W\d_]*")
# Longer than what is elided, or has an apostrophe and is one word.
_LONGEST_LEFT = 10


def is_simple(word: str) -> bool:
    """Check whether a word of ASCII letters and digits has neither parts nor other forms."""
    return not _is_humped(word) and not (word[0].isdigit() and _QUANTITY.fullmatch(word))


def _is_humped(piece: str) -> bool:
    # Most have no capital but the first letter, which is told without a search.
    rest = piece[1:]
    return rest != rest.lower() and _HUMPED.match(piece) is not None


def compound(found: str, word: str) -> Tokens:
    """Cut a word into its parts, with its other forms; `word` is what was found without the sign before it."""
    tokens, at = Tokens([], [], [], []), len(found) - len(word)
    pieces = _pieces(word)
    for start, end in pieces:
        _add(tokens, word[start:end], at + start, is_version=_POINT.match(word, end) is not None)
    if named := _JOINED_VERSION.match(word):
        numbers = accumulate(named[1].split("."), "{}.{}".format)
        tokens.extras.extend((0, number) for number in islice(numbers, 1, MAX_PARTS))
    if 1 < len(pieces) <= MAX_PARTS and _is_written_as_one(word):
        tokens.extras.append((0, "".join(tokens.terms)[:MAX_TERM]))
    if word != found:
        tokens.starts[0] = 0
        tokens.extras.append((0, found.casefold()[:MAX_TERM]))
    return tokens._replace(extras=list(dict.fromkeys(tokens.extras)))


def _pieces(word: str) -> list[tuple[int, int]]:
    """Return the spans between the separators of a word."""
    pieces, begin = [], 0
    for found in _PART_SEPARATOR.finditer(word):
        start, end = found.span()
        if found[0] in APOSTROPHES:
            left, right = word[max(begin, start - _LONGEST_LEFT) : start], _LETTER_RUN.match(word, end)
            if right and not parts_words(left, right[0]):
                continue
        pieces.append((begin, start))
        begin = end
    return [*pieces, (begin, len(word))]


def _is_written_as_one(word: str) -> bool:
    """Check whether a word of several parts is also written without separators: no version, of numbers the grouped."""
    return _GROUPED.fullmatch(word) is not None if word[0].isdigit() else not _POINT.search(word)


def _add(tokens: Tokens, piece: str, at: int, *, is_version: bool) -> None:
    """Add what stands between two separators: a term, or several that are written together."""
    first = len(tokens.terms)
    spans = _spans(piece)
    for start, end in spans:
        if exact := accented(piece[start:end]):
            tokens.extras.append((len(tokens.terms), exact))
        tokens.terms.append(fold(piece[start:end]))
        tokens.starts.append(at + start)
        tokens.ends.append(at + end)
    if is_version and (parts := _V_NUMBER.fullmatch(piece, spans[-1][0])):
        tokens.extras.append((len(tokens.terms) - 1, fold(parts[1])))
    own = tokens.terms[first:]
    if len(own) > 1 and not (own[0].isdigit() and own[1].isdigit()):
        tokens.extras.append((first, "".join(own)[:MAX_TERM]))
        # Names of two parts within longer ones: `OpenAPI` in `OpenAPISpec`.
        tokens.extras.extend((first + number, one + two) for number, (one, two) in enumerate(pairwise(own)))


def _spans(piece: str) -> Sequence[tuple[int, int]]:
    """Return the spans of the words that are written together in a piece."""
    whole = [(0, len(piece))]
    if piece[:1].isdigit() and (quantity := _QUANTITY.fullmatch(piece)):
        return [quantity.span(1), (quantity.end(1), len(piece))]
    if _is_humped(piece):
        humps = list(islice(_HUMP.finditer(piece), MAX_PARTS + 1))
        return _named(piece, [hump.span() for hump in humps]) if len(humps) <= MAX_PARTS else whole
    if not piece.isascii() and (raised := _SUPERSCRIPT.search(piece)):
        return [(0, raised.start()), (raised.start(), len(piece))]
    return whole


def _named(piece: str, humps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the humps that make a known name."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(humps):
        ends = (end for end in range(len(humps), at + 1, -1) if _is_name(piece[humps[at][0] : humps[end - 1][1]]))
        end = next(ends, at + 1)
        found.append((humps[at][0], humps[end - 1][1]))
        at = end
    return found


def _is_name(text: str) -> bool:
    return text.lower().rstrip("0123456789") in HUMPED_NAMES
