"""One matching post, read from the segment piece by piece as it is asked for."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.engines.whoosh.evaluation import Evaluation
from index.engines.whoosh.inverter import IN_TEXT
from index.engines.whoosh.leaves import Leaf
from index.engines.whoosh.schema import Stored, cut_text, read_article
from index.model import Article, Spans


class ArrayMatch:
    """A post, by its number in a segment, that matches the wanted leaves of a query."""

    def __init__(self, evaluation: Evaluation, wanted: Sequence[Leaf], doc: int, score: float) -> None:
        self.score = score
        self._evaluation = evaluation
        self._wanted = wanted
        self._doc = doc

    @cached_property
    def _stored(self) -> Stored:
        return self._evaluation.segment.stored(self._doc)

    @cached_property
    def article(self) -> Article:
        """The article without its text."""
        return read_article(self._stored)

    def cut(self, start: int, end: int) -> str:
        """Give the text between two offsets."""
        return cut_text(self._stored, start, end)

    @cached_property
    def spans(self) -> Spans:
        """Where the wanted leaves stand in the text; what stands in other fields is left out."""
        segment, doc = self._evaluation.segment, self._doc
        found = [self._evaluation.found[leaf] for leaf in self._wanted]
        stands = [part.stands(doc) for part in found]
        counts = [len(part) for part in stands]
        positions = np.concatenate([np.empty(0, np.intp), *stands])
        in_text = IN_TEXT[segment.fields_at(positions)]
        first = (positions - segment.arrays["doc_at"][doc])[in_text]
        last = first + np.repeat([part.width - 1 for part in found], counts).astype(np.intp)[in_text]
        offsets, lengths = segment.offsets(doc)
        starts, ends = offsets[first], offsets[last] + lengths[last]
        order = np.lexsort((-ends, starts))
        return Spans(starts[order], ends[order], np.repeat(np.arange(len(found)), counts)[in_text][order])
