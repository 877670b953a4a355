"""Look up the leaves of a query in one segment: their posts, frequencies and positions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np

from .. import analysis
from ..query.tree import Leaf, Prefix, Term, Word
from ..ranking import TEXT, WEIGHT_UNIT
from ..segment.arrays import Array
from ..segment.fields import FIELDS
from ..segment.positions import NOWHERE, Member, read_positions
from ..segment.postings import FIELD_WEIGHTS, IN_TEXT
from ..segment.segment import Postings, Segment
from ..segment.stems import ANY

# Returns the weighted frequencies of the posts at some indexes of a list, normalized by length; None for all.
Frequencies = Callable[[Array | None], Array]

TENTH = np.float32(1 / WEIGHT_UNIT)


@dataclass(frozen=True, slots=True)
class LeafPostings:
    """The postings of a leaf in one segment.

    Attributes:
        docs: The posts that match, each once, ascending; none that was deleted.
        tf: Returns their weighted frequencies; see `ranking`.
        width: Positions that one occurrence takes.
        members: The terms whose positions are those of the leaf.
        stands: The positions themselves, where the leaf was found by them; ascending.
        exact: The posts that have it as it is typed, ascending; None where all do.
    """

    docs: Array
    tf: Frequencies
    width: int = 1
    members: Sequence[Member] = ()
    stands: Array | None = None
    exact: Array | None = None


def find_leaf(segment: Segment, leaf: Leaf, languages: Sequence[str]) -> LeafPostings:
    """Find a leaf; words by their stems in these languages, phrases and words of several terms as they are written."""
    terms = [leaf.text] if isinstance(leaf, Term) else analysis.terms(leaf.text)
    if isinstance(leaf, Word) and len(terms) == 1:
        stems = {analysis.stem(terms[0], language) for language in languages}
        return replace(_of_stems(segment, stems, leaf.field), exact=_having(segment, terms[0]))
    ranges = [_exactly(segment, term) for term in terms]
    if isinstance(leaf, Prefix) and terms:
        ranges[-1] = segment.lexicon.with_prefix(terms[-1].encode())
    if len(ranges) == 1:
        postings = [segment.postings(ranges[0].start, ranges[0].stop)] if ranges[0] else []
        return _of_postings(segment, postings, [(ranges[0], None)], leaf.field)
    return _of_positions(segment, _in_field(segment, _in_order(segment, ranges), leaf.field), max(1, len(ranges)))


def _of_stems(segment: Segment, stems: set[str], field: str | None) -> LeafPostings:
    """Find the words that have any of some stems."""
    found = [stem for stem in map(segment.stem, sorted(stems)) if stem]
    # Most terms have a stem in several languages: each is looked up once.
    languages: dict[int, set[int]] = {}
    for term, language in chain.from_iterable(stem.members for stem in found):
        languages.setdefault(term, set()).add(language)
    members = [(range(term, term + 1), None if ANY in own else own) for term, own in languages.items()]
    return _of_postings(segment, [stem.postings for stem in found], members, field)


def _having(segment: Segment, term: str) -> Array:
    number = segment.term(term)
    return NOWHERE if number is None else segment.postings(number, number + 1).docs


def _exactly(segment: Segment, term: str) -> range:
    number = segment.term(term)
    return range(0) if number is None else range(number, number + 1)


def _of_postings(
    segment: Segment, parts: Sequence[Postings], members: Sequence[Member], field: str | None
) -> LeafPostings:
    """Find the posts of some postings, made of some ranges of terms, each in some languages or in all."""
    if not parts:
        return LeafPostings(NOWHERE, lambda _: NOWHERE)
    if field is not None:
        # Few of a common word's places are in a title: most posts are left out before their positions are looked at.
        among = None if field in TEXT else segment.among(_in_short_fields(segment, parts))
        return _of_positions(segment, _in_field(segment, np.sort(read_positions(segment, members, among)), field), 1)
    if len(members[0][0]) > 1:
        docs, tf = add_up(segment, [(part.docs, segment.tf(part)) for part in parts])
        return LeafPostings(docs, tf, members=members)
    living = [_living(segment, part) for part in parts]
    if len(living) == 1:
        return LeafPostings(living[0].docs, partial(segment.tf, living[0]), members=members)
    docs = segment.among(np.concatenate([part.docs for part in living])).nonzero()[0]
    return LeafPostings(docs, partial(_of_parts, segment, living, docs), members=members)


def _of_parts(segment: Segment, parts: Sequence[Postings], docs: Array, at: Array | None) -> Array:
    """Add up the frequencies of posts in several postings, each of which has a post once."""
    wanted = docs if at is None else docs.take(at)
    total = np.zeros(segment.docs, np.float32)
    among = None if at is None else segment.among(wanted)
    for part in parts:
        places = None if among is None else among.take(part.docs).nonzero()[0]
        total[part.docs if places is None else part.docs.take(places)] += segment.tf(part, places)
    return total.take(wanted)


def _in_short_fields(segment: Segment, parts: Sequence[Postings]) -> Array:
    """Return the posts that have the terms of some postings outside prose and code."""
    short = segment.arrays["weight_short"]
    return np.concatenate([NOWHERE, *(part.docs[short.take(part.weights) > 0] for part in parts)])


def _living(segment: Segment, postings: Postings) -> Postings:
    if segment.alive is None:
        return postings
    kept = segment.alive.take(postings.docs)
    return Postings(postings.docs[kept], postings.weights[kept])


def add_up(segment: Segment, parts: Sequence[tuple[Array, Array]]) -> tuple[Array, Frequencies]:
    """Add up the frequencies of posts, given with the posts; of each post that is not deleted."""
    docs = np.concatenate([docs for docs, _ in parts])
    total = np.bincount(docs, np.concatenate([tf for _, tf in parts]), segment.docs)
    present = total > 0
    if segment.alive is not None:
        present &= segment.alive
    found = np.flatnonzero(present)
    tf = total.take(found).astype(np.float32)
    return found, lambda at: tf if at is None else tf[at]


def _in_order(segment: Segment, ranges: Sequence[range]) -> Array:
    """Find where terms stand next to each other, from the rarest one to the others."""
    if not ranges or not all(ranges):
        return NOWHERE
    counts = [segment.positions_of(terms) for terms in ranges]
    rarest, *others = sorted(range(len(ranges)), key=counts.__getitem__)
    among = segment.among(segment.postings(ranges[rarest].start, ranges[rarest].stop).docs)
    starts: Array = _sorted(segment, ranges[rarest], None).astype(np.int64) - rarest
    for i in others:
        starts = starts[contains(_sorted(segment, ranges[i], among), starts + i)]
    return starts


def _sorted(segment: Segment, terms: range, among: Array | None) -> Array:
    stands = read_positions(segment, [(terms, None)], among)
    return stands if len(terms) < 2 else np.sort(stands)


def contains(ascending: Array, wanted: Array) -> Array:
    """Check which numbers an ascending list has."""
    if not len(ascending):
        return np.zeros(len(wanted), bool)
    wanted = wanted.astype(ascending.dtype)
    found = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return np.asarray(ascending[found] == wanted)


def _in_field(segment: Segment, stands: Array, field: str | None) -> Array:
    if field is None:
        return stands
    kept: Array = stands[segment.fields_at(stands) == FIELDS.index(field)]
    return kept


def _of_positions(segment: Segment, stands: Array, width: int) -> LeafPostings:
    """Count ascending positions by post."""
    docs = segment.docs_at(stands)
    fields = segment.fields_at(stands)
    weight = FIELD_WEIGHTS[fields] * TENTH
    normalized = FIELD_WEIGHTS[fields] * segment.norm[docs]
    docs, tf = add_up(segment, [(docs, np.where(IN_TEXT[fields], normalized, weight))])
    return LeafPostings(docs, tf, width, stands=stands)
