"""Read the positions of terms: stored from the beginning of their post, returned as positions in the segment."""

from collections.abc import Sequence

import numpy as np

from ..kernels import Member
from .arrays import Array
from .segment import Segment

NOWHERE = np.empty(0, np.uint32)


def read_positions(segment: Segment, members: Sequence[Member], among: Array | None = None) -> Array:
    """Return the positions of some terms, term by term, ascending for each term.

    Args:
        segment: The segment.
        members: The terms, at least one.
        among: Mask of the posts whose positions are wanted; None for all posts.
    """
    return _read(segment, members, among)[0]


def read_occurrences(segment: Segment, members: Sequence[Member], among: Array | None) -> tuple[Array, Array]:
    """Return what `read_positions` does, and the number of the member that each position is of."""
    first, member, counts = _read(segment, members, among)
    return first, member.repeat(counts)


def _read(segment: Segment, members: Sequence[Member], among: Array | None) -> tuple[Array, Array, Array]:
    """Return positions, posting by posting, and the member of each posting and its number of positions."""
    bounds = np.array([(terms.start, terms.stop) for terms, _ in members])
    begin, end = segment.arrays["posting_at"].take(bounds).T.astype(np.int64)
    member = np.arange(len(members)).repeat(end - begin)
    docs, weights = (_parts(segment.arrays[name], begin, end) for name in ("posting_doc", "posting_weight"))
    counts = segment.frequency.take(weights)
    begins = counts.cumsum(dtype=np.int64)
    begins += _shifts(segment, bounds).take(member) - counts
    wanted = [among.take(docs)] if among is not None else []
    if any(languages is not None for _, languages in members):
        wanted.append(_spoken(segment, members, docs, member))
    if wanted:
        (kept,) = (wanted[0] if len(wanted) == 1 else wanted[0] & wanted[1]).nonzero()
        docs, begins, counts, member = docs.take(kept), begins.take(kept), counts.take(kept), member.take(kept)
    ends = counts.cumsum(dtype=np.int64)
    indices = (begins + counts - ends).repeat(counts)
    indices += np.arange(len(indices))
    first = segment.arrays["doc_at"].take(docs).repeat(counts) + segment.arrays["position"].take(indices)
    return first, member, counts


def _parts(array: Array, begin: Array, end: Array) -> Array:
    """Return parts of an array, one after the other."""
    parts = [array[first:last] for first, last in zip(begin.tolist(), end.tolist(), strict=True)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _shifts(segment: Segment, bounds: Array) -> Array:
    """Return for each member the offset of its positions in the segment, minus that with members laid end to end."""
    begin, end = segment.arrays["position_at"].take(bounds).T.astype(np.int64)
    lengths = end - begin
    return np.asarray(begin - lengths.cumsum() + lengths)


def _spoken(segment: Segment, members: Sequence[Member], docs: Array, member: Array) -> Array:
    """Return a mask of the postings whose term counts in the language of their post."""
    counts = np.ones((len(members), len(segment.names.languages)), bool)
    for number, (_, languages) in enumerate(members):
        if languages is not None:
            counts[number] = languages
    return counts.take(member * counts.shape[1] + segment.arrays["doc_language"].take(docs))
