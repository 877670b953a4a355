"""Compile a query tree into OpenSearch's query DSL."""

from collections.abc import Sequence
from datetime import date
from math import isfinite
from typing import Any

from ... import analysis
from ...query.tree import (
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
    Sort,
    Term,
    Variants,
    Word,
    conjuncts,
)
from ...ranking import JOINING, JOINING_PART
from ...retrieval.boolean import blank
from ...segment.columns import seconds
from .mapping import BREAK

Query = dict[str, Any]

# Filters with a field of their own.
FILTERED = ("path", "slug", "tag", "language", "year")

MATCH_NONE: Query = {"match_none": {}}

# Terms that the last word of a phrase may stand for as a prefix; OpenSearch wants a limit.
MAX_EXPANSIONS = 1_000


def compiled(node: Node, languages: Sequence[str]) -> Query:
    """Return the query for a tree; words are matched by their stems in these languages."""
    match node:
        case Word() | Phrase() | Prefix() | Term():
            return _leaf(node, languages)
        case Variants():
            return _any([_boosted(compiled(leaf, languages), weight) for leaf, weight in node.weighted])
        case Filter(name, value):
            return _filter(name, value)
        case Between(name, low, high):
            bounds = {"gte": low, "lte": high}
            return {"range": {f"measure.{name}": {side: bound for side, bound in bounds.items() if isfinite(bound)}}}
        case Dates(after, before):
            return _dates(after, before)
        case And():
            return _all([part for part in conjuncts(node) if not blank(part)], languages)
        case Or(nodes):
            return _any([compiled(inner, languages) for inner in nodes])
        case Not(inner):
            return {"bool": {"must_not": [compiled(inner, languages)]}}
        case Everything():
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


def _leaf(leaf: Leaf, languages: Sequence[str]) -> Query:
    terms = [leaf.text] if isinstance(leaf, Term) else analysis.terms(leaf.text)
    suffix = f"_{leaf.field}" if leaf.field else ""
    exact = f"exact{suffix}"
    if not terms:
        return MATCH_NONE
    if isinstance(leaf, Word) and len(terms) == 1:
        stems = sorted({analysis.stem(terms[0], language) for language in languages})
        boost = JOINING_PART if leaf.text.casefold() in JOINING else 1.0
        return _boosted(_any([{"term": {f"stem{suffix}": {"value": stem}}} for stem in stems]), boost)
    if isinstance(leaf, Prefix):
        if len(terms) == 1:
            return {"prefix": {exact: {"value": terms[0]}}}
        return {"match_phrase_prefix": {exact: {"query": BREAK.join(terms), "max_expansions": MAX_EXPANSIONS}}}
    if len(terms) == 1:
        return {"term": {exact: {"value": terms[0]}}}
    return {"match_phrase": {exact: {"query": BREAK.join(terms)}}}


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1 else {"bool": {"must": [query], "boost": boost}}


def _any(queries: Sequence[Query]) -> Query:
    if not queries:
        return MATCH_NONE
    return queries[0] if len(queries) == 1 else {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _all(nodes: Sequence[Node], languages: Sequence[str]) -> Query:
    if not nodes:
        return MATCH_NONE
    scored: list[Query] = []
    filters: list[Query] = []
    unwanted: list[Query] = []
    for node in nodes:
        if isinstance(node, Not):
            unwanted.append(compiled(node.node, languages))
        else:
            (filters if isinstance(node, Filter | Between | Dates) else scored).append(compiled(node, languages))
    return {"bool": {"must": scored, "filter": filters, "must_not": unwanted}}


def _filter(name: str, value: str) -> Query:
    if name == "author":
        return {"bool": {"filter": [{"term": {name: part}} for part in analysis.terms(value)]}}
    if name in FILTERED:
        return {"term": {name: value if name == "path" else analysis.value_key(value)}}
    return {"term": {"filter": f"{name}\0{analysis.value_key(value)}"}}


def _dates(after: date | None, before: date | None) -> Query:
    bounds = {name: seconds(day) for name, day in (("gte", after), ("lt", before)) if day}
    return {"range": {"when": bounds}} if bounds else {"exists": {"field": "when"}}
