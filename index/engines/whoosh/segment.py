"""One segment's arrays, looked up."""

from collections.abc import Sequence
from copy import copy
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec
import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.documents import Documents
from index.engines.whoosh.inverter import Names
from index.engines.whoosh.stems import ANY
from index.engines.whoosh.tokens import FIELDS
from index.model import Holding
from index.ranking import WEIGHT_UNIT, B

# Among so few strings bisection needs no help.
FEW_STRINGS = 2048


# The words of a first letter are some hundred kilobytes as code points, of which a worker keeps this many.
KEPT_LETTERS = 16

# The fields whose runs begin a section.
BEGINNINGS = [FIELDS.index(name) for name in ("title", "headings")]


class Postings(NamedTuple):
    """Posts that have a term, ascending, with the number of its weight; see `weights`."""

    docs: Array
    weights: Array


class Stem(NamedTuple):
    """The postings of a stem, and its terms, each with the language that it has the stem in, or ANY."""

    postings: Postings
    members: tuple[tuple[int, int], ...]


class Spelt:
    """The strings that begin with one letter, as code points.

    Attributes:
        numbers: Their numbers.
        codes: The code points, one string's after the other's.
        at: Where each begins in them, and the end.
        lengths: How many each has.
        letters: Which each has: a bit for each code point modulo 64.
    """

    def __init__(self, numbers: range, codes: Array, at: Array) -> None:
        self.numbers = numbers
        self.codes = codes
        self.at = at
        self.lengths = np.diff(at)
        self.letters = np.bitwise_or.reduceat(bits(codes), at[:-1]) if len(numbers) else np.empty(0, np.uint64)


def bits(codes: Array) -> Array:
    """Give the bit of each code point."""
    return np.left_shift(np.uint64(1), (codes & 63).astype(np.uint64))


class Strings:
    """Sorted byte strings in one array, found by bisection among those with the same first two bytes."""

    def __init__(self, arrays: dict[str, Array], name: str) -> None:
        text, at = arrays[name], arrays[f"{name}_at"]
        self._bytes, self._at = text.data, at.data
        self.count = len(at) - 1
        self._heads = _heads(text, at).data if self.count > FEW_STRINGS else None
        self.spelt = lru_cache(maxsize=KEPT_LETTERS)(self._spelt)

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._bytes[self._at[number] : self._at[number + 1]])

    def insertion(self, value: bytes) -> int:
        """Give the number of strings that come before a value."""
        low, high = 0, self.count
        if self._heads:
            head = int.from_bytes(value[:2].ljust(2, b"\0"), "big")
            low, high = self._heads[head], self._heads[head + 1]
        text, at = self._bytes, self._at
        while low < high:
            middle = (low + high) // 2
            if bytes(text[at[middle] : at[middle + 1]]) < value:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, value: bytes) -> int | None:
        """Give the number of a string, None where it is not there."""
        number = self.insertion(value)
        return number if number < self.count and self[number] == value else None

    def with_prefix(self, prefix: bytes) -> range:
        """Give the numbers of the strings that begin with a prefix."""
        # No UTF-8 text has this byte, so that everything that goes on from the prefix comes before it.
        return range(self.insertion(prefix), self.insertion(prefix + b"\xff"))

    def _spelt(self, first: str) -> "Spelt":
        numbers = self.with_prefix(first.encode())
        at = np.asarray(self._at[numbers.start : numbers.stop + 1]).astype(np.intp)
        text = np.asarray(self._bytes[at[0] : at[-1]])
        codes = np.frombuffer(text.tobytes().decode().encode("utf-32-le"), np.uint32)
        # Of a character's bytes in UTF-8, only the first is none of these.
        begun = np.concatenate([[0], np.cumsum(text & 0xC0 != 0x80)])
        return Spelt(numbers, codes, begun[at - at[0]])


def _heads(text: Array, at: Array) -> Array:
    """Number the strings by their first two bytes: where those with each begin, and the end."""
    padded = np.append(text, np.zeros(2, np.uint8))
    second = np.where(np.diff(at) > 1, padded[at[:-1] + 1], 0)
    return np.searchsorted(padded[at[:-1]].astype(np.uint16) << 8 | second, np.arange(0x10001, dtype=np.uint32))


def _alive(docs: int, deleted: Sequence[int]) -> Array | None:
    if not deleted:
        return None
    alive = np.ones(docs, bool)
    alive[list(deleted)] = False
    return alive


class Segment:
    """The arrays of one segment and the posts of it that are alive."""

    def __init__(self, arrays: dict[str, Array], documents: Documents, deleted: Sequence[int]) -> None:
        self.arrays = arrays
        self.documents = documents
        self.docs = len(arrays["doc_at"]) - 1
        self.lexicon = Strings(arrays, "lexicon")
        self.keys = Strings(arrays, "key")
        self.stems = Strings(arrays, "stem")
        self.norm: Array = np.empty(0, np.float32)
        self._short = arrays["weight_short"] / np.float32(WEIGHT_UNIT)
        self._text = arrays["weight_text"].astype(np.float32)
        self.frequency = arrays["weight_frequency"].astype(np.int32)
        self.alive = _alive(self.docs, deleted)
        self.term = lru_cache(maxsize=4096)(self._term)
        self.stem = lru_cache(maxsize=4096)(self._stem)

    def without(self, deleted: Sequence[int]) -> "Segment":
        """Give the same segment with other deletions."""
        other = copy(self)
        other.alive = _alive(self.docs, deleted)
        return other

    def normalize(self, average: float) -> None:
        """Take note of the average length in the whole index: see `ranking`, and `norm` for every post's factor."""
        lengths = self.arrays["doc_length"].astype(np.float32)
        self.norm = 1 / np.float32(WEIGHT_UNIT) / (1 - B + B * lengths / np.float32(average))

    @cached_property
    def names(self) -> Names:
        """The names of tags, years and languages."""
        return msgspec.msgpack.decode(self.arrays["names"].tobytes(), type=Names)

    @cached_property
    def holdings(self) -> dict[str, Holding]:
        """What is held of every post, by path, in the order of the posts."""
        return msgspec.msgpack.decode(self.arrays["holdings"].tobytes(), type=dict[str, Holding])

    def tf(self, postings: Postings, at: Array | None = None) -> Array:
        """Give the weighted frequencies of postings, or of those at some places, normalized by length."""
        docs, weights = postings.docs, postings.weights
        if at is not None:
            docs, weights = docs.take(at), weights.take(at)
        return np.asarray(self._short.take(weights) + self._text.take(weights) * self.norm.take(docs))

    def _term(self, term: str) -> int | None:
        """Give a term's number."""
        return self.lexicon.find(term.encode())

    def _stem(self, stem: str) -> Stem | None:
        """Give the postings of the terms that have a stem, and these terms."""
        number = self.stems.find(stem.encode())
        if number is None:
            own = self.term(stem)
            known = own is not None and self.arrays["own_stem"][own]
            return Stem(self.postings(own, own + 1), ((own, ANY),)) if own is not None and known else None
        arrays = self.arrays
        start, end = arrays["stem_member_at"][number : number + 2].tolist()
        terms, languages = arrays["member_term"][start:end].tolist(), arrays["member_language"][start:end].tolist()
        members = tuple(zip(terms, languages, strict=True))
        first, last = arrays["stem_posting_at"][number : number + 2].tolist()
        if first == last:
            return Stem(self.postings(terms[0], terms[0] + 1), members)
        docs, weights = arrays["stem_posting_doc"][first:last], arrays["stem_posting_weight"][first:last]
        return Stem(Postings(docs, weights), members)

    def postings(self, start: int, end: int) -> Postings:
        """Give the postings of the terms from `start` to `end`, excluded, one term's after the other's."""
        arrays = self.arrays
        first, last = arrays["posting_at"].item(start), arrays["posting_at"].item(end)
        return Postings(arrays["posting_doc"][first:last], arrays["posting_weight"][first:last])

    def positions_of(self, terms: range) -> int:
        """Give how often some terms stand anywhere."""
        at = self.arrays["position_at"]
        return int(at.item(terms.stop) - at.item(terms.start))

    def among(self, docs: Sequence[int] | Array) -> Array:
        """Give for each post whether it is one of these."""
        present = np.zeros(self.docs, bool)
        present[docs] = True
        return present

    def having(self, field: str, value: str) -> Array:
        """Give the posts that have a value which filters look for."""
        number = self.keys.find(f"{field}\0{value}".encode())
        at = self.arrays["key_doc_at"]
        return self.arrays["key_doc"][at[number] : at[number + 1]] if number is not None else self.arrays["key_doc"][:0]

    def docs_at(self, positions: Array) -> Array:
        """Give the post that each position is in."""
        at = self.arrays["doc_at"]
        return np.asarray(at.searchsorted(positions.astype(at.dtype), side="right") - 1)

    def runs_at(self, positions: Array) -> Array:
        """Give the run that each position is in."""
        at = self.arrays["run_at"]
        # Of another type, the whole array would be converted for each call.
        return np.asarray(at.searchsorted(positions.astype(at.dtype), side="right") - 1)

    def fields_at(self, positions: Array) -> Array:
        """Give the field that each position is in, numbered as in `tokens.FIELDS`."""
        return np.asarray(self.arrays["run_field"].take(self.runs_at(positions)))

    @cached_property
    def run_size(self) -> Array:
        """How many positions every run takes; after it one is free."""
        return np.maximum(1, np.diff(self.arrays["run_at"].astype(np.int64), append=self.arrays["doc_at"][-1]) - 1)

    @cached_property
    def run_section(self) -> Array:
        """The number of the section of every run: a title begins one, and so does a heading."""
        return np.cumsum(np.isin(self.arrays["run_field"], BEGINNINGS))
