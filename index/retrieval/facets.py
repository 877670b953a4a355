"""Facets: count the tags, years and languages of the matches, and the values of keys that the settings name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from ..analysis import value_key
from ..model import Facet
from ..segment.arrays import Array
from ..segment.post_columns import NameT, SegmentNames
from ..segment.segment import Segment

# More values than this are no choice but a list to search in.
FACET_VALUES = 100


class Spellings:
    """The values of one facet as they are written, sorted; those that differ in case alone are counted as one."""

    def __init__(self, written: Sequence[str]) -> None:
        self.written = written
        number: dict[str, int] = {}
        self._value_of = np.array([number.setdefault(value_key(text), len(number)) for text in written], np.intp)
        spellings: dict[int, list[int]] = {}
        for spelling, value in enumerate(self._value_of.tolist()):
            spellings.setdefault(value, []).append(spelling)
        self._first = np.array([own[0] for own in spellings.values()], np.intp)
        self._several = {value: own for value, own in spellings.items() if len(own) > 1}

    def counted(self, counts: Array) -> tuple[Facet, ...]:
        """Return the most frequent values, each as it is written most often, given the counts of the spellings."""
        totals = np.bincount(self._value_of, counts).astype(np.intp) if self._several else counts
        best = _most_frequent(totals)[:FACET_VALUES]
        spellings = self._first.take(best).tolist()
        if self._several:
            for place, value in enumerate(best.tolist()):
                if value in self._several:
                    spellings[place] = max(self._several[value], key=counts.item)
        return _facets(self.written, spellings, totals.take(best))


class Counting:
    """The values of all segments, sorted, and their numbers in each: a number means the same value everywhere."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._values, values = _numbered(segments, lambda names: names.values)
        self._years, years = _numbered(segments, lambda names: names.years)
        self._languages, languages = _numbered(segments, lambda names: names.languages)
        self._value_of = [own[s.arrays["facet_value"]] for s, own in zip(segments, values, strict=True)]
        self._year_of = [own[s.arrays["doc_year"]] for s, own in zip(segments, years, strict=True)]
        self._language_of = [own[s.arrays["doc_language"]] for s, own in zip(segments, languages, strict=True)]
        self._named = {
            name: Spellings([value for _, value in group]) for name, group in groupby(self._values, key=itemgetter(0))
        }
        self._docs = [segment.arrays["facet_doc"] for segment in segments]

    def facets(
        self, matching: Sequence[Array], in_all_languages: Sequence[Array] | None = None
    ) -> Mapping[str, tuple[Facet, ...]]:
        """Count the posts that match in each segment: by year newest first, by all else most frequent first.

        Args:
            matching: The posts.
            in_all_languages: These and their translations, whose languages readers can choose.
        """
        if not any(map(len, matching)):
            return dict.fromkeys(("tag", *self._named, "year", "language"), ())
        values = _counts(len(self._values), map(self._values_of, range(len(matching)), matching))
        years = _counts(len(self._years), map(_of_docs, self._year_of, matching))
        languages = _counts(len(self._languages), map(_of_docs, self._language_of, in_all_languages or matching))
        # Posts without a year have an empty one, which sorts first and is left out.
        dated = years.nonzero()[0][::-1]
        dated = dated[:-1] if not self._years[dated[-1]] else dated
        spoken = _most_frequent(languages)
        return {
            "tag": (),
            **self._by_name(values),
            "year": _facets(self._years, dated.tolist(), years.take(dated)),
            "language": _facets(self._languages, spoken.tolist(), languages.take(spoken)),
        }

    def _values_of(self, number: int, docs: Array) -> Array:
        """Return the values of posts of a segment, each as often as one of them has it."""
        present = np.zeros(len(self._year_of[number]), bool)
        present[docs] = True
        return np.asarray(self._value_of[number][present.take(self._docs[number])])

    def _by_name(self, counts: Array) -> dict[str, tuple[Facet, ...]]:
        """Return the counted values of each facet; of equal counts, the first in the alphabet comes first."""
        found, start = {}, 0
        for name, spellings in self._named.items():
            end = start + len(spellings.written)
            found[name] = spellings.counted(counts[start:end])
            start = end
        return found


def _numbered(
    segments: Sequence[Segment], values: Callable[[SegmentNames], Sequence[NameT]]
) -> tuple[list[NameT], list[Array]]:
    """Return the sorted values of all segments, and for each segment the numbers of its own values."""
    own = [values(segment.names) for segment in segments]
    union = sorted({value for names in own for value in names})
    number = {value: n for n, value in enumerate(union)}
    return union, [np.array([number[value] for value in names], np.intp) for names in own]


def _of_docs(numbers: Array, docs: Array) -> Array:
    return numbers.take(docs)


def _counts(values: int, parts: Iterable[Array]) -> Array:
    """Return how often each of so many values is in some arrays."""
    counts = [np.bincount(part, minlength=values) for part in parts]
    return counts[0] if len(counts) == 1 else np.sum(counts, axis=0)


def _most_frequent(counts: Array) -> Array:
    """Return the values that are there, the most frequent first; of equal counts, the first first."""
    (there,) = counts.nonzero()
    return np.asarray(there.take((-counts.take(there)).argsort(kind="stable")))


def _facets(values: Sequence[str], numbers: Sequence[int], counts: Array) -> tuple[Facet, ...]:
    """Return the values of some numbers, each with its count."""
    return tuple(map(Facet, map(values.__getitem__, numbers), counts.tolist()))
