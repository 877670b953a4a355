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
        self._known: dict[str, list[int]] = {}

    def is_unique(self, words: str) -> bool:
        """Check whether a quotation is known to occur only once in all fields of the post.

        Terms are folded further than a browser folds, so that what is unique here is unique there.
        """
        count = self._segment.count
        counted = sorted([(count(self._doc, term), term, place) for place, term in enumerate(analysis.terms(words))])
        begins: set[int] | None = None
        for _, term, place in [known for known in counted if known[0]][:RAREST]:
            own = {stand - place for stand in self._stands(term)}
            begins = own if begins is None else begins & own
            if len(begins) < 2:
                break
        return begins is not None and len(begins) == 1

    def _stands(self, term: str) -> list[int]:
        if term not in self._known:
            self._known[term] = self._segment.positions_in(self._doc, term)
        return self._known[term]
