"""What posts are about, for `feedback`: how often each of some matches has words that the best ones have."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from index import analysis
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.segment import Postings, Segment
from index.feedback import BEST
from index.ranking import JOINING

# Words of each of the best matches: more than will count in the end.
WORDS = 30


def profiles(segments: Sequence[Segment], segment: Array, doc: Array) -> Array:
    """Give the weighted frequencies of matches, best first, and of words that tell the first ones from others.

    Args:
        segments: Where the matches are.
        segment: The number of each one's segment.
        doc: Its number in there.
    """
    best = zip(segment[:BEST].tolist(), doc[:BEST].tolist(), strict=True)
    words = sorted(set().union(*(_words(segments[number], match) for number, match in best)))
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


def _words(segment: Segment, doc: int) -> set[bytes]:
    """Give the words that a post has most often; which of them tell it from others, is seen later."""
    held, at = segment.arrays["posting_doc"], segment.arrays["posting_at"]
    places = np.flatnonzero(held == held.dtype.type(doc))
    terms = at.searchsorted(places.astype(at.dtype), side="right") - 1
    tf = segment.tf(Postings(held.take(places), segment.arrays["posting_weight"].take(places)))
    ordered = (segment.lexicon[term] for term in terms[np.argsort(-tf, kind="stable")].tolist())
    return set(islice((word for word in ordered if _is_telling(word.decode())), WORDS))


def _is_telling(term: str) -> bool:
    return len(term) > 1 and not term.isdecimal() and term not in JOINING and analysis.terms(term) == [term]
