"""Look up the arrays of one segment: terms, stems, postings, positions, filters and runs."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import lru_cache, partial
from typing import NamedTuple, Self

import msgspec
import numpy as np

from ..analysis import measure
from ..kernels import TABLE, Kernels, library
from ..lazy import lazy
from ..model import Holding
from ..ranking import WEIGHT_UNIT, B
from .arrays import Array
from .builder import SegmentArrays
from .fields import FIELDS
from .holdings import read_holdings
from .lexicon import FrontCodedStrings, SortedStrings, StringTable
from .post_columns import SegmentNames
from .stems import ANY
from .store import PostStore
from .vectors import SegmentVectors

# The fields whose runs begin a section.
BEGINNINGS = [FIELDS.index(name) for name in ("title", "headings")]


class Postings(NamedTuple):
    """Posts that have a term, ascending, with the number of its weight; see `weights`."""

    docs: Array
    weights: Array


class Stem(NamedTuple):
    """The postings of a stem, and its terms, each with the language in which it has the stem, or ANY."""

    postings: Postings
    members: tuple[tuple[int, int], ...]


class Runs:
    """Sizes and sections of the runs of a segment, computed on first use and shared by all views of it."""

    def __init__(self, run_at: Array, run_field: Array, end: int) -> None:
        self._at, self._field, self._end = run_at, run_field, end

    @lazy
    def size(self) -> Array:
        """The number of positions in every run, without the free one after it."""
        return np.maximum(1, np.diff(self._at.astype(np.int64), append=self._end) - 1).astype(np.int32)

    @lazy
    def section(self) -> Array:
        """The number of the section of every run: a title begins a section, and so does a heading."""
        return np.cumsum(np.isin(self._field, BEGINNINGS), dtype=np.int32)


class Segment:
    """One segment of an index.

    A segment by itself is an index of one segment: all posts are alive, and lengths are normalized by their average in
    it. `view` returns it as part of a larger index. No attribute changes after construction, so that threads may share
    a segment.

    Attributes:
        stored: The arrays as they are written to disk.
        arrays: Those of them that are derived from the posts.
        posts: The stored posts.
        vectors: Those of the pieces of the posts.
        alive: Mask of the posts that are not deleted; None if no post is.
        boost: For each post, what its score is multiplied by; None where that is 1 for all.
        norm: For each post, the factor that normalizes a weight in its text by the text's length; see `ranking`.
    """

    def __init__(self, stored: SegmentArrays) -> None:
        self.stored = stored
        self.arrays = arrays = stored.derived
        self.posts = PostStore(stored.posts)
        self.vectors = SegmentVectors(arrays)
        self.docs = len(arrays["doc_at"]) - 1
        self.names = msgspec.msgpack.decode(arrays["names"].tobytes(), type=SegmentNames)
        self.lexicon = SortedStrings(arrays["lexicon"], arrays["lexicon_at"])
        self.keys = FrontCodedStrings(arrays, "key")
        self.stems = FrontCodedStrings(arrays, "stem")
        self.runs = Runs(arrays["run_at"], arrays["run_field"], arrays["doc_at"].item(-1))
        self.frequency = arrays["weight_frequency"].astype(np.int32)
        self._short = arrays["weight_short"] / np.float32(WEIGHT_UNIT)
        self._text = arrays["weight_text"].astype(np.float32)
        self.boost = arrays["doc_boost"] if (arrays["doc_boost"] != 1).any() else None
        self.alive: Array | None = None
        self._path_order: Callable[[], Array] | None = None
        self.norm = length_norm(arrays["doc_length"], average_length(int(arrays["doc_length"].sum()), self.docs))
        # The caches know the arrays and not the segment, which would keep itself, and its files, open until a garbage
        # collection.
        self.term = lru_cache(maxsize=4096)(partial(_find_term, self.lexicon))
        self._key = lru_cache(maxsize=4096)(partial(_find_key, self.keys))
        self.stem = lru_cache(maxsize=4096)(partial(_find_stem, arrays, self.stems, self.term))

    def view(self, alive: Array, average: float) -> Self:
        """Return this segment as an index, or a part of one.

        Args:
            alive: Mask of the posts that belong to the index.
            average: The average length of a post in the index.
        """
        viewed = copy(self)
        viewed.alive = None if alive.all() else alive
        viewed.norm = length_norm(self.arrays["doc_length"], average)
        return viewed.placed(None)

    def placed(self, path_order: Callable[[], Array] | None) -> Self:
        """Return this segment with what returns its `path_order`; None where the index has no other segment."""
        placed = copy(self)
        placed._path_order = path_order
        for name in ("kernels", "path_order"):
            placed.__dict__.pop(name, None)
        return placed

    @lazy
    def kernels(self) -> Kernels | None:
        """The compiled loops over this segment; None where they are not compiled."""
        loaded = library()
        own = {
            "run_size": self.runs.size,
            "run_section": self.runs.section,
            "frequency": self.frequency,
            "weight_short": self._short,
            "weight_text": self._text,
            "norm": self.norm,
            "path_order": self.path_order,
            "alive": self.alive,
        }
        stored = {name: self.arrays[name] for name in TABLE if name not in own} if loaded else {}
        return Kernels(loaded, stored | own) if loaded else None

    @lazy
    def holdings(self) -> dict[str, Holding]:
        """The holdings of all posts by path, in the order of the posts."""
        return read_holdings(self.arrays)

    @lazy
    def path_keys(self) -> Array:
        """For each post, the number of its path among the keys, which are sorted."""
        numbers = self.keys.with_prefix(b"path\0")
        at = self.arrays["key_doc_at"][numbers.start : numbers.stop + 1]
        keys = np.zeros(self.docs, np.intp)
        keys[self.arrays["key_doc"][at[0] : at[-1]]] = np.repeat(np.arange(numbers.start, numbers.stop), np.diff(at))
        return keys

    @lazy
    def path_order(self) -> Array:
        """For each post, a number: the order of the paths in all segments of the index."""
        return self._path_order() if self._path_order else self.path_keys

    def paths(self) -> list[bytes]:
        """Return the path of every post, in UTF-8."""
        numbers = self.keys.with_prefix(b"path\0")
        keys = list(self.keys.strings(numbers))
        return [keys[number - numbers.start].partition(b"\0")[2] for number in self.path_keys.tolist()]

    def path(self, doc: int) -> bytes:
        """Return the path of a post, in UTF-8."""
        return self.keys[self.path_keys.item(doc)].partition(b"\0")[2]

    def living(self) -> Array:
        """Return the numbers of the posts that are alive."""
        return np.arange(self.docs) if self.alive is None else np.flatnonzero(self.alive)

    def tf(self, postings: Postings, at: Array | None = None) -> Array:
        """Return the weighted frequencies of postings, or of those at some indices, normalized by length."""
        docs, weights = postings.docs, postings.weights
        if at is not None:
            docs, weights = docs.take(at), weights.take(at)
        return np.asarray(self._short.take(weights) + self._text.take(weights) * self.norm.take(docs))

    def postings(self, start: int, end: int) -> Postings:
        """Return the postings of the terms from `start` up to `end`, excluded, term by term."""
        return _postings(self.arrays, start, end)

    def positions_of(self, terms: range) -> int:
        """Return the number of positions of some terms."""
        at = self.arrays["position_at"]
        return int(at.item(terms.stop) - at.item(terms.start))

    @lazy
    def _occurrences(self) -> tuple[memoryview, ...]:
        """Where the postings of each term begin, their posts and weights, where its positions begin, and these."""
        names = ("posting_at", "posting_doc", "posting_weight", "position_at", "position")
        return tuple(self.arrays[name].data for name in names)

    def count(self, doc: int, term: str) -> int:
        """Return how often a term occurs in a post."""
        place = self._place(doc, term)
        return 0 if place is None else self.frequency.item(self._occurrences[2][place])

    def positions_in(self, doc: int, term: str) -> list[int]:
        """Return the positions of a term in a post, ascending, from the beginning of the post."""
        place, number = self._place(doc, term), self.term(term)
        if place is None or number is None:
            return []
        posting_at, _, _, position_at, positions = self._occurrences
        frequencies = self.frequency.take(self.arrays["posting_weight"][posting_at[number] : place + 1])
        end = position_at[number] + int(frequencies.sum())
        return positions[end - frequencies.item(-1) : end].tolist()

    def _place(self, doc: int, term: str) -> int | None:
        """Return the index of the posting of a term in a post, None if it does not have it."""
        number = self.term(term)
        if number is None:
            return None
        posting_at, docs, *_ = self._occurrences
        stop = posting_at[number + 1]
        place = bisect_left(docs, doc, posting_at[number], stop)
        return place if place < stop and docs[place] == doc else None

    def among(self, docs: Sequence[int] | Array) -> Array:
        """Return a mask of some posts."""
        present = np.zeros(self.docs, bool)
        present[docs] = True
        return present

    def having(self, field: str, value: str) -> Array:
        """Return the posts that have a value in a field that filters look at."""
        number = self._key(field, value)
        at = self.arrays["key_doc_at"]
        return self.arrays["key_doc"][at[number] : at[number + 1]] if number is not None else self.arrays["key_doc"][:0]

    def between(self, name: str, low: float, high: float) -> Array:
        """Return the posts with a value of a facet that is a number or a date within bounds, both included."""
        fits = [facet == name and _is_between(value, low, high) for facet, value in self.names.values]
        return np.unique(self.arrays["facet_doc"][np.array(fits, bool)[self.arrays["facet_value"]]])

    def docs_at(self, positions: Array) -> Array:
        """Return the post of each position."""
        at = self.arrays["doc_at"]
        return np.asarray(at.searchsorted(positions.astype(at.dtype), side="right") - 1)

    def runs_at(self, positions: Array) -> Array:
        """Return the run of each position."""
        at = self.arrays["run_at"]
        # With positions of another type, NumPy would convert the whole array for each call.
        return np.asarray(at.searchsorted(positions.astype(at.dtype), side="right") - 1)

    def fields_at(self, positions: Array) -> Array:
        """Return the field of each position, numbered as in `FIELDS`."""
        return np.asarray(self.arrays["run_field"].take(self.runs_at(positions)))


def _is_between(value: str, low: float, high: float) -> bool:
    number = measure(value)
    return number is not None and low <= number <= high


def _find_term(lexicon: SortedStrings, term: str) -> int | None:
    """Return the number of a term, None if no post has it."""
    return lexicon.find(term.encode())


def _find_key(keys: StringTable, field: str, value: str) -> int | None:
    """Return the number of a value of a field, None if no post has it."""
    return keys.find(f"{field}\0{value}".encode())


def _find_stem(
    arrays: Mapping[str, Array], stems: StringTable, find_term: Callable[[str], int | None], stem: str
) -> Stem | None:
    """Return a stem, None if no term has it."""
    number = stems.find(stem.encode())
    if number is None:
        term = find_term(stem)
        known = term is not None and arrays["own_stem"].item(term >> 3) >> (term & 7) & 1
        return Stem(_postings(arrays, term, term + 1), ((term, ANY),)) if term is not None and known else None
    start, end = arrays["stem_member_at"][number : number + 2].tolist()
    terms, languages = arrays["member_term"][start:end].tolist(), arrays["member_language"][start:end].tolist()
    members = tuple(zip(terms, languages, strict=True))
    first, last = arrays["stem_posting_at"][number : number + 2].tolist()
    if first == last:
        return Stem(_postings(arrays, terms[0], terms[0] + 1), members)
    docs, weights = arrays["stem_posting_doc"][first:last], arrays["stem_posting_weight"][first:last]
    return Stem(Postings(docs, weights), members)


def _postings(arrays: Mapping[str, Array], start: int, end: int) -> Postings:
    first, last = arrays["posting_at"].item(start), arrays["posting_at"].item(end)
    return Postings(arrays["posting_doc"][first:last], arrays["posting_weight"][first:last])


def average_length(tokens: int, posts: int) -> float:
    """Return the average length of a post, 1 at the least."""
    return max(1.0, tokens / max(1, posts))


def length_norm(lengths: Array, average: float) -> Array:
    """Return for each length the factor that turns a weight in the text into a normalized one; see `ranking`."""
    return np.asarray(1 / np.float32(WEIGHT_UNIT) / (1 - B + B * lengths.astype(np.float32) / np.float32(average)))
