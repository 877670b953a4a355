"""A query tree, evaluated on the arrays of one segment.

What matches is a list of posts, ascending, and the scores of those that are asked for. Required parts are intersected
from the rarest on, and only what is left in the end is scored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from index import analysis
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.leaves import Found
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
    Variants,
    Word,
    conjuncts,
)
from index.ranking import K1

Scores = Callable[[Array], Array]


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
            case Word() | Phrase() | Prefix():
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

    def _scored(self, docs: Array, tf: Array, idf: float) -> Matched:
        ceiling = np.float32(idf * (K1 + 1))

        def scores(at: Array) -> Array:
            return np.asarray(tf[at] * ceiling / (tf[at] + np.float32(K1)))

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
            docs = docs[self._among(part.docs)[docs]]
        scored = [(part.docs, part.scores) for part in wanted if part.scores]
        return Matched(docs, _sum(scored, docs) if scored else None)

    def _or(self, parts: Sequence[Matched]) -> Matched:
        present = np.zeros(self.segment.docs, bool)
        total = np.zeros(self.segment.docs, np.float32)
        for part in parts:
            present[part.docs] = True
            if part.scores:
                total[part.docs] += part.scores(np.arange(len(part.docs)))
        docs = np.flatnonzero(present)
        return Matched(docs, lambda at: total[docs[at]])

    def _among(self, docs: Array) -> Array:
        present = np.zeros(self.segment.docs, bool)
        present[docs] = True
        return present

    def _without(self, docs: Array, unwanted: Array) -> Array:
        return docs[~self._among(unwanted)[docs]]

    def _everything(self) -> Array:
        alive = self.segment.alive
        return np.arange(self.segment.docs) if alive is None else np.flatnonzero(alive)

    def _living(self, docs: Array) -> Array:
        alive = self.segment.alive
        return docs if alive is None else docs[alive[docs]]

    def _filter(self, name: str, value: str) -> Array:
        if name != "author":
            return self.segment.having(name, value.casefold())
        docs = np.ones(self.segment.docs, bool)
        for part in analysis.terms(value):
            docs &= self._among(self.segment.having(name, part))
        return np.flatnonzero(docs)

    def _dates(self, after: date | None, before: date | None) -> Array:
        when = self.segment.arrays["doc_when"]
        kept = when >= (seconds(after) if after else UNDATED + 1)
        if before:
            kept &= when < seconds(before)
        return np.flatnonzero(kept)


def _sum(parts: Sequence[tuple[Array, Scores]], docs: Array) -> Scores:
    """Score posts that every part has."""

    def scores(at: Array) -> Array:
        total = np.zeros(len(at), np.float32)
        for own, score in parts:
            total += score(np.searchsorted(own, docs[at].astype(own.dtype)))
        return total

    return scores


def together(segment: Segment, found: Mapping[Leaf, Found], node: Variants) -> tuple[Array, Array]:
    """Give the posts that have any of the variants, and the weighted sums of their frequencies."""
    tf = np.zeros(segment.docs, np.float32)
    for leaf, weight in node.weighted:
        tf[found[leaf].docs] += found[leaf].tf * np.float32(weight)
    docs = np.flatnonzero(tf)
    return docs, tf[docs]


def blank(node: Node) -> bool:
    """Tell whether a node has no term to look for, such as a lone symbol; beside others it does not count."""
    return isinstance(node, Word | Phrase | Prefix) and not analysis.terms(node.text)
