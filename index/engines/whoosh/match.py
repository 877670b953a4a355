"""The matches of a page, read from their segment piece by piece as they are asked for."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.engines.whoosh.inverter import IN_TEXT
from index.engines.whoosh.leaves import Found
from index.engines.whoosh.schema import Stored, cut_text, read_article
from index.engines.whoosh.segment import Segment
from index.model import Article, Spans


class PageOfSegment:
    """The posts of one segment that are on a page: where the query stands in them is looked up for all at once."""

    def __init__(self, segment: Segment, found: Sequence[Found], docs: Sequence[int]) -> None:
        self.segment = segment
        self.docs = docs
        self._found = found

    @cached_property
    def spans(self) -> dict[int, Spans]:
        """Where the leaves stand in the text, by post; what stands in other fields is left out."""
        stands = [found.stands(self.docs) for found in self._found]
        return {doc: self._spans(doc, [leaf[place] for leaf in stands]) for place, doc in enumerate(self.docs)}

    def _spans(self, doc: int, stands: Sequence[list[int]]) -> Spans:
        positions = np.array([position for leaf in stands for position in leaf], np.uint32)
        terms = np.array([number for number, leaf in enumerate(stands) for _ in leaf], np.uint8)
        kept = IN_TEXT[self.segment.fields_at(positions)]
        first = (positions - self.segment.arrays["doc_at"][doc])[kept]
        terms = terms[kept]
        last = first + np.array([found.width - 1 for found in self._found], np.uint32)[terms]
        offsets, lengths = self.segment.offsets(doc)
        starts, ends = offsets[first], offsets[last] + lengths[last]
        order = np.lexsort((-ends, starts))
        return Spans(starts[order].tolist(), ends[order].tolist(), terms[order].tolist())


class ArrayMatch:
    """One matching post."""

    def __init__(self, page: PageOfSegment, doc: int, score: float) -> None:
        self.score = score
        self._page = page
        self._doc = doc

    @cached_property
    def _stored(self) -> Stored:
        return self._page.segment.stored(self._doc)

    @cached_property
    def article(self) -> Article:
        """The article without its text."""
        return read_article(self._stored)

    @property
    def spans(self) -> Spans:
        """Where the query's words stand in the text."""
        return self._page.spans[self._doc]

    def cut(self, start: int, end: int) -> str:
        """Give the text between two offsets."""
        return cut_text(self._stored, start, end)
