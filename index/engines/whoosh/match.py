"""The matches of a page, read from their segment piece by piece as they are asked for."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from index.engines.whoosh.arrays import Array
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
        groups = [leaf[place] for place in range(len(self.docs)) for leaf in stands]
        counts = [len(group) for group in groups]
        first = np.array(list(chain.from_iterable(groups)), np.uint32)
        terms = np.repeat(np.tile(np.arange(len(stands)), len(self.docs)), counts)
        last = first + np.array([found.width - 1 for found in self._found], np.uint32)[terms]
        in_text = IN_TEXT[self.segment.fields_at(first)]
        ends = np.cumsum(counts).tolist()[len(stands) - 1 :: len(stands)] if stands else [0] * len(self.docs)
        return {
            doc: self._spans(doc, first[part][in_text[part]], last[part][in_text[part]], terms[part][in_text[part]])
            for doc, part in zip(self.docs, map(slice, [0, *ends], ends), strict=False)
        }

    def _spans(self, doc: int, first: Array, last: Array, terms: Array) -> Spans:
        """Turn positions in a post, of the first and the last token of each place, into offsets in its text."""
        if not len(first):
            return Spans([], [], [])
        offsets, lengths = self.segment.offsets(doc)
        start = self.segment.arrays["doc_at"][doc]
        starts, last = offsets[first - start], last - start
        order = starts.argsort(kind="stable")
        ends = offsets[last] + lengths[last]
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
