"""Check whether a quotation is unique in a post, using the positions of its terms."""

from collections.abc import Sequence
from functools import lru_cache

from .. import analysis
from ..segment.segment import Segment

# Words of quotations whose terms are remembered: those that many posts have.
MAX_QUOTED_WORDS = 4_096


class Quoting:
    """How often terms occur in one post, and where, kept for longer quotations with the same terms.

    Args:
        segment: The segment of the post.
        doc: Its number in the segment.
    """

    def __init__(self, segment: Segment, doc: int) -> None:
        self._segment = segment
        self._doc = doc
        self._counts: dict[str, int] = {}
        self._known: dict[str, frozenset[int]] = {}

    def is_unique(self, words: str) -> bool:
        """Check whether a quotation is known to occur only once in all fields of the post.

        Terms are folded further than a browser folds, so that what is unique here is unique there.
        """
        terms = [term for word in words.split(" ") for term in _terms(word)]
        # What has a term that occurs once occurs once itself.
        return any(self._count(term) == 1 for term in terms) or self._places(terms) == 1

    def _places(self, terms: Sequence[str]) -> int:
        """Return at how many places terms stand one after the other; those that the post does not have may be any."""
        found = sorted([(count, place, term) for place, term in enumerate(terms) if (count := self._count(term))])
        if not found:
            return 0
        # The rarest has few places, at which the others are looked for.
        (_, first, rarest), *others = found
        begins = [stand - first for stand in self._stands(rarest)]
        for _, place, term in others:
            if len(begins) < 2:
                break
            stands = self._stands(term)
            begins = [begin for begin in begins if begin + place in stands]
        return len(begins)

    def _count(self, term: str) -> int:
        if term not in self._counts:
            self._counts[term] = self._segment.count(self._doc, term)
        return self._counts[term]

    def _stands(self, term: str) -> frozenset[int]:
        if term not in self._known:
            self._known[term] = frozenset(self._segment.positions_in(self._doc, term))
        return self._known[term]


@lru_cache(maxsize=MAX_QUOTED_WORDS)
def _terms(word: str) -> tuple[str, ...]:
    return tuple(analysis.terms(word))
