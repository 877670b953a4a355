"""A posting's weight: two numbers, that of the fields without length normalization and that of the text, in one.

Few pairs of them occur, so that a table of these is kept and a posting has its number in there:

    weight_short    weighted frequency in the fields that are not normalized by length
    weight_text     weighted frequency in prose and code
"""

from collections.abc import Collection, Mapping

import numpy as np

from index.engines.whoosh.arrays import Array, compact

# A weight in 16 bits: above a frequency of 6,553 BM25 is at its ceiling anyway.
MOST = 0xFFFF


def pairs(short: Array, text: Array) -> Array:
    """Put the two weights of every posting into one number."""
    return np.minimum(short, MOST).astype(np.uint32) << 16 | np.minimum(text, MOST).astype(np.uint32)


def add_up(weights: Array, first: Array) -> Array:
    """Add up the weights from each of some places to the next."""
    if not len(first):
        return weights[:0]
    short, text = weights >> 16, weights & MOST
    return pairs(np.add.reduceat(short, first), np.add.reduceat(text, first))


def tabled(arrays: Mapping[str, Array], names: Collection[str]) -> dict[str, Array]:
    """Number the pairs in some arrays by one table of them."""
    table, numbers = np.unique(np.concatenate([arrays[name] for name in names]), return_inverse=True)
    ends = np.cumsum([len(arrays[name]) for name in names])
    parts = np.split(compact(numbers), ends[:-1])
    return {
        **dict(zip(names, parts, strict=True)),
        "weight_short": (table >> 16).astype(np.uint16),
        "weight_text": (table & MOST).astype(np.uint16),
    }


def untabled(arrays: Mapping[str, Array], name: str) -> Array:
    """Give the pairs again that `tabled` numbered."""
    return pairs(arrays["weight_short"], arrays["weight_text"])[arrays[name]]
