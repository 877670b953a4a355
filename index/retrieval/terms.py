"""Look up the leaves of a query in one segment: their posts, frequencies and positions."""

from collections.abc import Sequence
from itertools import chain

import msgspec
import numpy as np
from msgspec.structs import replace

from .. import analysis
from ..kernels import (
    FREQUENCIES,
    IN_DOUBLES,
    IN_FLOATS,
    MAX_OPERANDS,
    WEIGHTS,
    Kernels,
    LeafRow,
    Member,
    PostRow,
    leaf_row,
    post_list,
    post_row,
    worth_row,
)
from ..lazy import lazy
from ..query.tree import Leaf, Prefix, Term, Word
from ..ranking import TEXT, WEIGHT_UNIT
from ..segment.arrays import Array
from ..segment.fields import FIELDS
from ..segment.positions import NOWHERE, read_positions
from ..segment.postings import FIELD_WEIGHTS, IN_TEXT
from ..segment.segment import Postings, Segment
from ..segment.stems import ANY

# What a place counts in each field: in prose and in code times the norm of the post, elsewhere as it is.
NORMED = np.where(IN_TEXT, FIELD_WEIGHTS, 0).astype(np.float64)
PLAIN = np.where(IN_TEXT, 0, FIELD_WEIGHTS * np.float32(1 / WEIGHT_UNIT)).astype(np.float64)
WORTH = worth_row(NORMED, PLAIN)


class LeafPostings(msgspec.Struct, frozen=True, eq=False, dict=True):
    """The postings of a leaf in one segment.

    Attributes:
        docs: The posts that match, each once, ascending; none that was deleted.
        values: The numbers of their weights or, with `are_weights` unset, their weighted frequencies; see `ranking`.
        are_weights: Which of the two.
        width: Positions that one occurrence takes.
        members: The terms whose positions are those of the leaf.
        stands: The positions themselves, where the leaf was found by them; ascending.
        exact: The posts that have it as it is typed, ascending; None where all do.
    """

    docs: Array
    values: Array
    are_weights: bool = False
    width: int = 1
    members: Sequence[Member] = ()
    stands: Array | None = None
    exact: Array | None = None

    def tf(self, segment: Segment, at: Array | None = None) -> Array:
        """Return the weighted frequencies of the posts at some indexes, None for all, normalized by length."""
        if self.are_weights:
            return segment.tf(Postings(self.docs, self.values), at)
        return self.values if at is None else self.values[at]

    @property
    def typed(self) -> Array:
        """The posts that have the leaf as it is typed."""
        return self.docs if self.exact is None else self.exact

    @lazy
    def posts(self) -> PostRow:
        """The posts for a kernel."""
        return post_row(self.docs, self.values, WEIGHTS if self.are_weights else FREQUENCIES)

    @lazy
    def row(self) -> LeafRow:
        """Where it stands, for a kernel."""
        return leaf_row(self.members, self.stands, self.typed, self.width)


NOTHING_FOUND = LeafPostings(NOWHERE, np.empty(0, np.float32))


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
    if not ranges or not all(ranges):
        return replace(NOTHING_FOUND, width=max(1, len(ranges)), stands=NOWHERE)
    if segment.kernels and len(ranges) <= MAX_OPERANDS and all(len(terms) == 1 for terms in ranges):
        return _of_phrase(segment, segment.kernels, ranges, leaf.field)
    return _of_positions(segment, _in_field(segment, _in_order(segment, ranges), leaf.field), max(1, len(ranges)))


def _of_stems(segment: Segment, stems: set[str], field: str | None) -> LeafPostings:
    """Find the words that have any of some stems."""
    found = [stem for stem in map(segment.stem, sorted(stems)) if stem]
    # Most terms have a stem in several languages: each is looked up once.
    languages: dict[int, set[int]] = {}
    for term, language in chain.from_iterable(stem.members for stem in found):
        languages.setdefault(term, set()).add(language)
    members = [(range(term, term + 1), _marked(segment, own)) for term, own in languages.items()]
    return _of_postings(segment, [stem.postings for stem in found], members, field)


def _marked(segment: Segment, languages: set[int]) -> Array | None:
    """Return a mark for each language in which a term counts, None where it counts in any."""
    if ANY in languages:
        return None
    mask = np.zeros(len(segment.names.languages), bool)
    mask[list(languages)] = True
    return mask


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
        return NOTHING_FOUND
    if field is not None:
        # Few of a common word's places are in a title: most posts are left out before their positions are looked at.
        among = None if field in TEXT else segment.among(_in_short_fields(segment, parts))
        return _of_positions(segment, _in_field(segment, np.sort(read_positions(segment, members, among)), field), 1)
    if len(parts) == 1 and len(members[0][0]) == 1:
        docs, weights = _living(segment, parts[0])
        return LeafPostings(docs, weights, are_weights=True, members=members)
    docs, tf = add_up_parts(segment, parts) if len(members[0][0]) == 1 else add_up_range(segment, parts[0])
    return LeafPostings(docs, tf, members=members)


def add_up_parts(segment: Segment, parts: Sequence[Postings]) -> tuple[Array, Array]:
    """Add up the frequencies of posts in several postings, each of which has a post once."""
    if segment.kernels:
        return segment.kernels.add_up([post_list(post_row(*part, WEIGHTS)) for part in parts], IN_FLOATS)
    total = np.zeros(segment.docs, np.float32)
    for part in parts:
        total[part.docs] += segment.tf(part)
    docs = np.concatenate([part.docs for part in parts])
    found = (segment.among(docs) if segment.alive is None else segment.among(docs) & segment.alive).nonzero()[0]
    return found, total.take(found)


def add_up_range(segment: Segment, part: Postings) -> tuple[Array, Array]:
    """Add up the frequencies of posts in the postings of many terms."""
    if segment.kernels:
        return segment.kernels.add_up([post_list(post_row(*part, WEIGHTS))], IN_DOUBLES)
    return _summed(segment, part.docs, segment.tf(part))


def _in_short_fields(segment: Segment, parts: Sequence[Postings]) -> Array:
    """Return the posts that have the terms of some postings outside prose and code."""
    short = segment.arrays["weight_short"]
    return np.concatenate([NOWHERE, *(part.docs[short.take(part.weights) > 0] for part in parts)])


def _living(segment: Segment, postings: Postings) -> Postings:
    if segment.alive is None:
        return postings
    kept = segment.alive.take(postings.docs)
    return Postings(postings.docs[kept], postings.weights[kept])


def add_up(segment: Segment, leaves: Sequence[tuple[LeafPostings, float]]) -> LeafPostings:
    """Return the posts that have any of some leaves, and the sums of their frequencies times the leaf's weight."""
    if segment.kernels:
        lists = [post_list(leaf.posts, weight) for leaf, weight in leaves]
        return LeafPostings(*segment.kernels.add_up(lists, IN_DOUBLES))
    docs = np.concatenate([leaf.docs for leaf, _ in leaves])
    tf = np.concatenate([leaf.tf(segment) * np.float32(weight) for leaf, weight in leaves])
    return LeafPostings(*_summed(segment, docs, tf))


def _summed(segment: Segment, docs: Array, tf: Array) -> tuple[Array, Array]:
    """Return each post that is not deleted once, and the sum of its frequencies."""
    total = np.bincount(docs, tf, segment.docs)
    present = total > 0
    if segment.alive is not None:
        present &= segment.alive
    found = np.flatnonzero(present)
    return found, total.take(found).astype(np.float32)


def _of_phrase(segment: Segment, kernels: Kernels, ranges: Sequence[range], field: str | None) -> LeafPostings:
    """Find where terms stand next to each other by a kernel."""
    counts = [segment.positions_of(terms) for terms in ranges]
    terms, rarest = [terms.start for terms in ranges], min(range(len(ranges)), key=counts.__getitem__)
    number = -1 if field is None else FIELDS.index(field)
    stands, docs, tf = kernels.find_phrase(terms, rarest, counts[rarest], number, WORTH)
    return LeafPostings(docs, tf, width=len(ranges), stands=stands)


def _in_order(segment: Segment, ranges: Sequence[range]) -> Array:
    """Find where terms stand next to each other, from the rarest one to the others."""
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
    return np.asarray(ascending.take(ascending.searchsorted(wanted), mode="clip") == wanted)


def _in_field(segment: Segment, stands: Array, field: str | None) -> Array:
    if field is None:
        return stands
    kept: Array = stands[segment.fields_at(stands) == FIELDS.index(field)]
    return kept


def _of_positions(segment: Segment, stands: Array, width: int) -> LeafPostings:
    """Count ascending positions by post."""
    docs, fields = segment.docs_at(stands), segment.fields_at(stands)
    found, tf = _summed(segment, docs, NORMED.take(fields) * segment.norm.take(docs) + PLAIN.take(fields))
    return LeafPostings(found, tf, width=width, stands=stands)
