"""Order matches by a date or by a key that the settings name, instead of by relevance."""

from collections.abc import Sequence

import numpy as np

from ..analysis import sortable
from ..query.tree import Sort
from ..segment.arrays import Array
from ..segment.columns import UNDATED
from ..segment.segment import Segment


def ordering_keys(segments: Sequence[Segment], sort: Sort) -> list[Array]:
    """Return a number for each post of each segment: the largest comes first; posts without a value have -inf."""
    if sort not in ("newest", "oldest"):
        return _by_facet(segments, sort.removeprefix("-"), 1 if sort.startswith("-") else -1)
    direction = 1 if sort == "newest" else -1
    dates = [segment.arrays["doc_when"].astype(float) for segment in segments]
    return [np.where(when == UNDATED, -np.inf, direction * when) for when in dates]


def _by_facet(segments: Sequence[Segment], name: str, direction: int) -> list[Array]:
    """Number the values of a facet over all segments; of several values of a post, the first one counts."""
    values = {value for segment in segments for facet, value in segment.names.values if facet == name}
    number = {value: direction * n for n, value in enumerate(sorted(values, key=sortable))}
    keys = []
    for segment in segments:
        names = segment.names.values
        own = np.array([number[value] if facet == name else np.nan for facet, value in names], float)
        ranks = own[segment.arrays["facet_value"]]
        at = np.flatnonzero(~np.isnan(ranks))[::-1]
        keys.append(np.full(segment.docs, -np.inf))
        keys[-1][segment.arrays["facet_doc"][at]] = ranks[at]
    return keys
