"""The terms that tell a post from others: those that it has often, and few others have.

The root of the frequency lets a word that the post is about come before one that stands in it once and hardly anywhere
else; saturated as in BM25 the second sort came first, and in proportion the words of code did.
"""

from collections.abc import Callable

import numpy as np

from index import analysis
from index.engines.whoosh.segment import Postings, Segment
from index.ranking import idf

# What more posts have is what all are about, or says nothing.
MOST = 0.5


def telling(segment: Segment, doc: int, posts: int, df: Callable[[str], int], limit: int) -> list[str]:
    """Give a post's most telling terms, of those that other posts have too.

    Args:
        segment: Where the post is.
        doc: Its number there.
        posts: How many the index has.
        df: Gives how many of them have a term.
        limit: How many terms.
    """
    arrays = segment.arrays
    places = np.flatnonzero(arrays["posting_doc"] == doc)
    at = arrays["posting_at"]
    terms = at.searchsorted(places.astype(at.dtype), side="right") - 1
    tf = segment.tf(Postings(arrays["posting_doc"][places], arrays["posting_weight"][places]))
    found = []
    for number, root in zip(terms.tolist(), np.sqrt(tf).tolist(), strict=True):
        term = segment.lexicon[number].decode()
        having = df(term)
        if 1 < having <= posts * MOST and _is_word(term):
            found.append((root * idf(posts, having), term))
    return [term for _, term in sorted(found, reverse=True)[:limit]]


def _is_word(term: str) -> bool:
    """Tell words from numbers, single letters, flags and operators."""
    return len(term) > 1 and not term.isdecimal() and analysis.terms(term) == [term]
