"""The matches of a page, read from their segment piece by piece as they are asked for."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from index.engines.whoosh.leaves import Found
from index.engines.whoosh.offsets import unpack
from index.engines.whoosh.postings import IN_TEXT
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
        first = np.array(list(chain.from_iterable(groups)), np.uint32)
        counts = [len(group) for group in groups]
        leaf = np.repeat(np.tile(np.arange(len(stands)), len(self.docs)), counts)
        place = np.repeat(np.repeat(np.arange(len(self.docs)), len(stands)), counts)
        in_text = IN_TEXT[self.segment.fields_at(first)]
        first, leaf, place = first[in_text], leaf[in_text], place[in_text]
        starts, ends = unpack(self.segment.arrays, first)
        widths = [found.width for found in self._found]
        if max(widths, default=1) > 1:
            _, ends = unpack(self.segment.arrays, first + np.array(widths, np.uint32)[leaf] - np.uint32(1))
        order = np.lexsort((starts, place))
        bounds = np.searchsorted(place[order], np.arange(len(self.docs) + 1)).tolist()
        columns = [column[order].tolist() for column in (starts, ends, leaf)]
        return {
            doc: Spans(*(column[low:high] for column in columns))
            for doc, low, high in zip(self.docs, bounds, bounds[1:], strict=False)
        }


class ArrayMatch:
    """One matching post."""

    def __init__(self, page: PageOfSegment, doc: int, score: float) -> None:
        self.score = score
        self._page = page
        self._doc = doc

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
