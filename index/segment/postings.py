"""Turn the tokens of posts into postings and positions, ordered by term."""

from collections.abc import Mapping

import numpy as np

from ..ranking import TEXT, WEIGHTS
from .arrays import Array, compact
from .fields import FIELDS
from .weights import packed

FIELD_WEIGHTS = np.array([WEIGHTS[name] for name in FIELDS], np.uint32)
IN_TEXT = np.array([name in TEXT for name in FIELDS])


def invert(tokens: Array, extras: tuple[Array, Array], terms: int, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Sort positions by term, and add up the weights of each term by post.

    Args:
        tokens: For every position the number of its term, from 1; 0 for a free position.
        extras: Further terms, numbered likewise, and their positions.
        terms: The number of terms.
        arrays: The arrays of runs and of first positions of posts.
    """
    used = np.flatnonzero(tokens).astype(np.uint32)
    keys = np.concatenate([_keys(tokens[used], used), _keys(*extras)])
    keys.sort()
    term, position = (keys >> 32) - 1, keys.astype(np.uint32)
    field_at = np.repeat(arrays["run_field"], np.diff(np.append(arrays["run_at"], np.uint32(len(tokens)))))
    doc_at = arrays["doc_at"]
    doc_of = np.repeat(np.arange(len(doc_at) - 1, dtype=np.uint32), np.diff(doc_at))
    field, doc = field_at[position], doc_of[position]
    new = np.ones(len(term), bool)
    new[1:] = (term[1:] != term[:-1]) | (doc[1:] != doc[:-1])
    first = np.flatnonzero(new)
    weight, in_text = FIELD_WEIGHTS[field], IN_TEXT[field]
    short, text = (
        np.add.reduceat(np.where(mask, weight, 0), first) if len(first) else first for mask in (~in_text, in_text)
    )
    return {
        "posting_at": np.searchsorted(term[first], np.arange(terms + 1, dtype=np.uint64)).astype(np.uint32),
        "posting_doc": compact(doc[first]),
        "posting_weight": packed(short, text, np.diff(first, append=len(term))),
        "position_at": np.searchsorted(term, np.arange(terms + 1, dtype=np.uint64)).astype(np.uint32),
        "position": compact(position - doc_at[doc]),
        "doc_length": np.bincount(doc_of[used[IN_TEXT[field_at[used]]]], minlength=len(doc_at) - 1).astype(np.uint32),
    }


def _keys(terms: Array, positions: Array) -> Array:
    return np.asarray(terms.astype(np.uint64) << 32 | positions)
