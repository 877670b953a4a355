"""Pseudo-relevance feedback for long questions: matches that are similar to the best ones rank higher.

No post has all the words of a long question, and many have some of them by chance. The terms that tell the best matches
from the others stand for what is asked (pseudo-relevance feedback as in RM3: Abdul-Jaleel et al., "UMass at TREC 2004:
Novelty and HARD"); the matches are only ordered anew, none is added. Short queries are names, and do not gain.
"""

from collections.abc import Sequence

import numpy as np

from ..analysis import HAS_CJK
from ..query.tree import Leaf, Node, wanted
from ..ranking import JOINING, K1
from ..segment.arrays import Array

# Clauses that a long question has, beside words that only join the others. Judged link texts of six and seven lose.
LONG = 8
# So many of the best matches are believed, and so many of their terms. With 10 and with 30 Cranfield gains no more.
BEST, TERMS = 5, 15
# What more of the matches have is what all are about.
MAX_SHARE_OF_MATCHES = 0.5


def is_long(clauses: Sequence[Node]) -> bool:
    """Check whether clauses make a long question."""
    return len(clauses) >= LONG and sum(any(map(_says_something, wanted(clause))) for clause in clauses) >= LONG


def _says_something(leaf: Leaf) -> bool:
    # Of text without spaces each pair of characters is a clause, and eight of them are but a few words.
    return leaf.text.casefold() not in JOINING and not HAS_CJK.search(leaf.text)


def likeness(frequencies: Array, scores: Array) -> Array:
    """Return the likeness of each match to the best ones: 1 for the most similar.

    Args:
        frequencies: For each match, best first, and each term of the best ones: its weighted frequency.
        scores: The matches' scores.
    """
    matches = len(frequencies)
    saturated = frequencies / (frequencies + K1)
    having = np.count_nonzero(frequencies, axis=0)
    idf = np.log1p((matches - having + 0.5) / (having + 0.5))
    weight = scores[:BEST] @ saturated[:BEST] * idf
    weight[(having < 2) | (having > matches * MAX_SHARE_OF_MATCHES)] = 0
    chosen = np.argsort(-weight, kind="stable")[:TERMS]
    found = saturated[:, chosen] @ (weight * idf)[chosen]
    return np.asarray(found / (found.max(initial=0) or 1))
