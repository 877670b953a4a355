"""Whether words stand only once in a post: told by where their rarest terms stand, without reading the text."""

from index import analysis
from index.engines.whoosh.segment import Segment

# Where so many of the terms stand in the right distances, the others are taken to stand, too.
RAREST = 3


class Quoting:
    """One post, and where terms stand in it; longer and longer quotations have the same ones.

    Args:
        segment: Where the post is.
        doc: Its number in there.
    """

    def __init__(self, segment: Segment, doc: int) -> None:
        self._segment = segment
        self._doc = doc
        self._known: dict[int, list[int]] = {}

    def once(self, words: str) -> bool:
        """Tell whether some words of the post are known to stand only once in all of its fields.

        Terms are folded further than a browser folds, so that what is one place here is one place there.
        """
        numbered = [(self._segment.term(term), place) for place, term in enumerate(analysis.terms(words))]
        at = self._segment.arrays["position_at"].data
        counted = [(at[term + 1] - at[term], term, place) for term, place in numbered if term is not None]
        begins: set[int] | None = None
        for _, term, place in sorted(counted)[:RAREST]:
            own = {stand - place for stand in self._stands(term)}
            begins = own if begins is None else begins & own
            if len(begins) < 2:
                break
        return begins is not None and len(begins) == 1

    def _stands(self, term: int) -> list[int]:
        if term not in self._known:
            self._known[term] = self._find(term)
        return self._known[term]

    def _find(self, term: int) -> list[int]:
        """Give the positions of a term, from the beginning of the post."""
        segment, arrays = self._segment, self._segment.arrays
        docs, weights = segment.postings(term, term + 1)
        place = int(docs.searchsorted(docs.dtype.type(self._doc)))
        if place == len(docs) or docs[place] != self._doc:
            return []
        first = arrays["position_at"].item(term) + int(segment.frequency.take(weights[:place]).sum())
        found: list[int] = arrays["position"][first : first + segment.frequency.item(weights.item(place))].tolist()
        return found
