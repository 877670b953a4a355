"""What posts mean: the best matches rank by how near they are to a query, and the nearest posts join a short list.

Words count first: what is added is a share of the highest score, as what rescoring adds, and where the query is the
title of a post nothing is.
"""

from collections.abc import Sequence

import numpy as np

from ..query.tree import Node, all_of, conjuncts, wanted
from ..segment.arrays import Array
from ..segment.segment import Segment
from ..segment.vectors import QueryVector
from .boolean import Evaluation
from .listed import Listed, end_to_end, listed_of

# With fewer matches of the query itself than these, the posts nearest to it join the list, this many of a segment.
FEW, NEAREST = 10, 20
# ... if they are as near as this. Of the right answers to queries with few matches, on Go and CoSQA half are; posts of
# Go are less near than 0.42 to "asdf qwer", "bicycle repair" and "cooking pasta recipe".
LEAST = 0.5


def nearness(segments: Sequence[Segment], listed: Listed, query: QueryVector) -> Array | None:
    """Return how near each listed post is to a query, from 0 to 1; None where the query is the title of one."""
    if listed.added("named").any():
        return None
    found = np.zeros(len(listed))
    for number, segment in enumerate(segments):
        own = np.flatnonzero(listed.segment == number)
        if len(own):
            found[own] = segment.vectors.near(listed.doc[own], query).cosines
    return found.clip(min=0)


def nearest_posts(evaluation: Evaluation, wider: Node, query: QueryVector) -> Array:
    """Return the posts of a segment that are nearest to a query, under the filters and exclusions of its tree."""
    allowed = evaluation.evaluate(all_of([clause for clause in conjuncts(wider) if not wanted(clause)])).docs
    return evaluation.segment.vectors.nearest(evaluation.segment.among(allowed), query, NEAREST, LEAST)


def joined(docs: Array, keys: Array, others: Array) -> tuple[Array, Array]:
    """Return posts and their keys together with further posts, which have keys of 0; all ascend."""
    new = np.setdiff1d(others, docs)
    together = np.concatenate([docs, new])
    order = together.argsort()
    return together[order], np.concatenate([keys, np.zeros(len(new), keys.dtype)])[order]


def with_nearest(listed: Listed, docs: Sequence[Array], keys: Sequence[Array], nearest: Sequence[Array]) -> Listed:
    """Return a list with those of the nearest posts behind it that it does not have yet."""
    parts = [listed]
    for number, (own, key, near) in enumerate(zip(docs, keys, nearest, strict=True)):
        at = np.flatnonzero(np.isin(own, near) & ~np.isin(own, listed.doc[listed.segment == number]))
        parts.append(listed_of(number, own[at], key[at]))
    return end_to_end(parts)
