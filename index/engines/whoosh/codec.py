"""Whoosh's codec over our files, so that Whoosh's own readers and searchers read the index.

Only for reading: segments are written by `writer` and `merging`. What Whoosh asks for is laid out by field when it is
first asked for, which is good enough for a look into an index and for tests, and not for serving.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Codec, PerDocumentReader, TermsReader
from whoosh.formats import Format
from whoosh.matching import ListMatcher, Matcher
from whoosh.reading import TermInfo

from index.engines.whoosh import lists
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.lists import Lists
from index.engines.whoosh.opening import open_segment
from index.engines.whoosh.positions import positions
from index.engines.whoosh.schema import schema
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.tokens import FIELDS

# A document, and where a term stands in it; nowhere in particular for a value of a filter.
Posting = tuple[int, list[int]]


class ArrayCodec(Codec):  # type: ignore[misc] # Whoosh is not typed for those who build on it
    """Gives Whoosh the readers of a segment."""

    def terms_reader(self, storage: Any, segment: Any) -> "ArrayTerms":
        """Give the reader of terms and postings."""
        return ArrayTerms(open_segment(Path(storage.folder), segment))

    def per_document_reader(self, storage: Any, segment: Any) -> "ArrayDocuments":
        """Give the reader of what is kept by document."""
        return ArrayDocuments(open_segment(Path(storage.folder), segment), segment)


class ArrayTerms(TermsReader):  # type: ignore[misc]
    """The terms of every field, in byte order, and their postings."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    @cached_property
    def _fields(self) -> Mapping[str, Mapping[bytes, Callable[[], list[Posting]]]]:
        fields = {name: dict(terms) for name, terms in _filters(self._segment).items()}
        fields["when"] = dict(_dates(self._segment))
        for number, name in enumerate(FIELDS):
            fields[name] = dict(_terms(self._segment, number))
        return {name: dict(sorted(fields[name].items())) for name in sorted(fields) if fields[name]}

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[1] in self._fields.get(term[0], {})

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Give all terms, field by field."""
        return ((name, text) for name, terms in self._fields.items() for text in terms)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Give the terms of a field from some text on."""
        texts = list(self._fields.get(fieldname, {}))
        return ((fieldname, text) for text in texts[bisect_left(texts, prefix) :])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Give all terms, with what is known of each."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Give the terms of a field from some text on, with what is known of each."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Give what is known of a term; KeyError where there is none."""
        postings = self._fields[fieldname][text]()
        weights = [float(max(1, len(stands))) for _, stands in postings]
        docs = [doc for doc, _ in postings]
        return TermInfo(sum(weights), len(docs), None, 0, max(weights), docs[0], docs[-1])

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Give how often a term occurs."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Give how many documents have a term."""
        return int(self.term_info(fieldname, text).doc_frequency())

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> Matcher:
        """Give the postings of a term."""
        postings = self._fields[fieldname][text]()
        weights = [float(max(1, len(stands))) for _, stands in postings]
        values = [_encoded(format_, stands) for _, stands in postings]
        docs = [doc for doc, _ in postings]
        return ListMatcher(docs, weights, values, format_, scorer, term=(fieldname, text))

    def indexed_field_names(self) -> Sequence[str]:
        """Give the fields that have terms."""
        return list(self._fields)


def _encoded(format_: Format, stands: list[int]) -> bytes:
    return bytes(format_.encode(stands)) if stands else b""


def _filters(segment: Segment) -> dict[str, dict[bytes, Callable[[], list[Posting]]]]:
    """Give the values that filters look for."""
    arrays = segment.arrays
    at, docs = arrays["key_doc_at"].tolist(), arrays["key_doc"].tolist()
    fields: dict[str, dict[bytes, Callable[[], list[Posting]]]] = {}
    for number, key in enumerate(lists.to_bytes(Lists(arrays["key_at"], arrays["key"]))):
        name, _, value = key.partition(b"\0")
        own = docs[at[number] : at[number + 1]]
        fields.setdefault(name.decode(), {})[value] = partial(_nowhere, own)
    return fields


def _dates(segment: Segment) -> Iterator[tuple[bytes, Callable[[], list[Posting]]]]:
    when = segment.arrays["doc_when"]
    for value in np.unique(when).tolist():
        [(term, *_)] = schema()["when"].index(value)
        own = np.flatnonzero(when == value).tolist()
        yield term, partial(_nowhere, own)


def _terms(segment: Segment, field: int) -> Iterator[tuple[bytes, Callable[[], list[Posting]]]]:
    """Give the terms of a field of text."""
    stands = positions(segment, [(range(segment.lexicon.count), None)])
    kept = lists.sieve(Lists(segment.arrays["position_at"], stands), segment.fields_at(stands) == field)
    at = kept.at.tolist()
    for number in np.flatnonzero(np.diff(kept.at)).tolist():
        own = kept.values[at[number] : at[number + 1]]
        yield segment.lexicon[number], partial(_by_document, segment, own)


def _nowhere(docs: list[int]) -> list[Posting]:
    return [(doc, []) for doc in docs]


def _by_document(segment: Segment, stands: Array) -> list[Posting]:
    """Group ascending positions by document, each counted from the document's first."""
    found: dict[int, list[int]] = {}
    docs = segment.docs_at(stands)
    for doc, stand in zip(docs.tolist(), (stands - segment.arrays["doc_at"][docs]).tolist(), strict=True):
        found.setdefault(doc, []).append(stand)
    return list(found.items())


class ArrayDocuments(PerDocumentReader):  # type: ignore[misc]
    """What is kept by document: the post itself, and the lengths of its fields."""

    def __init__(self, opened: Segment, segment: Any) -> None:
        self._opened = opened
        self._segment = segment

    def doc_count(self) -> int:
        """Give the number of documents that are not deleted."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """Give the number of documents."""
        return int(self._segment.doc_count_all())

    def has_deletions(self) -> bool:
        """Tell whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document is deleted."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """Give the documents that are deleted."""
        return iter(self._segment.deleted_docs())

    def stored_fields(self, docnum: int) -> dict[str, object]:
        """Give the path, the article and the text of a document."""
        post = self._opened.documents.post(docnum)
        return {"path": post.path, "article": self._opened.documents.article(docnum), "text": post.text}

    @cached_property
    def _lengths(self) -> Array:
        """How many terms every document has in every field."""
        segment = self._opened
        stands = positions(segment, [(range(segment.lexicon.count), None)])
        cells = segment.docs_at(stands) * len(FIELDS) + segment.fields_at(stands)
        return np.bincount(cells, minlength=segment.docs * len(FIELDS)).reshape(-1, len(FIELDS))

    def _field_lengths(self, fieldname: str) -> Array:
        known = fieldname in FIELDS
        return self._lengths[:, FIELDS.index(fieldname)] if known else np.zeros(self._opened.docs, np.int64)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Give the length of a field in a document."""
        return int(self._field_lengths(fieldname)[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        """Give the length of a field in all documents."""
        return int(self._field_lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        """Give the least length of a field."""
        return int(self._field_lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        """Give the largest length of a field."""
        return int(self._field_lengths(fieldname).max(initial=0))
