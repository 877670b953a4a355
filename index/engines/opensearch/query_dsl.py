"""Compile a query tree into OpenSearch's query DSL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Any

from ... import analysis
from ...query.tree import (
    And,
    Between,
    Dates,
    Filter,
    Leaf,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Sort,
    Term,
    Variants,
    Word,
    conjuncts,
)
from ...ranking import JOINING, JOINING_PART, K1
from ...retrieval.boolean import blank
from ...segment.columns import seconds
from ...segment.references import OWN
from .mapping import BREAK, UNIT

Query = dict[str, Any]

# Filters with a field of their own.
FILTERED = ("path", "slug", "tag", "language", "year")

# Where documents have what filters look for, beside the path; an author is found by each part of the name.
FILTER_FIELDS = (*FILTERED[1:], "author", "filter")

MATCH_NONE: Query = {"match_none": {}}

# Terms that the last word of a phrase may stand for as a prefix, and terms by which a prefix scores; OpenSearch wants a
# limit.
MAX_EXPANSIONS = 1_000

# Words whose queries are kept: a search compiles each of its own several times.
COMPILED = 1_024

# Of what a stem scores in OpenSearch before 3.0, the part that a phrase scores for the same idf and tf. BM25 is
# multiplied by k1 + 1 there, and k1 counts in the units of `stem`: https://github.com/opensearch-project/OpenSearch/issues/17315
LEGACY_STEM_BOOST = (K1 + 1) / (K1 * UNIT + 1)


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles query trees.

    Attributes:
        languages: Words are matched by their stems in these.
        is_legacy: Whether OpenSearch is older than 3.0.
    """

    languages: tuple[str, ...]
    is_legacy: bool = False

    def compile(self, node: Node) -> Query:
        """Return the query for a tree."""
        match node:
            case Word() | Phrase() | Prefix() | Term():
                return self._leaf(node)
            case Variants():
                return _any([_boosted(self.compile(leaf), weight) for leaf, weight in node.weighted])
            case And():
                return self._all([part for part in conjuncts(node) if not blank(part)])
            case Or(nodes):
                return _any([self.compile(inner) for inner in nodes])
            case Not(inner):
                return {"bool": {"must_not": [self.compile(inner)]}}
            case _:
                return _unscored(node)

    @lru_cache(maxsize=COMPILED)  # noqa: B019 - compilers are few, and equal ones share what they compiled
    def _leaf(self, leaf: Leaf) -> Query:
        terms = [leaf.text] if isinstance(leaf, Term) else analysis.terms(leaf.text)
        suffix = f"_{leaf.field}" if leaf.field else ""
        exact, stem = f"exact{suffix}", f"stem{suffix}"
        if not terms:
            return MATCH_NONE
        if isinstance(leaf, Word) and len(terms) == 1:
            stems = sorted({analysis.stem(terms[0], language) for language in self.languages})
            boost = JOINING_PART if leaf.text.casefold() in JOINING else 1.0
            return _boosted(_any([{"term": {stem: {"value": own}}} for own in stems]), boost * self._stem_boost)
        if isinstance(leaf, Prefix):
            if len(terms) == 1:
                return self._prefix(terms[0], exact, stem)
            return {"match_phrase_prefix": {exact: {"query": BREAK.join(terms), "max_expansions": MAX_EXPANSIONS}}}
        if len(terms) == 1:
            return {"term": {exact: {"value": terms[0]}}}
        return {"match_phrase": {exact: {"query": BREAK.join(terms)}}}

    @property
    def _stem_boost(self) -> float:
        return LEGACY_STEM_BOOST if self.is_legacy else 1.0

    def _prefix(self, prefix: str, exact: str, stem: str) -> Query:
        """Find all terms with a prefix; score by the most frequent of them.

        The stems have the weighted frequencies; a prefix that is longer than they are is scored by the terms.
        """
        sums = {"rewrite": f"top_terms_blended_freqs_{MAX_EXPANSIONS}"}
        by_stem = {"prefix": {stem: {"value": prefix, "boost": self._stem_boost, **sums}}}
        scored = {"dis_max": {"queries": [by_stem, {"prefix": {exact: {"value": prefix, **sums}}}]}}
        return {"bool": {"filter": [{"prefix": {exact: {"value": prefix}}}], "should": [scored]}}

    def _all(self, nodes: Sequence[Node]) -> Query:
        if not nodes:
            return MATCH_NONE
        scored: list[Query] = []
        filters: list[Query] = []
        unwanted: list[Query] = []
        for node in nodes:
            if isinstance(node, Not):
                unwanted.append(self.compile(node.node))
            else:
                (filters if isinstance(node, Filter | Between | Dates) else scored).append(self.compile(node))
        return {"bool": {"must": scored, "filter": filters, "must_not": unwanted}}


def _unscored(node: Node) -> Query:
    """Return the query for a node that no score depends on."""
    match node:
        case Filter(name, value):
            return _filter(name, value)
        case Between(name, low, high):
            bounds = {"gte": low, "lte": high}
            return {"range": {f"measure.{name}": {side: bound for side, bound in bounds.items() if isfinite(bound)}}}
        case Dates(after, before):
            return _dates(after, before)
        case _:
            return {"match_all": {}}


def living(generation: int, void: Sequence[int] = ()) -> Query:
    """Return the query for the posts of a generation; additions and removals of void generations do not count."""
    stays: Query = {"range": {"removed": {"gt": generation}}}
    if not void:
        return {"bool": {"filter": [{"range": {"added": {"lte": generation}}}, stays]}}
    void_addition, void_removal = {"terms": {"added": list(void)}}, {"terms": {"removed": list(void)}}
    filters = [{"range": {"added": {"lte": generation}}}, _any([stays, void_removal])]
    return {"bool": {"filter": filters, "must_not": [void_addition]}}


def within(query: Query, *filters: Query, without: Sequence[Query] = ()) -> Query:
    """Narrow a query by filters, which do not score."""
    return {"bool": {"must": [query], "filter": list(filters), "must_not": list(without)}}


def ordering(sort: Sort) -> Query:
    """Return what posts are sorted by; those without a value come last."""
    if sort in ("newest", "oldest"):
        return {"when": {"order": "desc" if sort == "newest" else "asc"}}
    order = "desc" if sort.startswith("-") else "asc"
    return {f"order.{sort.removeprefix('-')}": {"order": order, "missing": "_last", "unmapped_type": "keyword"}}


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1 else {"bool": {"must": [query], "boost": boost}}


def _any(queries: Sequence[Query]) -> Query:
    if not queries:
        return MATCH_NONE
    return queries[0] if len(queries) == 1 else {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _filter(name: str, value: str) -> Query:
    if name == "author":
        return {"bool": {"filter": [{"term": {name: part}} for part in analysis.terms(value)]}}
    if name in FILTERED:
        return {"term": {name: value if name == "path" else analysis.value_key(value)}}
    return {"term": {"reference" if name in OWN else "filter": f"{name}\0{analysis.value_key(value)}"}}


def _dates(after: date | None, before: date | None) -> Query:
    bounds = {name: seconds(day) for name, day in (("gte", after), ("lt", before)) if day}
    return {"range": {"when": bounds}} if bounds else {"exists": {"field": "when"}}
