"""What OpenSearch answers -> what was found and counted."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from index.engines.opensearch.documents import key
from index.engines.whoosh.facets import FACET_VALUES
from index.model import Facet

# What is read of an answer, and what is said of a failure.
ANSWERED = "hits.total,hits.hits.fields,aggregations,error,status"

FACETS: dict[str, Any] = {
    "tag": {"terms": {"field": "tags", "size": FACET_VALUES, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
    "year": {"terms": {"field": "year", "size": 1_000, "order": {"_key": "desc"}}},
    "language": {"terms": {"field": "languages", "size": 1_000, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
}


class Numbers(NamedTuple):
    """What the cluster counts of all that matches."""

    total: int
    facets: Mapping[str, tuple[Facet, ...]]


def _facets(found: Mapping[str, Any]) -> dict[str, tuple[Facet, ...]]:
    return {
        name: tuple(Facet(bucket["key"], bucket["doc_count"]) for bucket in found[name]["buckets"]) for name in FACETS
    }


def numbers_of(found: Mapping[str, Any]) -> Numbers:
    """Give what was counted of all that matches."""
    return Numbers(found["hits"]["total"]["value"], _facets(found["aggregations"]))


def paths_of(found: Mapping[str, Any]) -> dict[str, str]:
    """Give the ids and paths of what was found, in its order."""
    hits = map(fields_of, found.get("hits", {}).get("hits", ()))
    return {key(path, added): path for path, added in hits}


def fields_of(hit: Mapping[str, Any]) -> tuple[str, int]:
    """Give a hit's path and the generation that added it."""
    fields = hit["fields"]
    return fields["path"][0], fields["added"][0]


def buckets_of(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the counts of what was asked for beside the query, in the order in which it was asked for."""
    everywhere = found["aggregations"].get("all")
    return list(everywhere["alive"]["df"]["buckets"]) if everywhere else []
