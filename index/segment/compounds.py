"""Long words of languages that write compounds as one, ordered by their ends, so that those with an end are found.

With C such words, each in each of these languages in which a post has it:

    compound_term            C; the number of the term, ordered by its stem from the last letter to the first
    compound_language        C; the number of the language
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..analysis import COMPOUNDING, MIN_COMPOUND, stem
from .arrays import Array


def compounds(lexicon: Sequence[str], languages: Sequence[str], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Order the long words of posts in these languages by their ends."""
    found: list[tuple[str, int, int]] = []
    for number, language in enumerate(languages):
        if language.partition("-")[0].lower() in COMPOUNDING:
            inside = (arrays["doc_language"] == number)[arrays["posting_doc"]]
            owner = np.repeat(np.arange(len(lexicon)), np.diff(arrays["posting_at"]))
            words = [(term, lexicon[term]) for term in np.unique(owner[inside]).tolist()]
            found += [
                (stem(word, language)[::-1], term, number)
                for term, word in words
                if len(word) >= MIN_COMPOUND and word.isalpha()
            ]
    found.sort()
    return {
        "compound_term": np.array([term for _, term, _ in found], np.uint32),
        "compound_language": np.array([number for _, _, number in found], np.uint16),
    }
