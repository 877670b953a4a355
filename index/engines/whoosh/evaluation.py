"""A query tree, evaluated on the arrays of one segment.

What matches is a list of posts, ascending, and the scores of those that are asked for. Required parts are intersected
from the rarest on, and only what is left in the end is scored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from index import analysis
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.leaves import Found, Frequencies, add_up
from index.engines.whoosh.schema import UNDATED, seconds
from index.engines.whoosh.segment import Segment
from index.query import (
    And,
    Dates,
    Everything,
    Filter,
    Leaf,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Variants,
    Word,
    conjuncts,
    walk,
)
from index.ranking import K1

# Gives the scores of the posts at some places in a list; None for all.
Scores = Callable[[Array | None], Array]

# So many times as many posts are looked up one by one rather than gone through.
FEW = 16


@dataclass(frozen=True, slots=True)
class Matched:
    """Posts, ascending, and the scores of those at some places in the list; None where nothing is scored."""

    docs: Array
    scores: Scores | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one query needs of one segment.

    Attributes:
        segment: Where the posts are.
        found: The query's leaves in this segment.
        idf: Their inverse document frequencies in the whole index, and those of variants taken together.
    """

    segment: Segment
    found: Mapping[Leaf, Found]
    idf: Mapping[Node, float]

    def evaluate(self, node: Node) -> Matched:
        """Give the posts that match a tree, none of them deleted."""
        match node:
            case Word() | Phrase() | Prefix() | Term():
                return self._scored(self.found[node].docs, self.found[node].tf, self.idf[node])
            case Variants():
                return self._scored(*together(self.segment, self.found, node), self.idf[node])
            case Filter(name, value):
                return Matched(self._living(self._filter(name, value)))
            case Dates(after, before):
                return Matched(self._living(self._dates(after, before)))
            case And():
                return self._and([part for part in conjuncts(node) if not blank(part)])
            case Or(nodes):
                return self._or([self.evaluate(inner) for inner in nodes])
            case Not(inner):
                return Matched(self._without(self._everything(), self.evaluate(inner).docs))
            case Everything():
                return Matched(self._everything())

    def weight(self, clause: Node) -> float:
        """Give the idf of a clause; of several nodes the largest."""
        return max(self.idf[node] for node in walk(clause) if node in self.idf)

    def _scored(self, docs: Array, frequencies: Frequencies, idf: float) -> Matched:
        ceiling = np.float32(idf * (K1 + 1))

        def scores(at: Array | None) -> Array:
            tf = frequencies(at)
            return np.asarray(tf * ceiling / (tf + np.float32(K1)))

        return Matched(docs, scores)

    def _and(self, nodes: Sequence[Node]) -> Matched:
        wanted = sorted(
            (self.evaluate(node) for node in nodes if not isinstance(node, Not)), key=lambda part: len(part.docs)
        )
        unwanted = [self.evaluate(node.node).docs for node in nodes if isinstance(node, Not)]
        if not nodes:
            return Matched(np.empty(0, np.intp))
        docs = wanted[0].docs if wanted else self._everything()
        for without in unwanted:
            docs = self._without(docs, without)
        for part in wanted[1:]:
            docs = part.docs[self._places(part.docs, docs)]
        scored = [(part.docs, part.scores) for part in wanted if part.scores]
        return Matched(docs, partial(self._sum, scored, docs) if scored else None)

    def _sum(self, parts: Sequence[tuple[Array, Scores]], docs: Array, at: Array | None) -> Array:
        """Score posts that every part has."""
        wanted = docs if at is None else docs[at]
        total = np.zeros(len(wanted), np.float32)
        for own, score in parts:
            total += score(self._places(own, wanted))
        return total

    def _or(self, parts: Sequence[Matched]) -> Matched:
        present = np.zeros(self.segment.docs, bool)
        total = np.zeros(self.segment.docs, np.float32)
        for part in parts:
            present[part.docs] = True
            if part.scores:
                total[part.docs] += part.scores(None)
        docs = np.flatnonzero(present)
        return Matched(docs, lambda at: total[docs if at is None else docs[at]])

    def _places(self, docs: Array, wanted: Array) -> Array:
        """Give the places in a list of posts where some of others stand; both lists ascend."""
        if len(wanted) * FEW > len(docs):
            return np.flatnonzero(self.segment.among(wanted).take(docs))
        wanted = wanted.astype(docs.dtype)
        places = docs.searchsorted(wanted).clip(max=max(0, len(docs) - 1))
        return np.asarray(places[docs[places] == wanted])

    def _without(self, docs: Array, unwanted: Array) -> Array:
        return docs[~self.segment.among(unwanted).take(docs)]

    def _everything(self) -> Array:
        alive = self.segment.alive
        return np.arange(self.segment.docs) if alive is None else np.flatnonzero(alive)

    def _living(self, docs: Array) -> Array:
        alive = self.segment.alive
        return docs if alive is None else docs[alive[docs]]

    def _filter(self, name: str, value: str) -> Array:
        if name != "author":
            return self.segment.having(name, value if name == "path" else value.casefold())
        docs = np.ones(self.segment.docs, bool)
        for part in analysis.terms(value):
            docs &= self.segment.among(self.segment.having(name, part))
        return np.flatnonzero(docs)

    def _dates(self, after: date | None, before: date | None) -> Array:
        when = self.segment.arrays["doc_when"]
        kept = when >= (seconds(after) if after else UNDATED + 1)
        if before:
            kept &= when < seconds(before)
        return np.flatnonzero(kept)


def together(segment: Segment, found: Mapping[Leaf, Found], node: Variants) -> tuple[Array, Frequencies]:
    """Give the posts that have any of the variants, and the weighted sums of their frequencies."""
    parts = [(found[leaf].docs, found[leaf].tf(None) * np.float32(weight)) for leaf, weight in node.weighted]
    return add_up(segment, parts)


def blank(node: Node) -> bool:
    """Tell whether a node has no term to look for, such as a lone symbol; beside others it does not count."""
    return isinstance(node, Word | Phrase | Prefix) and not analysis.terms(node.text)
