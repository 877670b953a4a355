"""Fuzzy terms: find the terms of a lexicon within an edit distance, by comparing all of them at once.

The distance is that of optimal string alignment (Damerau, 1964; restricted as in Boytsov, "Indexing methods for
approximate dictionary searching", 2011, section 2.1): letters added, taken away and replaced, and neighbours
swapped, each count one.
"""

import numpy as np

from ..segment.arrays import Array
from ..segment.lexicon import CodePoints, SortedStrings, letter_bits


def similar(strings: SortedStrings, term: str, edits: int, *, beginning: bool = False) -> dict[str, tuple[int, int]]:
    """Return the numbers of the strings within an edit distance of a term that share its first letter.

    Each with the edits that it takes. With `beginning`, what a string goes on with costs nothing.
    """
    if not edits:
        number = strings.find(term.encode())
        return {} if number is None else {term: (number, 0)}
    spelt = strings.code_points(term[:1])
    close = np.flatnonzero(_may_be_near(spelt, term, edits, beginning=beginning))
    if not len(close):
        return {}
    places = spelt.at[:-1][close, None] + np.arange(len(term) + edits)
    table = _distances(term, spelt.codes.take(places, mode="clip"), edits)
    # What is past the end of a string belongs to the next one.
    ends = np.minimum(spelt.lengths[close], len(term) + edits)[:, None]
    columns = np.arange(table.shape[1])
    reached = (columns <= ends) if beginning else (columns == ends)
    distances = np.where(reached, table, edits + 1).min(axis=1)
    found = np.flatnonzero(distances <= edits)
    numbers = (spelt.numbers[place] for place in close[found].tolist())
    return {
        strings[number].decode(): (number, distance)
        for number, distance in zip(numbers, distances[found].tolist(), strict=True)
    }


def _may_be_near(spelt: CodePoints, term: str, edits: int, *, beginning: bool) -> Array:
    """Return a mask of the strings with about the length and the letters of a term.

    An edit adds a letter, or takes one away, or both.
    """
    own = np.bitwise_or.reduce(letter_bits(np.array([ord(letter) for letter in term], np.uint32)))
    if beginning:
        is_as_long, lacks, most = spelt.lengths >= len(term) - edits, own & ~spelt.letters, edits
    else:
        is_as_long, lacks, most = abs(spelt.lengths - len(term)) <= edits, own ^ spelt.letters, 2 * edits
    return np.asarray(is_as_long & (np.bitwise_count(lacks) <= most))


def _distances(term: str, rows: Array, edits: int) -> Array:
    """Return the distance of a term from each prefix of each row; distances above `edits` are not exact.

    Cells further than `edits` from the diagonal cannot be on a path that matters.
    """
    far, count = edits + 1, len(term) + edits + 1
    letters = [ord(letter) for letter in term]
    before: list[Array | int] = []
    last: list[Array | int] = [min(j, far) for j in range(count)]
    for i, letter in enumerate(letters, 1):
        row: list[Array | int] = [far] * count
        row[0] = min(i, far)
        for j in range(max(1, i - edits), min(count - 1, i + edits) + 1):
            here = rows[:, j - 1]
            cost = np.minimum(np.minimum(last[j], row[j - 1]) + 1, last[j - 1] + (here != letter))
            if i > 1 and j > 1:
                swapped = (here == letters[i - 2]) & (rows[:, j - 2] == letter)
                cost = np.where(swapped, np.minimum(cost, before[j - 2] + 1), cost)
            row[j] = np.minimum(cost, far).astype(np.uint8)
        before, last = last, row
    return np.column_stack([np.broadcast_to(np.asarray(cell, np.uint8), len(rows)) for cell in last])
