"""The weight of a posting: the frequency of a term in a post, and its weighted frequencies for ranking.

Few distinct triples occur, so that they are kept in a table and a posting has the number of its triple:

    weight_short        weighted frequency in the fields that are not normalized by length
    weight_text         weighted frequency in prose and code
    weight_frequency    frequency; 0 for the sum of several terms
"""

from collections.abc import Collection, Mapping

import numpy as np

from . import ragged
from .arrays import Array

# A weight has 16 bits: above a frequency of 6,553, BM25 is at its ceiling anyway.
MAX_WEIGHT = np.uint64(0xFFFF)
SHORT, TEXT = np.uint64(48), np.uint64(32)
FREQUENCY = np.uint64(0xFFFFFFFF)


def packed(short: Array, text: Array, frequency: Array) -> Array:
    """Pack the triple of every posting into one number of 16, 16 and 32 bits."""
    short, text = (np.minimum(part.astype(np.uint64), MAX_WEIGHT) for part in (short, text))
    return np.asarray(short << SHORT | text << TEXT | frequency.astype(np.uint64))


def add_up_weights(weights: Array, first: Array) -> Array:
    """Add up the weights from each index in `first` up to the next, with frequencies of 0."""
    if not len(first):
        return weights[:0]
    short, text = np.add.reduceat(weights >> SHORT, first), np.add.reduceat(weights >> TEXT & MAX_WEIGHT, first)
    return packed(short, text, np.zeros(len(first)))


def tabled(arrays: Mapping[str, Array], names: Collection[str]) -> dict[str, Array]:
    """Replace the packed triples in some arrays by their numbers in one table, and return the table with them."""
    parts = [
        arrays[name][at : at + ragged.STRETCH] for name in names for at in range(0, len(arrays[name]), ragged.STRETCH)
    ]
    table = np.unique(np.concatenate([np.unique(part) for part in parts])) if parts else np.empty(0, np.uint64)
    return {
        **{name: _numbers(arrays[name], table) for name in names},
        "weight_short": (table >> SHORT).astype(np.uint16),
        "weight_text": (table >> TEXT & MAX_WEIGHT).astype(np.uint16),
        "weight_frequency": (table & FREQUENCY).astype(np.uint32),
    }


def _numbers(weights: Array, table: Array) -> Array:
    """Return the numbers of weights in a table, in the smallest type."""
    numbers = np.empty(len(weights), np.min_scalar_type(max(0, len(table) - 1)))
    for at in range(0, len(weights), ragged.STRETCH):
        numbers[at : at + ragged.STRETCH] = table.searchsorted(weights[at : at + ragged.STRETCH])
    return numbers


def table_of(arrays: Mapping[str, Array]) -> Array:
    """Return the packed triples of the table."""
    return packed(*(arrays[f"weight_{part}"] for part in ("short", "text", "frequency")))
