"""A posting's weight: how often the term stands in the post, and how much that counts, in one number.

Few such triples occur, so that a table of them is kept and a posting has its number in there:

    weight_short        weighted frequency in the fields that are not normalized by length
    weight_text         weighted frequency in prose and code
    weight_frequency    frequency; 0 for what is added up from several terms
"""

from collections.abc import Collection, Mapping

import numpy as np

from index.engines.whoosh.arrays import Array, compact

# A weight in 16 bits: above a frequency of 6,553 BM25 is at its ceiling anyway.
MOST = np.uint64(0xFFFF)
SHORT, TEXT = np.uint64(48), np.uint64(32)
FREQUENCY = np.uint64(0xFFFFFFFF)


def packed(short: Array, text: Array, frequency: Array) -> Array:
    """Put the weights of every posting into one number: 16, 16 and 32 bits."""
    short, text = (np.minimum(part.astype(np.uint64), MOST) for part in (short, text))
    return np.asarray(short << SHORT | text << TEXT | frequency.astype(np.uint64))


def add_up(weights: Array, first: Array) -> Array:
    """Add up the weights from each of some places to the next, without the frequencies."""
    if not len(first):
        return weights[:0]
    short, text = np.add.reduceat(weights >> SHORT, first), np.add.reduceat(weights >> TEXT & MOST, first)
    return packed(short, text, np.zeros(len(first)))


def tabled(arrays: Mapping[str, Array], names: Collection[str]) -> dict[str, Array]:
    """Number the triples in some arrays by one table of them."""
    table, numbers = np.unique(np.concatenate([arrays[name] for name in names]), return_inverse=True)
    ends = np.cumsum([len(arrays[name]) for name in names])
    parts = np.split(compact(numbers), ends[:-1])
    return {
        **dict(zip(names, parts, strict=True)),
        "weight_short": (table >> SHORT).astype(np.uint16),
        "weight_text": (table >> TEXT & MOST).astype(np.uint16),
        "weight_frequency": (table & FREQUENCY).astype(np.uint32),
    }


def untabled(arrays: Mapping[str, Array], name: str) -> Array:
    """Give the triples again that `tabled` numbered."""
    return packed(*(arrays[f"weight_{part}"] for part in ("short", "text", "frequency")))[arrays[name]]
