"""Lists of ranked posts, as parallel arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..segment.arrays import Array


class Best(NamedTuple):
    """A post of the page.

    Attributes:
        segment: Its segment.
        doc: Its number in there.
        score: What it is ranked by; 0 where nothing was scored.
        frequency: What BM25F gives it.
        added: What rescoring adds, by name.
    """

    segment: int
    doc: int
    score: float
    frequency: float
    added: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Listed:
    """Posts in an order, as parallel arrays; the attributes are those of `Best`."""

    segment: Array
    doc: Array
    score: Array
    frequency: Array
    added: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.doc)

    def take(self, at: Array | slice) -> "Listed":
        """Return the posts at some indexes of the list."""
        added = {name: values[at] for name, values in self.added.items()}
        return Listed(self.segment[at], self.doc[at], self.score[at], self.frequency[at], added)

    def best(self, first: int, last: int) -> list[Best]:
        """Return the posts from one rank to another, excluded."""
        part = self.take(slice(max(0, first), max(0, last)))
        columns = (part.segment.tolist(), part.doc.tolist(), part.score.tolist(), part.frequency.tolist())
        added = {name: values.tolist() for name, values in part.added.items()}
        return [
            Best(*row, {name: added[name][place] for name in added})
            for place, row in enumerate(zip(*columns, strict=True))
        ]


def listed_of(segment: int, docs: Array, keys: Array) -> Listed:
    """Return posts of one segment with what they are ordered by."""
    keys = keys.astype(np.float64)
    return Listed(np.full(len(docs), segment), docs.astype(np.intp), keys, keys, {})


def end_to_end(parts: Sequence[Listed]) -> Listed:
    """Return the posts of several lists, one list after the other."""
    if len(parts) == 1:
        return parts[0]
    return Listed(
        segment=np.concatenate([part.segment for part in parts]),
        doc=np.concatenate([part.doc for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        frequency=np.concatenate([part.frequency for part in parts]),
        added={
            name: np.concatenate([part.added.get(name, np.zeros(len(part))) for part in parts])
            for name in dict.fromkeys(name for part in parts for name in part.added)
        },
    )
