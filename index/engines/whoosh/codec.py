"""A codec with which Whoosh's own readers and searchers read our files.

It only reads: `writer` writes segments. Terms are laid out by field on first use, which is fast enough to inspect or
test an index, but not to serve it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Codec, PerDocumentReader, TermsReader
from whoosh.formats import Format
from whoosh.matching import ListMatcher, Matcher
from whoosh.reading import TermInfo

from ...lazy import lazy
from ...segment import ragged
from ...segment.arrays import Array
from ...segment.fields import FIELDS
from ...segment.positions import read_positions
from ...segment.ragged import Lists
from ...segment.segment import Segment
from .schema import schema
from .segment_files import open_segment

# A document and the positions of a term in it; values of filters have no positions.
Posting = tuple[int, list[int]]


class ArrayCodec(Codec):  # type: ignore[misc] # Whoosh is not typed for those who build on it
    """Creates Whoosh's readers of a segment."""

    def terms_reader(self, storage: Any, segment: Any) -> "ArrayTerms":
        """Return the reader of terms and postings."""
        return ArrayTerms(open_segment(Path(storage.folder), segment))

    def per_document_reader(self, storage: Any, segment: Any) -> "ArrayDocuments":
        """Return the reader of documents."""
        return ArrayDocuments(open_segment(Path(storage.folder), segment), segment)


class ArrayTerms(TermsReader):  # type: ignore[misc]
    """The terms of every field, in byte order, and their postings."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    @lazy
    def _fields(self) -> Mapping[str, Mapping[bytes, Callable[[], list[Posting]]]]:
        fields = {name: dict(terms) for name, terms in _filters(self._segment).items()}
        fields["when"] = dict(_dates(self._segment))
        for number, name in enumerate(FIELDS):
            fields[name] = dict(_terms(self._segment, number))
        return {name: dict(sorted(fields[name].items())) for name in sorted(fields) if fields[name]}

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[1] in self._fields.get(term[0], {})

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Return all terms, field by field."""
        return ((name, text) for name, terms in self._fields.items() for text in terms)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Return the terms of a field from a text on."""
        texts = list(self._fields.get(fieldname, {}))
        return ((fieldname, text) for text in texts[bisect_left(texts, prefix) :])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Return all terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Return the terms of a field from a text on, with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return the statistics of a term; raise KeyError if there is no such term."""
        postings = self._fields[fieldname][text]()
        weights = [float(max(1, len(positions))) for _, positions in postings]
        docs = [doc for doc, _ in postings]
        return TermInfo(sum(weights), len(docs), None, 0, max(weights), docs[0], docs[-1])

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return the number of occurrences of a term."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return the document frequency of a term."""
        return int(self.term_info(fieldname, text).doc_frequency())

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> Matcher:
        """Return the postings of a term."""
        postings = self._fields[fieldname][text]()
        weights = [float(max(1, len(positions))) for _, positions in postings]
        values = [_encoded(format_, positions) for _, positions in postings]
        docs = [doc for doc, _ in postings]
        return ListMatcher(docs, weights, values, format_, scorer, term=(fieldname, text))

    def indexed_field_names(self) -> Sequence[str]:
        """Return the fields that have terms."""
        return list(self._fields)


def _encoded(format_: Format, positions: list[int]) -> bytes:
    return bytes(format_.encode(positions)) if positions else b""


def _filters(segment: Segment) -> dict[str, dict[bytes, Callable[[], list[Posting]]]]:
    """Return the values that filters look for, by field."""
    arrays = segment.arrays
    at, docs = arrays["key_doc_at"].tolist(), arrays["key_doc"].tolist()
    fields: dict[str, dict[bytes, Callable[[], list[Posting]]]] = {}
    for number, key in enumerate(segment.keys):
        name, _, value = key.partition(b"\0")
        matching = docs[at[number] : at[number + 1]]
        fields.setdefault(name.decode(), {})[value] = partial(_without_positions, matching)
    return fields


def _dates(segment: Segment) -> Iterator[tuple[bytes, Callable[[], list[Posting]]]]:
    when = segment.arrays["doc_when"]
    for value in np.unique(when).tolist():
        [(term, *_)] = schema()["when"].index(value)
        yield term, partial(_without_positions, np.flatnonzero(when == value).tolist())


def _terms(segment: Segment, field: int) -> Iterator[tuple[bytes, Callable[[], list[Posting]]]]:
    """Yield the terms of a field of text."""
    all_positions = read_positions(segment, [(range(segment.lexicon.count), None)])
    kept = ragged.sieve(Lists(segment.arrays["position_at"], all_positions), segment.fields_at(all_positions) == field)
    at = kept.at.tolist()
    for number in np.flatnonzero(np.diff(kept.at)).tolist():
        yield segment.lexicon[number], partial(_by_document, segment, kept.values[at[number] : at[number + 1]])


def _without_positions(docs: list[int]) -> list[Posting]:
    return [(doc, []) for doc in docs]


def _by_document(segment: Segment, positions: Array) -> list[Posting]:
    """Group ascending positions by document, counted from the first position of each document."""
    postings: dict[int, list[int]] = {}
    docs = segment.docs_at(positions)
    for doc, position in zip(docs.tolist(), (positions - segment.arrays["doc_at"][docs]).tolist(), strict=True):
        postings.setdefault(doc, []).append(position)
    return list(postings.items())


class ArrayDocuments(PerDocumentReader):  # type: ignore[misc]
    """The documents: the posts, and the lengths of their fields."""

    def __init__(self, opened: Segment, segment: Any) -> None:
        self._opened = opened
        self._segment = segment

    def doc_count(self) -> int:
        """Return the number of documents that are not deleted."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """Return the number of documents."""
        return int(self._segment.doc_count_all())

    def has_deletions(self) -> bool:
        """Return whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Return whether a document is deleted."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """Return the documents that are deleted."""
        return iter(self._segment.deleted_docs())

    def stored_fields(self, docnum: int) -> dict[str, object]:
        """Return the path, the article and the text of a document."""
        post = self._opened.posts.post(docnum)
        return {"path": post.path, "article": self._opened.posts.article(docnum), "text": post.text}

    @lazy
    def _lengths(self) -> Array:
        """The number of terms in every field of every document."""
        segment = self._opened
        all_positions = read_positions(segment, [(range(segment.lexicon.count), None)])
        cells = segment.docs_at(all_positions) * len(FIELDS) + segment.fields_at(all_positions)
        return np.bincount(cells, minlength=segment.docs * len(FIELDS)).reshape(-1, len(FIELDS))

    def _field_lengths(self, fieldname: str) -> Array:
        known = fieldname in FIELDS
        return self._lengths[:, FIELDS.index(fieldname)] if known else np.zeros(self._opened.docs, np.int64)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the length of a field in a document."""
        return int(self._field_lengths(fieldname)[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        """Return the length of a field in all documents."""
        return int(self._field_lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        """Return the smallest length of a field."""
        return int(self._field_lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        """Return the largest length of a field."""
        return int(self._field_lengths(fieldname).max(initial=0))
