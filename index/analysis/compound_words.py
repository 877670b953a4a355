"""Words that languages write as one and make of several: `Speicherverwaltung`, `geheugenbeheer`, `minneshantering`."""

from collections.abc import Iterator

from .stemming import stem

# German, Dutch, Danish, Swedish, Norwegian.
COMPOUNDING = frozenset("de nl da sv no nb nn".split())

# Shorter parts are in too many words that are not made of them.
MIN_SOUGHT, MIN_REST = 4, 3
MIN_COMPOUND = MIN_SOUGHT + MIN_REST
# A word of the journal so long, beside so many letters, is a part whatever these are.
SURE_PART, SURE_REST = 5, 4

# What stands between two parts, the longest first.
_LINKS = ("ens", "ns", "es", "en", "er", "e", "n", "s", "o", "")
# What is often before a verb or a noun, and is no part of a compound.
_PREFIXES = frozenset(
    "ab an auf aus bei das dar dem den der des die durch ein eine fort fur hin her los mit nach nieder nur ober uber "
    "um unter ver vor weg wider wieder zer zur zum zusammen aan achter door het naar onder over tegen uit van voor att "
    "bort det efter emot fram fra fran igen inn inne med mot ned och om opp over til till under upp ute ved vid".split()
)


# Stemmers cut more off long words: `meldung` stays, and `fehlermeldung` becomes `fehlermeld`.
_LONGER = "abab"


def ends(part: str, language: str) -> tuple[str, ...]:
    """Return the stems that a word has by itself and at the end of a compound."""
    stems = stem(part, language), stem(_LONGER + part, language).removeprefix(_LONGER)
    return tuple(dict.fromkeys(end for end in stems if len(end) >= MIN_REST))


def rests(compound: str, part: str, language: str) -> Iterator[str]:
    """Yield what a compound may have beside a part that it begins or ends with, as the word or its stem is written.

    Args:
        compound: A term.
        part: A term.
        language: The language of both.
    """
    whole, stems = stem(compound, language), ends(part, language)
    for end in filter(whole.endswith, stems):
        head = whole[: -len(end)]
        yield from (head[: len(head) - len(link)] for link in _LINKS if head.endswith(link))
    for begin in dict.fromkeys((part, *stems[:1])):
        if compound.startswith(begin):
            tail = compound[len(begin) :]
            yield from (tail[len(link) :] for link in _LINKS if tail.startswith(link))
            yield stem(tail, language)


def is_part(rest: str) -> bool:
    """Check whether what is beside a part may be another part, if it is a word at all."""
    return len(rest) >= MIN_REST and rest not in _PREFIXES
