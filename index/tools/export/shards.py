"""Terms and their postings as files: each has the terms of a stretch of the alphabet.

A file is a sequence of numbers and texts, compressed by gzip. Numbers are written in groups of seven bits, the lowest
first, the highest bit set where another group follows (LEB128). Per term:

    letters shared with the term before, length of the rest, the rest in UTF-8
    number of its stem within the file
    number of postings, and for each
        doc, less that of the one before
        impact
        number of names that have it, and for each its number, and its size doubled, with 1 added for an address
        number of parts, and each part; 0 for the first part alone

The terms of one stem are in one file. Where they are far apart, those elsewhere are in each file, after its own. A stem
that is no term itself stands there without postings, so that forms which no post has lead to it.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...segment.varint import write_varint
from .postings import TermInPost

# Bytes before compression: some 8 kB after it, which is what a word costs.
MAX_SHARD = 14_000


class Shard(NamedTuple):
    """A file with terms; `first` is the least that belongs there."""

    first: str
    content: bytes


def shards(postings: Mapping[str, Sequence[TermInPost]], stems: Mapping[str, str]) -> Iterator[Shard]:
    """Yield the files, in the order of their terms."""
    bare = {stemmed for stemmed in stems.values() if stemmed and stemmed not in postings}
    postings, stems = {**dict.fromkeys(bare, ()), **postings}, {**{each: each for each in bare}, **stems}
    of_stem = defaultdict(list)
    for term, stemmed in stems.items():
        of_stem[stemmed].append(term)
    written = {term: _postings(found) for term, found in postings.items()}
    for terms in _cut(written):
        own = set(terms)
        elsewhere = sorted({other for term in terms for other in of_stem[stems[term]]} - own, key=order)
        yield Shard(terms[0], compressed(_shard([*terms, *elsewhere], written, stems, len(terms))))


def order(term: str) -> bytes:
    """Return the key by which JavaScript sorts a text."""
    return term.encode("utf-16-be")


def compressed(content: bytes) -> bytes:
    """Compress a file; equal content makes equal files."""
    return gzip.compress(content, 9, mtime=0)


def _cut(written: Mapping[str, bytes]) -> Iterator[list[str]]:
    terms: list[str] = []
    size = 0
    for term in sorted(written, key=order):
        if size + len(written[term]) > MAX_SHARD and terms:
            yield terms
            terms, size = [], 0
        terms.append(term)
        size += len(written[term]) + len(term.encode())
    if terms:
        yield terms


def _shard(terms: Sequence[str], written: Mapping[str, bytes], stems: Mapping[str, str], own: int) -> bytes:
    numbers: dict[str, int] = {}
    parts, before = [write_varint(own), write_varint(len(terms))], ""
    for term in terms:
        shared = _shared(before, term)
        rest = term[shared:].encode()
        stem_number = numbers.setdefault(stems[term], len(numbers))
        parts += [write_varint(shared), write_varint(len(rest)), rest, write_varint(stem_number), written[term]]
        before = term
    return b"".join(parts)


def _shared(one: str, other: str) -> int:
    """Return how many letters two terms begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _postings(found: Sequence[TermInPost]) -> bytes:
    parts, before = [write_varint(len(found))], 0
    for posting in found:
        among = () if posting.parts == (0,) else posting.parts
        names = [number for name in posting.names for number in (name.number, 2 * name.size + name.is_address)]
        numbers = (posting.doc - before, posting.impact, len(posting.names), *names, len(among), *among)
        parts += map(write_varint, numbers)
        before = posting.doc
    return b"".join(parts)
