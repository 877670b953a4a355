"""The result of a query: a page of matches, their number, and their facets."""

from collections.abc import Mapping, Sequence

from ..lazy import lazy
from ..model import Article, Facet
from .boolean import Evaluation
from .copies import DocId
from .facets import Counting
from .matches import ArrayMatch, PageOfSegment
from .question import Question
from .top import Ranked


class ArrayFound:
    """The result of a query; facets are counted on demand."""

    def __init__(
        self, evaluations: Sequence[Evaluation], ranked: Ranked, question: Question, counting: Counting
    ) -> None:
        self.total = ranked.total
        self.complete = ranked.complete
        self._ranked = ranked
        self._counting = counting
        self.matches: list[ArrayMatch] = []
        if ranked.page:
            pages = [PageOfSegment(own, question, ranked.page, number) for number, own in enumerate(evaluations)]
            self.matches = [ArrayMatch(pages[best.segment], best) for best in ranked.page]
        if ranked.copies or ranked.translations:
            self._name_others(evaluations, ranked)

    def _name_others(self, evaluations: Sequence[Evaluation], ranked: Ranked) -> None:
        """Let matches name their copies and translations."""

        def articles(posts: Sequence[DocId]) -> list[Article]:
            return [evaluations[segment].segment.posts.article(doc) for segment, doc in posts]

        for match, best in zip(self.matches, ranked.page, strict=True):
            if best.id in ranked.copies:
                match.copies = articles(ranked.copies[best.id])
            if best.id in ranked.translations:
                match.translations = articles(ranked.translations[best.id])

    @lazy
    def facets(self) -> Mapping[str, tuple[Facet, ...]]:
        """The tags, most frequent first, and the years, newest first, of all that matches."""
        return self._counting.facets(self._ranked.docs, self._ranked.languages)
