"""Key terms of a post: frequent in it and rare elsewhere.

The root of the frequency lets a word that the post is about come before one that stands in it once and hardly anywhere
else; saturated as in BM25 the second sort came first, and in proportion the words of code did.
"""

from collections.abc import Callable

import numpy as np

from .. import analysis
from ..ranking import idf
from ..segment.segment import Postings, Segment

# What more posts have is what all are about, or says nothing.
MAX_SHARE_OF_POSTS = 0.5


def telling(segment: Segment, doc: int, posts: int, df: Callable[[str], int], limit: int) -> list[str]:
    """Return the key terms of a post, best first; other posts have them, too.

    Args:
        segment: The segment of the post.
        doc: Its number in the segment.
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
        if 1 < having <= posts * MAX_SHARE_OF_POSTS and analysis.is_word(term):
            found.append((root * idf(posts, having), term))
    return [term for _, term in sorted(found, reverse=True)[:limit]]
