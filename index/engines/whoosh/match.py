"""The matches of a page, read from their segment piece by piece as they are asked for."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.evaluation import Evaluation
from index.engines.whoosh.explaining import words
from index.engines.whoosh.offsets import unpack
from index.engines.whoosh.once import Quoting
from index.engines.whoosh.ordering import Best
from index.engines.whoosh.positions import NOWHERE
from index.engines.whoosh.postings import IN_TEXT
from index.engines.whoosh.tokens import FIELDS
from index.model import Article, Part, Spans
from index.query import Node, wanted

HEADINGS = FIELDS.index("headings")

# In a post that has a word more often, the passage is chosen among its first places.
MAX_STANDS = 50


class PageOfSegment:
    """The posts of one segment that are on a page: where the query stands in them is looked up for all at once."""

    def __init__(self, evaluation: Evaluation, query: Node, docs: Sequence[int]) -> None:
        self.segment = evaluation.segment
        self.docs = docs
        self._evaluation = evaluation
        self._query = query
        self._found = [evaluation.found[leaf] for leaf in wanted(query)]

    def words(self, doc: int) -> tuple[Part, ...]:
        """What each word of the query adds to the score of a post."""
        return tuple(words(self._evaluation, self._query, doc))

    @cached_property
    def spans(self) -> dict[int, Spans]:
        """Where the leaves stand in the text and in headings, by post; what stands in other fields is left out."""
        first, leaf = self._places()
        fields = self.segment.fields_at(first)
        headings = self._headings(*(column[fields == HEADINGS] for column in (first, leaf)))
        first, leaf, doc = self._in_text(*(column[IN_TEXT[fields]] for column in (first, leaf)))
        starts, ends = unpack(self.segment.arrays, first)
        widths = [found.width for found in self._found]
        if max(widths, default=1) > 1:
            _, ends = unpack(self.segment.arrays, first + np.array(widths, np.uint32)[leaf] - np.uint32(1))
        order = np.lexsort((starts, doc))
        docs = sorted(self.docs)
        bounds = np.searchsorted(doc[order], [*docs, self.segment.docs]).tolist()
        begins, stops, terms = (column[order].tolist() for column in (starts, ends, leaf))
        return {
            doc: Spans(begins[low:high], stops[low:high], terms[low:high], headings.get(doc, []))
            for doc, low, high in zip(docs, bounds, bounds[1:], strict=False)
        }

    def _places(self) -> tuple[Array, Array]:
        """Give the positions where leaves stand, with the number of the leaf."""
        among = self.segment.among(self.docs)
        found = [found.places(among) for found in self._found]
        return np.concatenate([NOWHERE, *found]), np.repeat(np.arange(len(found)), list(map(len, found)))

    def _in_text(self, first: Array, leaf: Array) -> tuple[Array, Array, Array]:
        """Give the positions in the text, of one leaf in one post not too many, with the number of the post."""
        doc = self.segment.docs_at(first)
        kept = _few(leaf * self.segment.docs + doc)
        return first[kept], leaf[kept], doc[kept]

    def _headings(self, first: Array, leaf: Array) -> dict[int, list[tuple[int, int]]]:
        """Give the leaves that stand in headings, by post: the title comes before the first heading."""
        found: dict[int, list[tuple[int, int]]] = {}
        doc, section = self.segment.docs_at(first), self.segment.run_section
        title = section[self.segment.runs_at(self.segment.arrays["doc_at"][doc])]
        number = section[self.segment.runs_at(first)] - title - 1
        for post, at, term in zip(doc.tolist(), number.tolist(), leaf.tolist(), strict=True):
            found.setdefault(post, []).append((at, term))
        return found


def _few(groups: Array) -> Array:
    """Give which numbers are among the first MAX_STANDS of those that are the same and follow each other."""
    place = np.arange(len(groups))
    begins = np.ones(len(groups), bool)
    np.not_equal(groups[1:], groups[:-1], out=begins[1:])
    return np.asarray(place - np.maximum.accumulate(np.where(begins, place, 0)) < MAX_STANDS)


class ArrayMatch:
    """One matching post."""

    def __init__(self, page: PageOfSegment, best: Best) -> None:
        self.score = best.score
        self._page = page
        self._doc = best.doc
        self._best = best

    @property
    def explanation(self) -> Part:
        """The score and what it is made of."""
        best = self._best
        words = Part(name="frequency", value=best.frequency, how="sum", parts=self._page.words(self._doc))
        added = [Part(name=name, value=value) for name, value in best.added.items()]
        return Part(name="score", value=self.score, how="sum", parts=(words, *(part for part in added if part.value)))

    @property
    def article(self) -> Article:
        """The article without its text."""
        return self._page.segment.documents.article(self._doc)

    @property
    def spans(self) -> Spans:
        """Where the query's words stand in the text."""
        return self._page.spans[self._doc]

    def cut(self, start: int, end: int) -> str:
        """Give the text between two offsets."""
        return self._page.segment.documents.cut(self._doc, start, end)

    @cached_property
    def _quoting(self) -> Quoting:
        return Quoting(self._page.segment, self._doc)

    def once(self, words: str) -> bool:
        """Tell whether some words of the text are known to stand only once in the article."""
        return self._quoting.once(words)
