"""Term vectors of the top matches, for pseudo-relevance feedback."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from .. import analysis
from ..ranking import JOINING
from ..segment.arrays import Array
from ..segment.segment import Postings, Segment
from .feedback import BEST

# Words of each of the best matches: more than will count in the end.
TERMS_OF_MATCH = 30


def term_vectors(segments: Sequence[Segment], segment: Array, doc: Array) -> Array:
    """Return the weighted frequencies of the best matches' frequent terms in all matches, best first.

    Args:
        segments: The segments of the index.
        segment: The number of each one's segment.
        doc: Its number in the segment.
    """
    best = zip(segment[:BEST].tolist(), doc[:BEST].tolist(), strict=True)
    words = sorted(set().union(*(frequent_words(segments[number], match) for number, match in best)))
    found = np.zeros((len(doc), len(words)), np.float32)
    for number, own in enumerate(segments):
        matches = np.flatnonzero(segment == number)
        match = np.full(own.docs, -1)
        match[doc[matches]] = matches
        for column, word in enumerate(words):
            _fill(found[:, column], own, word, match)
    return found


def _fill(column: Array, segment: Segment, word: bytes, match: Array) -> None:
    """Put a word's frequencies in a segment where the numbers of its matches say."""
    term = segment.lexicon.find(word)
    if term is None:
        return
    postings = segment.postings(term, term + 1)
    row = match.take(postings.docs)
    at = np.flatnonzero(row >= 0)
    column[row.take(at)] = segment.tf(postings, at)


def frequent_words(segment: Segment, doc: int) -> set[bytes]:
    """Return the most frequent terms of a post; `feedback` chooses the rare ones among them."""
    held, at = segment.arrays["posting_doc"], segment.arrays["posting_at"]
    places = np.flatnonzero(held == held.dtype.type(doc))
    terms = at.searchsorted(places.astype(at.dtype), side="right") - 1
    tf = segment.tf(Postings(held.take(places), segment.arrays["posting_weight"].take(places)))
    ordered = (segment.lexicon[term] for term in terms[np.argsort(-tf, kind="stable")].tolist())
    return set(islice((word for word in ordered if _is_telling(word.decode())), TERMS_OF_MATCH))


def _is_telling(term: str) -> bool:
    return term not in JOINING and analysis.is_word(term)
