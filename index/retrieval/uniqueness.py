"""Check whether a quotation is unique in a post, using the positions of its rarest terms."""

from .. import analysis
from ..segment.segment import Segment

# If so many terms are at the right distances, the others are taken to be, too.
RAREST = 3


class Quoting:
    """The positions of terms in one post, kept for longer quotations with the same terms.

    Args:
        segment: The segment of the post.
        doc: Its number in the segment.
    """

    def __init__(self, segment: Segment, doc: int) -> None:
        self._segment = segment
        self._doc = doc
        self._known: dict[int, list[int]] = {}

    def is_unique(self, words: str) -> bool:
        """Check whether a quotation is known to occur only once in all fields of the post.

        Terms are folded further than a browser folds, so that what is unique here is unique there.
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
        """Return the positions of a term, from the beginning of the post."""
        segment, arrays = self._segment, self._segment.arrays
        docs, weights = segment.postings(term, term + 1)
        place = int(docs.searchsorted(docs.dtype.type(self._doc)))
        if place == len(docs) or docs[place] != self._doc:
            return []
        first = arrays["position_at"].item(term) + int(segment.frequency.take(weights[:place]).sum())
        found: list[int] = arrays["position"][first : first + segment.frequency.item(weights.item(place))].tolist()
        return found
