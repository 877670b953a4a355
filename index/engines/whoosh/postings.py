"""The postings of a segment, written as Whoosh's own files.

Whoosh collects postings in a pool, sorts them and writes them one by one. Here they come sorted from the arrays of the
`inverter`, and whole terms are written at once: the same files for the same readers, smaller and several times faster.
"""

import zlib
from array import array
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from operator import itemgetter
from pickle import Pickler
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from whoosh.codec.whoosh3 import (
    COMPRESSION_MIN_SIZE,
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3PostingsWriter,
    W3Segment,
)
from whoosh.fields import Schema
from whoosh.util.numeric import length_to_byte

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.tokens import FIELDS

# The beginnings of a value of Whoosh's `Positions` format: how many positions there are, in four bytes, and a pickle
# of their steps. Steps below 256 are pickled as bytes, which are read as the numbers that they are.
SHORT_VALUES = tuple(Struct("!I").pack(count) + b"C" + bytes([count]) for count in range(256))
COUNT = Struct("!I")


class TermPostings(NamedTuple):
    """A term of a field: the posts that have it, how often, their lengths in this field, and the encoded positions."""

    term: bytes
    docs: list[int]
    weights: list[float]
    lengths: list[int]
    values: list[bytes]


class CompactCodec(W3Codec):  # type: ignore[misc]
    """Writes what Whoosh's own codec reads; the segments name that one."""

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:  # noqa: ARG002
        """Begin a segment."""
        return W3Segment(W3Codec(), indexname)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> "CompactPostings":  # noqa: ARG002
        """Give what writes the postings of a field."""
        return CompactPostings(dbfile, self._blocklimit, compression=self._compression)


class CompactPostings(W3PostingsWriter):  # type: ignore[misc]
    """Whoosh's writer of postings, fed with whole terms."""

    def add_all(self, postings: TermPostings) -> None:
        """Add all postings of the term that was started."""
        for start in range(0, len(postings.docs), self._blocklimit):
            if start:
                self._write_block()
            part = slice(start, start + self._blocklimit)
            self._ids = array("I", postings.docs[part])
            self._weights = array("f", postings.weights[part])
            self._values = postings.values[part]
            self._maxweight = max(self._weights)
            self._minlength = min(postings.lengths[part], default=None)
            self._maxlength = max(postings.lengths[part], default=0)

    def _write_block(self, last: bool = False) -> None:
        """Write a block as Whoosh does, in a pickle protocol that knows bytes."""
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        data = _pickled((self._mini_ids(), self._mini_weights(), self._mini_values()))
        compression = self._compression if len(data) >= COMPRESSION_MIN_SIZE else 0
        if compression:
            data = zlib.compress(data, compression)
        lengths = (length_to_byte(self._minlength), length_to_byte(self._maxlength))
        info = _pickled((len(self._ids), self._ids[-1], self._maxweight, compression, *lengths))
        size = len(info) + len(data)
        self._postfile.write_int(-size if last else size)
        self._postfile.write(info + data)
        self._blockcount += 1
        self._new_block()


def _pickled(value: object) -> bytes:
    out = BytesIO()
    pickler = Pickler(out, 3)
    pickler.fast = True  # nothing is in it twice
    pickler.dump(value)
    return out.getvalue()


def write_postings(writer: W3FieldWriter, schema: Schema, arrays: dict[str, Array]) -> None:
    """Write every field's terms, in the order that Whoosh's readers of several segments rely on."""
    for name, terms in sorted((*_exact_fields(schema, arrays), *_text_fields(arrays)), key=itemgetter(0)):
        writer.start_field(name, schema[name])
        for postings in terms:
            writer.start_term(postings.term)
            writer._postwriter.add_all(postings)
            writer.finish_term()
        writer.finish_field()


def _exact_fields(schema: Schema, arrays: dict[str, Array]) -> Iterator[tuple[str, Iterator[TermPostings]]]:
    """Give the fields that filters look at, and the dates."""
    keys = arrays["key"].tobytes()
    at, docs_at, docs = (arrays[name].tolist() for name in ("key_at", "key_doc_at", "key_doc"))
    fields: dict[str, list[tuple[bytes, list[int]]]] = {}
    for number in range(len(at) - 1):
        name, _, value = keys[at[number] : at[number + 1]].partition(b"\0")
        fields.setdefault(name.decode(), []).append((value, docs[docs_at[number] : docs_at[number + 1]]))
    values, order = np.unique(arrays["doc_when"], return_inverse=True)
    terms = [next(iter(schema["when"].index(value)))[0] for value in values.tolist()]
    fields["when"] = sorted((term, np.flatnonzero(order == number).tolist()) for number, term in enumerate(terms))
    for field, found in fields.items():
        yield field, (TermPostings(term, own, [1.0] * len(own), [], []) for term, own in found)


def _text_fields(arrays: dict[str, Array]) -> Iterator[tuple[str, Iterator[TermPostings]]]:
    """Give the fields of text: the positions of each field, which are in the order of terms, posts and positions."""
    position, doc_at = arrays["position"], arrays["doc_at"]
    counts = np.diff(arrays["position_at"])
    term = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    field = arrays["run_field"][np.searchsorted(arrays["run_at"], position, side="right") - 1]
    doc = np.searchsorted(doc_at, position, side="right") - 1
    lexicon, lexicon_at = arrays["lexicon"].tobytes(), arrays["lexicon_at"].tolist()
    for number, name in enumerate(FIELDS):
        own = field == number
        terms, docs = term[own], doc[own]
        stands = (position[own] - doc_at[docs]).astype(np.int64)
        yield name, _terms(lexicon, lexicon_at, terms, docs, stands, len(doc_at) - 1)


def _terms(
    lexicon: bytes, at: Sequence[int], terms: Array, docs: Array, stands: Array, posts: int
) -> Iterator[TermPostings]:
    """Group one field's positions by term and post."""
    lengths = np.bincount(docs, minlength=posts)
    new_term = np.ones(len(terms), bool)
    new_term[1:] = terms[1:] != terms[:-1]
    new = new_term.copy()
    new[1:] |= docs[1:] != docs[:-1]
    first = np.flatnonzero(new)
    values = _values(stands, new, first)
    posting_docs = docs[first].tolist()
    weights = np.diff(first, append=len(terms)).astype(float).tolist()
    posting_lengths = lengths[docs[first]].tolist()
    starts = np.flatnonzero(new_term[first]).tolist()
    for start, end in pairwise([*starts, len(first)]):
        term = int(terms[first[start]])
        yield TermPostings(
            lexicon[at[term] : at[term + 1]],
            posting_docs[start:end],
            weights[start:end],
            posting_lengths[start:end],
            values[start:end],
        )


def _values(stands: Array, new: Array, first: Array) -> list[bytes]:
    """Encode the positions of every posting for Whoosh: as steps, each from the position before in the same post."""
    if not len(first):
        return []
    steps = np.diff(stands, prepend=0)
    steps[new] = stands[new]
    ends = [*first[1:].tolist(), len(stands)]
    short = ((np.maximum.reduceat(steps, first) < 256) & (np.diff(first, append=len(stands)) < 256)).tolist()
    small, listed = steps.astype(np.uint8).tobytes(), steps.tolist()
    return [
        SHORT_VALUES[end - start] + small[start:end] + b"."
        if fits
        else COUNT.pack(end - start) + _pickled(listed[start:end])
        for start, end, fits in zip(first.tolist(), ends, short, strict=True)
    ]
