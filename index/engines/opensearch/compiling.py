"""A query tree -> OpenSearch's query DSL, as plain data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from index import analysis
from index.engines.opensearch.mapping import BREAK
from index.engines.whoosh.evaluation import blank
from index.engines.whoosh.schema import seconds
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
)
from index.ranking import JOINING, JOINING_PART

Query = dict[str, Any]

NOTHING: Query = {"match_none": {}}

# Words that go on from the last one of a phrase; more are no beginning that anybody types.
MAX_EXPANSIONS = 1_000


def compiled(node: Node, languages: Sequence[str]) -> Query:
    """Give the query that finds what a tree asks for; words by their stems in these languages."""
    match node:
        case Word() | Phrase() | Prefix() | Term():
            return _leaf(node, languages)
        case Variants():
            return _any([_boosted(compiled(leaf, languages), weight) for leaf, weight in node.weighted])
        case Filter(name, value):
            return _filter(name, value)
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
    """Give the query for what is there in a generation; what writers did who never named theirs does not count."""
    stays: Query = {"range": {"removed": {"gt": generation}}}
    if not void:
        return {"bool": {"filter": [{"range": {"added": {"lte": generation}}}, stays]}}
    given, taken = {"terms": {"added": list(void)}}, {"terms": {"removed": list(void)}}
    return {"bool": {"filter": [{"range": {"added": {"lte": generation}}}, _any([stays, taken])], "must_not": [given]}}


def within(query: Query, *filters: Query, without: Sequence[Query] = ()) -> Query:
    """Narrow a query by what does not score."""
    return {"bool": {"must": [query], "filter": list(filters), "must_not": list(without)}}


def _leaf(leaf: Leaf, languages: Sequence[str]) -> Query:
    terms = [leaf.text] if isinstance(leaf, Term) else analysis.terms(leaf.text)
    suffix = f"_{leaf.field}" if leaf.field else ""
    exact = f"exact{suffix}"
    if not terms:
        return NOTHING
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
        return NOTHING
    return queries[0] if len(queries) == 1 else {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _all(nodes: Sequence[Node], languages: Sequence[str]) -> Query:
    if not nodes:
        return NOTHING
    scored: list[Query] = []
    filters: list[Query] = []
    unwanted: list[Query] = []
    for node in nodes:
        if isinstance(node, Not):
            unwanted.append(compiled(node.node, languages))
        else:
            (filters if isinstance(node, Filter | Dates) else scored).append(compiled(node, languages))
    return {"bool": {"must": scored, "filter": filters, "must_not": unwanted}}


def _filter(name: str, value: str) -> Query:
    if name == "author":
        return {"bool": {"filter": [{"term": {name: part}} for part in analysis.terms(value)]}}
    return {"term": {name: value if name == "path" else value.casefold()}}


def _dates(after: date | None, before: date | None) -> Query:
    bounds = {name: seconds(day) for name, day in (("gte", after), ("lt", before)) if day}
    return {"range": {"when": bounds}} if bounds else {"exists": {"field": "when"}}
