"""Boolean queries: evaluate a query tree on the arrays of one segment.

What matches is a list of posts, ascending, and the scores of those that are asked for. Required parts are intersected
from the rarest on, and only what is left in the end is scored.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from operator import attrgetter

import msgspec
import numpy as np

from .. import analysis
from ..kernels import AS_SCORES, SCORES, Kernels, PostList, post_list, post_row
from ..query.tree import (
    And,
    Between,
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
from ..ranking import K1
from ..segment.arrays import Array
from ..segment.columns import UNDATED, seconds
from ..segment.segment import Segment
from .places import LastPlaces
from .question import Question
from .terms import LeafPostings, add_up

# Returns the scores of the posts at some indexes of a list; None for all.
ScoreFunction = Callable[[Array | None], Array]

# So many times as many posts are looked up one by one rather than gone through.
LOOKUP_RATIO = 16

NONE_REQUIRED = post_list(post_row(np.empty(0, np.intp)))

_size = attrgetter("size")


class Matched(msgspec.Struct, eq=False):
    """Matching posts, ascending, and their scores; None if the node does not score."""

    docs: Array
    scores: ScoreFunction | None = None

    def take(self, places: Array) -> "Matched":
        """Return the posts at some places of the list."""
        scores = self.scores
        if scores is None:
            return Matched(self.docs[places])
        return Matched(self.docs[places], lambda at: scores(places if at is None else places[at]))


class Evaluation(msgspec.Struct, eq=False):
    """One query on one segment.

    Attributes:
        segment: The segment.
        found: The query's leaves in this segment.
        idf: Their inverse document frequencies in the whole index, and those of variants taken together.
        places: The places of the leaves in the posts that were asked for last.
        combined: The postings of variants taken together that were asked for before.
    """

    segment: Segment
    found: Mapping[Leaf, LeafPostings]
    idf: Mapping[Node, float]
    places: LastPlaces = msgspec.field(default_factory=LastPlaces)
    combined: dict[Variants, LeafPostings] = {}

    def evaluate(self, node: Node) -> Matched:
        """Return the posts that match a tree, without deleted ones."""
        match node:
            case And() if self.segment.kernels:
                return self._all(self.segment.kernels, node)
            case Word() | Phrase() | Prefix() | Term() | Variants():
                return self._scored(self.postings(node), self.idf[node])
            case Filter(name, value):
                return Matched(self._living(self._filter(name, value)))
            case Between(name, low, high):
                return Matched(self._living(self.segment.between(name, low, high)))
            case Dates(after, before):
                return Matched(self._living(self._dates(after, before)))
            case And():
                return self._and(*self._parts(node))
            case Or(nodes):
                return self._or(Counter(nodes))
            case Not(inner):
                return Matched(self._without(self.segment.living(), self.evaluate(inner).docs))
            case Everything():
                return Matched(self.segment.living())

    def postings(self, node: Leaf | Variants) -> LeafPostings:
        """Return the postings of a leaf, or of variants taken together."""
        if not isinstance(node, Variants):
            return self.found[node]
        if node not in self.combined:
            self.combined[node] = add_up(self.segment, [(self.found[leaf], weight) for leaf, weight in node.weighted])
        return self.combined[node]

    def keys_of(self, question: Question, docs: Array) -> Array:
        """Return the places of a question's leaves in some posts, and maybe in others, as keys; see `places`."""
        return self.places.find(self.segment, self.leaves_of(question), question.clause_numbers, docs)

    def leaves_of(self, question: Question) -> list[LeafPostings]:
        """Return the postings of a question's leaves."""
        return [self.found[leaf] for leaf in question.leaves]

    def weight(self, clause: Node) -> float:
        """Return the idf of a clause: the largest of its nodes."""
        idf = self.idf
        return idf[clause] if isinstance(clause, Leaf) else max(idf[node] for node in walk(clause) if node in idf)

    def _scored(self, found: LeafPostings, idf: float) -> Matched:
        ceiling = np.float32(idf * (K1 + 1))

        def scores(at: Array | None) -> Array:
            tf = found.tf(self.segment, at)
            return np.asarray(tf * ceiling / (tf + np.float32(K1)))

        return Matched(found.docs, scores)

    def _parts(self, node: Node) -> tuple[list[Node], list[Node]]:
        """Return what a tree requires, and what it excludes; a part without a term, beside others, is neither."""
        wanted: list[Node] = []
        unwanted: list[Node] = []
        for part in conjuncts(node):
            if isinstance(part, Not):
                unwanted.append(part.node)
            elif not self._is_blank(part):
                wanted.append(part)
        return wanted, unwanted

    def _is_blank(self, node: Node) -> bool:
        return isinstance(node, Leaf) and not len(self.found[node].docs) and blank(node)

    def _and(self, nodes: Sequence[Node], unwanted: Sequence[Node]) -> Matched:
        if not nodes and not unwanted:
            return Matched(np.empty(0, np.intp))
        wanted = sorted(map(self.evaluate, nodes), key=lambda part: len(part.docs))
        docs = wanted[0].docs if wanted else self.segment.living()
        for node in unwanted:
            docs = self._without(docs, self.evaluate(node).docs)
        for part in wanted[1:]:
            docs = part.docs[self._places(part.docs, docs)]
        scored = [(part.docs, part.scores) for part in wanted if part.scores]
        return Matched(docs, partial(self._sum, scored, docs) if scored else None)

    def lists(self, node: Node) -> tuple[list[PostList], list[PostList]]:
        """Return lists for a kernel: those that a tree requires, the shortest first, and those that it excludes."""
        if not isinstance(node, And):
            return [self._listed(node)], []
        nodes, unwanted = self._parts(node)
        if not nodes:
            return [self._listed(Everything()) if unwanted else NONE_REQUIRED], list(map(self._listed, unwanted))
        wanted = list(map(self._listed, nodes))
        if len(wanted) > 1:
            wanted.sort(key=_size)
        return wanted, list(map(self._listed, unwanted))

    def _all(self, kernels: Kernels, node: Node) -> Matched:
        """Match a tree by a kernel."""
        wanted, unwanted = self.lists(node)
        if not wanted[0].size:
            return Matched(np.empty(0, np.intp))
        docs, scores = kernels.match_all(wanted, unwanted)
        return given(docs, scores) if any(part.posts.held is not None for part in wanted) else Matched(docs)

    def _listed(self, node: Node, times: int = 1) -> PostList:
        """Return the posts of a node for a kernel."""
        if isinstance(node, Leaf | Variants):
            return post_list(self.postings(node).posts, self.idf[node] * (K1 + 1), times)
        matched = self.evaluate(node)
        if not matched.scores:
            return post_list(post_row(matched.docs)) if len(matched.docs) else NONE_REQUIRED
        return post_list(post_row(matched.docs, matched.scores(None), SCORES), times=times)

    def _sum(self, parts: Sequence[tuple[Array, ScoreFunction]], docs: Array, at: Array | None) -> Array:
        """Score posts that every part has."""
        wanted = docs if at is None else docs[at]
        total = np.zeros(len(wanted), np.float32)
        for own, score in parts:
            total += score(self._places(own, wanted))
        return total

    def _or(self, times: Mapping[Node, int]) -> Matched:
        """Match any of some nodes, each with the number of times that the query repeats it."""
        if self.segment.kernels:
            lists = [self._listed(node, count) for node, count in times.items()]
            found = [each for each in lists if each.size]
            return given(*self.segment.kernels.add_up(found, AS_SCORES)) if found else Matched(np.empty(0, np.intp))
        present = np.zeros(self.segment.docs, bool)
        total = np.zeros(self.segment.docs, np.float32)
        for node, count in times.items():
            part = self.evaluate(node)
            present[part.docs] = True
            if part.scores:
                scores = part.scores(None)
                total[part.docs] += scores if count == 1 else scores * np.float32(count)
        docs = np.flatnonzero(present)
        return given(docs, total.take(docs))

    def _places(self, docs: Array, wanted: Array) -> Array:
        """Return the indexes in a list of posts of those that another list has; both lists ascend."""
        if len(wanted) * LOOKUP_RATIO > len(docs):
            return np.flatnonzero(self.segment.among(wanted).take(docs))
        wanted = wanted.astype(docs.dtype)
        places = docs.searchsorted(wanted).clip(max=max(0, len(docs) - 1))
        return np.asarray(places[docs[places] == wanted])

    def _without(self, docs: Array, unwanted: Array) -> Array:
        return docs[~self.segment.among(unwanted).take(docs)]

    def _living(self, docs: Array) -> Array:
        alive = self.segment.alive
        return docs if alive is None else docs[alive[docs]]

    def _filter(self, name: str, value: str) -> Array:
        if name != "author":
            return self.segment.having(name, value if name == "path" else analysis.value_key(value))
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


def segments_of(evaluations: Sequence[Evaluation]) -> list[Segment]:
    """Return the segments of some evaluations."""
    return [evaluation.segment for evaluation in evaluations]


def are_compiled(segments: Sequence[Segment]) -> bool:
    """Check whether kernels search some segments."""
    return bool(segments) and segments[0].kernels is not None


def given(docs: Array, scores: Array) -> Matched:
    """Return posts whose scores are known."""
    return Matched(docs, lambda at: scores if at is None else scores[at])


def blank(node: Node) -> bool:
    """Check whether a node has no term, such as a lone symbol; beside others it is ignored."""
    return isinstance(node, Word | Phrase | Prefix) and not analysis.terms(node.text)
