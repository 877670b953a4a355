"""Find the terms of a segment that may be compounds with a word: those that begin or end with it."""

from bisect import bisect_left

import numpy as np

from ..analysis import MIN_REST, ends, stem
from ..segment.arrays import Array
from ..segment.segment import Segment

# Sorts after every letter.
LAST = "\U0010ffff"


def compound_terms(segment: Segment, word: str) -> dict[str, str]:
    """Return the terms that begin or end with a word, each with the language of which it is one."""
    number, language = segment.arrays["compound_term"], segment.arrays["compound_language"]
    if not len(number):
        return {}

    def reversed_stem(at: int) -> str:
        return stem(segment.lexicon[number.item(at)].decode(), segment.names.languages[language.item(at)])[::-1]

    found: dict[str, str] = {}
    for code in np.unique(language).tolist():
        name = segment.names.languages[code]
        own = ends(word, name)
        begins = [_beginning(segment, text) for text in {word, *own[:1]}]
        ended = [
            np.arange(*(bisect_left(range(len(number)), end[::-1] + stop, key=reversed_stem) for stop in ("", LAST)))
            for end in own
        ]
        at = np.concatenate([*begins, *ended])
        terms = number[at[language[at] == code]].tolist()
        texts = (segment.lexicon[term].decode() for term in terms)
        found |= {text: name for text in texts if len(text) >= min(map(len, own), default=0) + MIN_REST}
    return found


def _beginning(segment: Segment, text: str) -> Array:
    """Return the indexes of the long words that begin with a text."""
    number, begins = segment.arrays["compound_term"], segment.lexicon.with_prefix(text.encode())
    return np.flatnonzero((number >= begins.start) & (number < begins.stop))
