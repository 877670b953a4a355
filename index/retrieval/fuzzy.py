"""Fuzzy terms: find the terms of a lexicon within an edit distance.

The distance is that of optimal string alignment (Damerau, 1964; restricted as in Boytsov, "Indexing methods for
approximate dictionary searching", 2011, section 2.1): letters added, taken away and replaced, and neighbours
swapped, each count one. Only terms that are about as long and have about the same letters are compared.
"""

from functools import reduce
from operator import or_

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..segment.arrays import Array
from ..segment.lexicon import LETTER_BITS, Letters, SortedStrings


def similar(strings: SortedStrings, term: str, edits: int, *, beginning: bool = False) -> dict[str, tuple[int, int]]:
    """Return the numbers of the strings within an edit distance of a term that share its first letter.

    Each with the edits that it takes. With `beginning`, what a string goes on with costs nothing.
    """
    if not edits:
        number = strings.find(term.encode())
        return {} if number is None else {term: (number, 0)}
    spelt = strings.letters(term[:1])
    close = _may_be_near(spelt, term, edits, beginning=beginning)
    near = {number: strings[number].decode() for number in close.tolist()}
    # What follows the longest beginning within the distance does not matter.
    cuts = range(max(1, len(term) - edits), len(term) + edits + 1) if beginning else [None]
    found: dict[int, int] = {}
    for cut in cuts:
        choices = {number: string[:cut] for number, string in near.items() if cut is None or len(string) >= cut}
        for _, distance, number in process.extract(term, choices, scorer=OSA.distance, score_cutoff=edits, limit=None):
            found[number] = min(found.get(number, edits), int(distance))
    return {near[number]: (number, found[number]) for number in sorted(found)}


def _may_be_near(spelt: Letters, term: str, edits: int, *, beginning: bool) -> Array:
    """Return the numbers of the strings with about the length and the letters of a term.

    An edit adds a letter, or takes one away, or both.
    """
    own = np.uint64(reduce(or_, (1 << ord(letter) % LETTER_BITS for letter in term), 0))
    at = spelt.of_length(len(term) - edits, len(spelt.length_at) if beginning else len(term) + edits)
    letters = spelt.letters[at]
    lacks, most = (own & ~letters, edits) if beginning else (own ^ letters, 2 * edits)
    return np.asarray(spelt.numbers[at][np.bitwise_count(lacks) <= most])
