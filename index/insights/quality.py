"""How well the index answers a query now, without knowing what its reader wanted."""

from collections.abc import Sequence
from typing import Literal

from .. import analysis
from ..engines.base import Match, Snapshot
from ..model import Section
from ..query.analysed import AnalysedQuery
from ..query.tree import Leaf
from ..search.curation import Editorial
from ..search.search import search

AnswerFault = Literal["nothing", "partly", "scattered"]


# A word that more than this share of the posts have is not missing.
COMMON_SHARE = 0.25


class Judge:
    """Judges answers of one generation."""

    def __init__(self, snapshot: Snapshot, editorial: Editorial) -> None:
        self._snapshot = snapshot
        self._editorial = editorial
        self._posts = len(snapshot.holdings())

    def is_everywhere(self, term: str) -> bool:
        """Check whether a term is too frequent in the posts to be a topic."""
        known = self._snapshot.similar(term, 0).get(term)
        return known is not None and known.posts > COMMON_SHARE * self._posts

    def fault(self, query: AnalysedQuery) -> AnswerFault | None:
        """Return what is wrong with the best answer to a query, or None.

        Nothing is found, or no post has all the words, or the best post has them, but no section of it does: it
        mentions them, and is about something else. What is pinned is right, and so is a query that is put right.
        """
        results = search(self._snapshot, query, per_page=1, editorial=self._editorial)
        if not results.total:
            return "nothing"
        if results.hits[0].pinned:
            return None
        if results.relaxed:
            return "partly"
        searched = query.respelt(results.correction) if results.correction else query
        best = next(iter(self._snapshot.find(searched.tree, limit=1).matches), None)
        return "scattered" if best and not _in_one_section(best, searched.leaves) else None


def _in_one_section(match: Match, leaves: Sequence[Leaf]) -> bool:
    article, spans = match.article, match.spans
    sought = [_stems(leaf.text, article.language) for leaf in leaves]
    places = list(zip(spans.starts, spans.terms, strict=True))

    def has_all(section: Section) -> bool:
        named = _stems(f"{article.title} {section.title}", article.language)
        inside = {term for start, term in places if section.start <= start < section.end}
        return all(number in inside or stems <= named for number, stems in enumerate(sought))

    return any(map(has_all, article.sections))


def _stems(text: str, language: str) -> set[str]:
    return {analysis.stem(term, language) for term in analysis.terms(text)}
