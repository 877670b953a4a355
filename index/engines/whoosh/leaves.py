"""The words, phrases and prefixes of a query, found in one segment: which posts have them, how often, and where."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index import analysis
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.inverter import ANY, FIELD_WEIGHTS, IN_TEXT
from index.engines.whoosh.segment import Postings, Segment
from index.engines.whoosh.tokens import FIELDS
from index.query import Phrase, Prefix, Word

Leaf = Word | Phrase | Prefix


@dataclass(frozen=True, slots=True)
class Found:
    """A leaf in one segment.

    Attributes:
        postings: The posts that match, each once, ascending; none that was deleted.
        width: Positions that one occurrence takes.
        stands: Where the occurrences in a post begin, in any order.
    """

    postings: Postings
    width: int
    stands: Callable[[int], Array]


def find(segment: Segment, leaf: Leaf, languages: Sequence[str]) -> Found:
    """Find a leaf; words by their stems in these languages, phrases and words of several terms as they are written."""
    terms = analysis.terms(leaf.text)
    if isinstance(leaf, Word) and len(terms) == 1:
        members = _members(segment, terms[0], languages)
        return _of_terms(segment, [(range(term, term + 1), language) for term, language in members], leaf.field)
    if isinstance(leaf, Prefix) and len(terms) == 1:
        return _of_terms(segment, [(segment.lexicon.with_prefix(terms[0].encode()), ANY)], leaf.field)
    ranges = [_exactly(segment, term) for term in terms]
    if isinstance(leaf, Prefix) and terms:
        ranges[-1] = segment.lexicon.with_prefix(terms[-1].encode())
    if len(ranges) == 1:
        return _of_terms(segment, [(ranges[0], ANY)], leaf.field)
    return _of_positions(segment, _in_field(segment, _in_order(segment, ranges), leaf.field), len(ranges))


def _members(segment: Segment, term: str, languages: Sequence[str]) -> Iterable[tuple[int, int]]:
    stems = {analysis.stem(term, language) for language in languages}
    return dict.fromkeys(member for stem in sorted(stems) for member in segment.members(stem))


def _exactly(segment: Segment, term: str) -> range:
    number = segment.term(term)
    return range(0) if number is None else range(number, number + 1)


def _of_terms(segment: Segment, members: Sequence[tuple[range, int]], field: str | None) -> Found:
    """Find any of some ranges of terms, each in one language or in ANY."""
    members = [(terms, language) for terms, language in members if terms]
    if field is not None:
        positions = [_in_field(segment, _range_positions(segment, terms), field) for terms, _ in members]
        return _of_positions(segment, np.sort(np.concatenate([np.empty(0, np.uint32), *positions])), 1)
    parts = [segment.in_language(segment.postings(terms.start, terms.stop), language) for terms, language in members]
    together = parts[0] if len(parts) == 1 and len(members[0][0]) == 1 else _add_up(segment, parts)
    return Found(_living(segment, together), 1, lambda doc: _stands(segment, members, doc))


def _range_positions(segment: Segment, terms: range) -> Array:
    at = segment.arrays["position_at"]
    return segment.arrays["position"][at[terms.start] : at[terms.stop]]


def _add_up(segment: Segment, parts: Sequence[Postings]) -> Postings:
    """Add up the frequencies of several terms by post."""
    if not parts:
        return Postings(np.empty(0, np.intp), np.empty(0), np.empty(0))
    docs = np.concatenate([part.docs for part in parts])
    short = np.bincount(docs, np.concatenate([part.short for part in parts]), segment.docs)
    text = np.bincount(docs, np.concatenate([part.text for part in parts]), segment.docs)
    present = np.flatnonzero(short + text)
    return Postings(present, short[present], text[present])


def _living(segment: Segment, postings: Postings) -> Postings:
    if segment.alive is None:
        return postings
    kept = segment.alive[postings.docs]
    return Postings(postings.docs[kept], postings.short[kept], postings.text[kept])


def _in_order(segment: Segment, ranges: Sequence[range]) -> Array:
    """Find where terms stand next to each other, from the rarest one to the others."""
    stands = [_sorted_positions(segment, terms) for terms in ranges]
    rarest = min(range(len(stands)), key=lambda i: len(stands[i])) if stands else 0
    starts = stands[rarest].astype(np.int64) - rarest if stands else np.empty(0, np.int64)
    for i in sorted(range(len(stands)), key=lambda i: len(stands[i])):
        if i != rarest and len(starts):
            starts = starts[_contains(stands[i], starts + i)]
    return starts


def _sorted_positions(segment: Segment, terms: range) -> Array:
    positions = _range_positions(segment, terms)
    return positions if len(terms) < 2 else np.sort(positions)


def _contains(ascending: Array, wanted: Array) -> Array:
    if not len(ascending):
        return np.zeros(len(wanted), bool)
    wanted = wanted.astype(ascending.dtype)
    found = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return np.asarray(ascending[found] == wanted)


def _in_field(segment: Segment, positions: Array, field: str | None) -> Array:
    if field is None:
        return positions
    kept: Array = positions[segment.fields_at(positions) == FIELDS.index(field)]
    return kept


def _of_positions(segment: Segment, positions: Array, width: int) -> Found:
    """Count ascending positions by post."""
    docs = segment.docs_at(positions)
    fields = segment.fields_at(positions)
    weight, in_text = FIELD_WEIGHTS[fields], IN_TEXT[fields]
    present, first = np.unique(docs, return_index=True)
    short, text = np.where(in_text, 0, weight), np.where(in_text, weight, 0)
    if len(first):
        short, text = np.add.reduceat(short, first), np.add.reduceat(text, first)
    doc_at = segment.arrays["doc_at"]

    def stands(doc: int) -> Array:
        low, high = np.searchsorted(positions, doc_at[doc : doc + 2])
        return positions[low:high]

    return Found(_living(segment, Postings(present, short, text)), width, stands)


def _stands(segment: Segment, members: Sequence[tuple[range, int]], doc: int) -> Array:
    """Find where any of some terms stand in a post."""
    language = segment.arrays["doc_language"][doc]
    spoken = [terms for terms, own in members if own in (ANY, language)]
    return np.concatenate([np.empty(0, np.uint32), *_term_stands(segment, spoken, doc)])


def _term_stands(segment: Segment, ranges: Iterable[range], doc: int) -> Iterator[Array]:
    bounds = segment.arrays["doc_at"][doc : doc + 2]
    for term in (term for terms in ranges for term in _terms_in(segment, terms, doc)):
        positions = segment.positions(term)
        low, high = np.searchsorted(positions, bounds)
        yield positions[low:high]


def _terms_in(segment: Segment, terms: range, doc: int) -> Iterable[int]:
    """Narrow a range of terms to those that a post has."""
    if len(terms) == 1:
        return terms
    at = segment.arrays["posting_at"]
    first = int(at[terms.start])
    postings = np.flatnonzero(segment.arrays["posting_doc"][first : at[terms.stop]] == doc) + first
    return [int(term) for term in np.searchsorted(at, postings, side="right") - 1]
