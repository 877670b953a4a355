"""Read the responses of OpenSearch."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...analysis import value_key
from ...model import Facet
from ...retrieval.facets import FACET_VALUES

# The parts of a response that are read, with those that describe a failure.
RESPONSE_PARTS = "hits.total,hits.hits.fields,aggregations,error,status"

# Values of all keys that the settings name, together.
KEY_VALUES = 10_000

FACETS: dict[str, Any] = {
    "tag": {"terms": {"field": "tags", "size": FACET_VALUES, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
    "year": {"terms": {"field": "year", "size": 1_000, "order": {"_key": "desc"}}},
    "language": {"terms": {"field": "languages", "size": 1_000, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
    "facet": {"terms": {"field": "facet", "size": KEY_VALUES, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
}


class MatchCounts(NamedTuple):
    """The number of matches and their facets, counted by the cluster."""

    total: int
    facets: Mapping[str, tuple[Facet, ...]]


def _facets(aggregations: Mapping[str, Any]) -> dict[str, tuple[Facet, ...]]:
    found = {
        name: [Facet(bucket["key"], bucket["doc_count"]) for bucket in aggregations[name]["buckets"]] for name in FACETS
    }
    for facet in found.pop("facet"):
        name, _, value = facet.value.partition("\0")
        found.setdefault(name, []).append(Facet(value, facet.count))
    years, languages = tuple(found.pop("year")), tuple(found.pop("language"))
    merged = {name: _merged(values) for name, values in found.items()}
    return {**merged, "year": years, "language": languages[:FACET_VALUES]}


def _merged(facets: Sequence[Facet]) -> tuple[Facet, ...]:
    """Count the spellings of a value as one, as it is written most often; the facets are ordered by their counts."""
    values: dict[str, list[Facet]] = {}
    for facet in facets:
        values.setdefault(value_key(facet.value), []).append(facet)
    counted = [
        (-sum(facet.count for facet in same), min(facet.value for facet in same), same[0].value)
        for same in values.values()
    ]
    return tuple([Facet(written, -count) for count, _, written in sorted(counted)[:FACET_VALUES]])


def counts_of(response: Mapping[str, Any]) -> MatchCounts:
    """Return the number of matches and their facets."""
    return MatchCounts(response["hits"]["total"]["value"], _facets(response["aggregations"]))


def frequencies_of(response: Mapping[str, Any]) -> list[int]:
    """Return the document frequencies that were asked for, in the order of the request."""
    everywhere = response["aggregations"].get("all")
    return [bucket["doc_count"] for bucket in everywhere["alive"]["df"]["buckets"]] if everywhere else []
