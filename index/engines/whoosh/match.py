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
        doc, run = self.segment.docs_at(first), self.segment.runs_at(first)
        field = self.segment.arrays["run_field"].take(run)
        headings = self._headings(*(column[field == HEADINGS] for column in (doc, run, leaf)))
        first, leaf, doc = self._few(*(column[IN_TEXT.take(field)] for column in (first, leaf, doc)))
        starts, ends = unpack(self.segment.arrays, first)
        wide = np.flatnonzero(self._widths.take(leaf) > 1)
        if len(wide):
            last = first[wide] + self._widths.take(leaf[wide]) - np.uint32(1)
            ends[wide] = unpack(self.segment.arrays, last)[1]
        order = np.lexsort((starts, doc))
        docs = sorted(self.docs)
        bounds = doc.take(order).searchsorted([*docs, self.segment.docs]).tolist()
        begins, stops, terms = (column.take(order).tolist() for column in (starts, ends, leaf))
        return {
            doc: Spans(begins[low:high], stops[low:high], terms[low:high], headings.get(doc, []))
            for doc, low, high in zip(docs, bounds, bounds[1:], strict=False)
        }

    @cached_property
    def _widths(self) -> Array:
        return np.array([found.width for found in self._found], np.uint32)

    def _places(self) -> tuple[Array, Array]:
        """Give the positions where leaves stand, with the number of the leaf."""
        among = self.segment.among(self.docs)
        found = [found.places(among) for found in self._found]
        return np.concatenate([NOWHERE, *found]), np.repeat(np.arange(len(found)), list(map(len, found)))

    def _few(self, first: Array, leaf: Array, doc: Array) -> tuple[Array, Array, Array]:
        """Leave out the places of a leaf in a post behind the first MAX_STANDS."""
        group = leaf * self.segment.docs + doc
        place = np.arange(len(group))
        begins = np.ones(len(group), bool)
        np.not_equal(group[1:], group[:-1], out=begins[1:])
        few = place - np.maximum.accumulate(np.where(begins, place, 0)) < MAX_STANDS
        return first[few], leaf[few], doc[few]

    def _headings(self, doc: Array, run: Array, leaf: Array) -> dict[int, list[tuple[int, int]]]:
        """Give the leaves that stand in headings, by post: the title comes before the first heading."""
        found: dict[int, list[tuple[int, int]]] = {}
        section = self.segment.run_section
        title = section.take(self.segment.runs_at(self.segment.arrays["doc_at"].take(doc)))
        number = section.take(run) - title - 1
        for post, at, term in zip(doc.tolist(), number.tolist(), leaf.tolist(), strict=True):
            found.setdefault(post, []).append((at, term))
        return found


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
