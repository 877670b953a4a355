"""One generation: OpenSearch finds and counts, and the best of what it finds is ranked as the embedded engine does.

A generation is the documents that were added up to it and not removed before it: a filter, unlike a point in time,
outlives the loss of a node and costs no memory while it is held.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from index.engine import Similar, Sort
from index.engines.opensearch import compiling
from index.engines.opensearch.catalogue import Catalogue, fetched, searched
from index.engines.opensearch.compiling import Query, compiled, within
from index.engines.opensearch.documents import Stored, read, segment
from index.engines.whoosh import lists
from index.engines.whoosh.evaluation import Evaluation
from index.engines.whoosh.facets import FACET_VALUES, Counting
from index.engines.whoosh.leaves import Found, find
from index.engines.whoosh.ordering import ranking
from index.engines.whoosh.schema import EPOCH
from index.engines.whoosh.segment import Segment, Strings
from index.engines.whoosh.similar import similar
from index.engines.whoosh.snapshot import ArrayFound
from index.engines.whoosh.telling import telling
from index.model import Facet, Holding, Post, Stats
from index.query import And, Leaf, Node, Variants, walk
from index.ranking import LOOKED_AT_TWICE, idf, weight

# Posts that many queries find are fetched once, and so are words of a beginning; some kilobytes each.
KEPT = 2_000
KEPT_BEGINNINGS = 64

# Posts that are fetched at a time where all are wanted.
AT_A_TIME = 200

# Words of a beginning; OpenSearch gives no more at a time.
MOST_TERMS = 60_000

Counted = Leaf | Variants

RELEVANCE: list[Any] = ["_score", {"path": "asc"}]


class ClusterFound(ArrayFound):
    """What one query found: the page of the segment, the numbers of the whole cluster."""

    def count(self, total: int, facets: Mapping[str, tuple[Facet, ...]]) -> "ClusterFound":
        """Take the numbers that the cluster has counted."""
        self.total = self.complete = total
        self.facets = facets
        return self


class ClusterSnapshot:
    """One generation of the index, unchanging; safe to share between threads."""

    def __init__(self, catalogue: Catalogue, index: str, generation: int) -> None:
        self.index, self.generation = index, generation
        self._catalogue, self._cluster = catalogue, catalogue.cluster
        self._alive = compiling.living(generation)
        self.vocabulary = lru_cache(maxsize=KEPT_BEGINNINGS)(self._vocabulary)
        self._spelt = lru_cache(maxsize=KEPT_BEGINNINGS)(self._strings)

    def _search(self, body: dict[str, Any], **params: Any) -> dict[str, Any]:
        return self._cluster.read(lambda client: searched(client, self.index, body, **params))

    def _aggregate(self, query: Query, aggregations: dict[str, Any]) -> dict[str, Any]:
        found = self._search({"query": within(query, self._alive), "size": 0, "aggs": aggregations})
        return dict(found["aggregations"])

    @cached_property
    def _counts(self) -> dict[str, Any]:
        sums = {name: {"sum": {"field": name}} for name in ("length", "sections")}
        return self._aggregate(
            {"match_all": {}},
            {
                **sums,
                "posts": {"value_count": {"field": "path"}},
                "newest": {"max": {"field": "when"}},
                "languages": {"terms": {"field": "languages", "size": 1_000}},
            },
        )

    @property
    def _posts(self) -> int:
        return int(self._counts["posts"]["value"])

    @cached_property
    def _languages(self) -> list[str]:
        return sorted(bucket["key"] for bucket in self._counts["languages"]["buckets"])

    @property
    def average(self) -> float:
        """The average length of a post in tokens."""
        return max(1.0, float(self._counts["length"]["value"]) / max(1, self._posts))

    def find(
        self, query: Node, *, wider: Node | None = None, sort: Sort = "relevance", offset: int = 0, limit: int = 10
    ) -> ArrayFound:
        """Find the posts that match, best first, and as many as fill the list of those that match something wider."""
        wanted = compiled(query, self._languages)
        size = limit if sort != "relevance" else max(LOOKED_AT_TWICE, offset + limit)
        first = offset if sort != "relevance" else 0
        asked = _counted(query, wider)
        found = self._candidates(wanted, sort, first, size if limit else 0, asked)
        total = found["hits"]["total"]["value"]
        hits, filled = found["hits"]["hits"], False
        if wider is not None and total < LOOKED_AT_TWICE and (sort == "relevance" or not total):
            filled = sort == "relevance" and bool(limit or not total)
            wide = compiled(wider, self._languages)
            if sort == "relevance":
                more = self._candidates(wide, sort, 0, LOOKED_AT_TWICE - total, (), without=[wanted])
                own = hits if limit else self._candidates(wanted, sort, 0, LOOKED_AT_TWICE, ())["hits"]["hits"]
                hits = [*own, *more["hits"]["hits"]]
            else:
                found = self._candidates(wide, sort, offset, limit, asked)
                hits = found["hits"]["hits"]
        part = self._segment([hit["_id"] for hit in hits])
        dfs = {node: int(bucket["doc_count"]) for node, bucket in zip(asked, _buckets(found), strict=True)}
        evaluations = [self._evaluation(part, dfs)]
        ranked = ranking(evaluations, query, wider, sort, offset if sort == "relevance" else 0, limit)
        answer = ClusterFound(evaluations, ranked, query, Counting([part]))
        if filled:
            return answer
        answer.count(found["hits"]["total"]["value"], _facets(found["aggregations"]))
        answer.complete = total
        return answer

    def _candidates(
        self, query: Query, sort: Sort, first: int, size: int, asked: Sequence[Counted], without: Sequence[Query] = ()
    ) -> dict[str, Any]:
        """Find posts in OpenSearch's order, count them, and tell how many posts have what is asked for."""
        direction = "desc" if sort == "newest" else "asc"
        order = RELEVANCE if sort == "relevance" else [{"when": {"order": direction}}, {"path": "asc"}]
        frequencies = {"filters": {"filters": [compiled(node, self._languages) for node in asked]}}
        everywhere = {"global": {}, "aggs": {"alive": {"filter": self._alive, "aggs": {"df": frequencies}}}}
        body = {
            "query": within(query, self._alive, without=without),
            "from": first,
            "size": size,
            "sort": order,
            "_source": False,
            "track_total_hits": True,
            "aggs": {**FACETS, **({"all": everywhere} if asked else {})},
        }
        return self._search(body, search_type="dfs_query_then_fetch")

    def _evaluation(self, part: Segment, dfs: Mapping[Counted, int]) -> Evaluation:
        part.normalize(self.average)
        found: dict[Leaf, Found] = {}
        weights: dict[Node, float] = {}
        for node, df in dfs.items():
            if isinstance(node, Variants):
                weights[node] = idf(self._posts, df)
            else:
                found[node] = find(part, node, self._languages)
                weights[node] = weight(node.text, self._posts, df)
        return Evaluation(part, found, weights)

    def _segment(self, ids: Sequence[str]) -> Segment:
        """Give posts as a segment, in the order of their paths' ids."""
        return segment([stored for _, stored in sorted(self._stored(ids).items())])

    def _stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        found: dict[str, Stored] = {each: self._kept[each] for each in ids if each in self._kept}
        missing = [each for each in ids if each not in found]
        if missing:
            got = self._cluster.read(lambda client: fetched(client, self.index, missing))
            found |= {doc["_id"]: read(doc["_source"]["stored"]) for doc in got if doc["found"]}
            self._keep(found)
        return found

    @cached_property
    def _kept(self) -> dict[str, Stored]:
        return {}

    def _keep(self, found: dict[str, Stored]) -> None:
        if len(self._kept) + len(found) > KEPT:
            self._kept.clear()
        self._kept.update(found)

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""
        ids = self._with_slug(slug)
        return self._segment(ids).documents.post(0) if ids else None

    def posts(self) -> Iterator[Post]:
        """Give every post."""
        ids = (hit["_id"] for hit in self._catalogue.scan(self.index, self._alive))
        while some := list(islice(ids, AT_A_TIME)):
            part = self._segment(some)
            yield from (part.documents.post(number) for number in range(len(some)))

    def _with_slug(self, slug: str) -> list[str]:
        query = within({"term": {"slug": slug}}, self._alive)
        return [hit["_id"] for hit in self._search({"query": query, "size": 1, "_source": False})["hits"]["hits"]]

    def _vocabulary(self, beginning: str) -> Mapping[str, int]:
        """Give the terms that begin with this, with their document frequency."""
        # In Lucene's expressions every character but a letter or a digit can be escaped.
        escaped = "".join(char if char.isalnum() else f"\\{char}" for char in beginning)
        counted = {"terms": {"field": "term", "size": MOST_TERMS, "include": f"{escaped}.*"}}
        query = {"prefix": {"term": beginning}} if beginning else {"match_all": {}}
        buckets = self._aggregate(query, {"terms": counted})["terms"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, Similar]:
        """Give the terms that become a term by at most some edits."""
        if not edits:
            df = self._df([term]).get(term, 0)
            return {term: Similar(df, 0)} if df else {}
        known = self.vocabulary(term[:1])
        near = similar(self._spelt(term[:1]), term, edits, beginning=beginning)
        return {other: Similar(known[other], distance) for other, (_, distance) in near.items()}

    def _strings(self, first: str) -> Strings:
        strings = lists.of_bytes(sorted(term.encode() for term in self.vocabulary(first)))
        return Strings({"lexicon": strings.values, "lexicon_at": strings.at}, "lexicon")

    def _df(self, terms: Sequence[str]) -> dict[str, int]:
        counted = {"terms": {"field": "term", "size": max(1, len(terms)), "include": list(terms)}}
        buckets = self._aggregate({"terms": {"term": list(terms)}}, {"terms": counted})["terms"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def telling(self, slug: str, limit: int) -> Sequence[str]:
        """Give the terms that tell a post from the others, the most telling first."""
        ids = self._with_slug(slug)
        if not ids:
            return ()
        part = self._segment(ids)
        part.normalize(self.average)
        df = self._df([part.lexicon[number].decode() for number in range(part.lexicon.count)])
        return telling(part, 0, self._posts, lambda term: df.get(term, 0), limit)

    @cached_property
    def _holdings(self) -> Mapping[str, Holding]:
        fields = ("path", "fingerprint", "stamp", "slug", "expires")
        found = {}
        for hit in self._catalogue.scan(self.index, self._alive, fields):
            path, fingerprint, stamp, slug, expires = (hit["fields"].get(name, [None])[0] for name in fields)
            until = None if expires is None else datetime.fromtimestamp(expires, UTC)
            found[path] = Holding(fingerprint or "", stamp or "", slug, until)
        return found

    def holdings(self) -> Mapping[str, Holding]:
        """Give what is held, by post id."""
        return self._holdings

    def stats(self) -> Stats:
        """Count what is held."""
        counts = self._counts
        about = self._cluster.read(lambda client: client.indices.stats(index=self.index, metric="store"))
        terms = self._aggregate({"match_all": {}}, {"terms": {"cardinality": {"field": "term"}}})
        newest = counts["newest"]["value"]
        return Stats(
            generation=self.generation,
            posts=self._posts,
            sections=int(counts["sections"]["value"]),
            words=int(counts["length"]["value"]),
            terms=int(terms["terms"]["value"]),
            bytes=int(about["_all"]["total"]["store"]["size_in_bytes"]),
            languages={bucket["key"]: bucket["doc_count"] for bucket in counts["languages"]["buckets"]},
            newest=None if newest is None else EPOCH + timedelta(seconds=newest),
        )


FACETS: dict[str, Any] = {
    "tag": {"terms": {"field": "tags", "size": FACET_VALUES, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
    "year": {"terms": {"field": "year", "size": 1_000, "order": {"_key": "desc"}}},
    "language": {"terms": {"field": "languages", "size": 1_000, "order": [{"_count": "desc"}, {"_key": "asc"}]}},
}


def _facets(found: Mapping[str, Any]) -> dict[str, tuple[Facet, ...]]:
    return {
        name: tuple(Facet(bucket["key"], bucket["doc_count"]) for bucket in found[name]["buckets"]) for name in FACETS
    }


def _buckets(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    aggregations = found["aggregations"]
    return list(aggregations["all"]["alive"]["df"]["buckets"]) if "all" in aggregations else []


def _counted(query: Node, wider: Node | None) -> list[Counted]:
    """Give what a query and something wider weigh by how many posts have it, each once."""
    tree = And((query, wider)) if wider else query
    return list(dict.fromkeys(node for node in walk(tree) if isinstance(node, Leaf | Variants)))
