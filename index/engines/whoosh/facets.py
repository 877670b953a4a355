"""Tags, years and languages of whatever matches, counted."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.inverter import Names
from index.engines.whoosh.segment import Segment
from index.model import Facet

# More values than this are no choice but a list to search in.
FACET_VALUES = 100


class Counting:
    """The values of all segments, sorted, and their numbers in each: a number means the same value everywhere."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._tags, tags = _numbered(segments, lambda names: names.tags)
        self._years, years = _numbered(segments, lambda names: names.years)
        self._languages, languages = _numbered(segments, lambda names: names.languages)
        self._tag_of = [own[s.arrays["tag_name"]] for s, own in zip(segments, tags, strict=True)]
        self._year_of = [own[s.arrays["doc_year"]] for s, own in zip(segments, years, strict=True)]
        self._language_of = [own[s.arrays["doc_language"]] for s, own in zip(segments, languages, strict=True)]
        self._tag_docs = [segment.arrays["tag_doc"] for segment in segments]

    def facets(self, matching: Sequence[Array]) -> Mapping[str, tuple[Facet, ...]]:
        """Count the posts that match in each segment: by tag and language most frequent first, by year newest first."""
        counted = (self._tags, self._years, self._languages)
        tags, years, languages = (np.zeros(len(values), np.intp) for values in counted)
        for number, docs in enumerate(matching):
            if len(docs):
                present = np.zeros(len(self._year_of[number]), bool)
                present[docs] = True
                tagged = self._tag_of[number][present.take(self._tag_docs[number])]
                tags += np.bincount(tagged, minlength=len(tags))
                years += np.bincount(self._year_of[number].take(docs), minlength=len(years))
                languages += np.bincount(self._language_of[number].take(docs), minlength=len(languages))
        # Of equal counts the first in the alphabet comes first, since values are numbered in that order.
        frequent = (-tags).argsort(kind="stable")[:FACET_VALUES]
        return {
            "tag": _facets(self._tags, tags, frequent),
            "year": _facets(self._years, years, np.arange(len(years))[::-1]),
            "language": _facets(self._languages, languages, (-languages).argsort(kind="stable")),
        }


def _numbered(segments: Sequence[Segment], values: Callable[[Names], Sequence[str]]) -> tuple[list[str], list[Array]]:
    """Give the values of all segments, sorted, and for each segment the numbers of its own among them."""
    own = [values(segment.names) for segment in segments]
    union = sorted({value for names in own for value in names})
    number = {value: n for n, value in enumerate(union)}
    return union, [np.array([number[value] for value in names], np.intp) for names in own]


def _facets(values: Sequence[str], counts: Array, order: Array) -> tuple[Facet, ...]:
    """Give the counted values in some order; posts without a year have an empty one."""
    pairs = zip(order.tolist(), counts[order].tolist(), strict=True)
    return tuple([Facet(values[number], count) for number, count in pairs if count and values[number]])
