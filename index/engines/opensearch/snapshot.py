"""One generation: OpenSearch finds and counts, and the best of what it finds is ranked as the embedded engine does.

A generation is the documents that were added up to it and not removed before it: a filter, unlike a point in time,
outlives the loss of a node and costs no memory while it is held.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from index.engine import Similar, Sort
from index.engines.opensearch import compiling
from index.engines.opensearch.answers import ANSWERED, FACETS, Numbers, buckets_of, fields_of, numbers_of, paths_of
from index.engines.opensearch.catalogue import Catalogue, Mark, searched
from index.engines.opensearch.compiling import Query, compiled, within
from index.engines.opensearch.documents import ALIVE, Stored, documents_of, key, merged, read
from index.engines.opensearch.memory import Memory, Part
from index.engines.whoosh import lists
from index.engines.whoosh.evaluation import Evaluation
from index.engines.whoosh.facets import Counting
from index.engines.whoosh.leaves import Found, find
from index.engines.whoosh.ordering import Best, Ranked, ranking
from index.engines.whoosh.schema import EPOCH
from index.engines.whoosh.segment import Segment, Strings
from index.engines.whoosh.similar import similar
from index.engines.whoosh.snapshot import ArrayFound
from index.engines.whoosh.telling import telling
from index.model import Holding, Post, Stats
from index.query import And, Leaf, Node, Variants, walk
from index.ranking import LOOKED_AT_TWICE, idf, weight

# OpenSearch scores nearly as we do: among so many of its best are those that are looked at twice.
CANDIDATES = 2 * LOOKED_AT_TWICE

# What is kept of a generation: words of a beginning, some hundred kilobytes each, and numbers.
KEPT_BEGINNINGS = 64
KEPT_NUMBERS = 4_096

# Scores that differ by less are equal: they are added up in another order where posts are kept otherwise.
DIGITS = 6

# Posts that are fetched at a time where all are wanted.
AT_A_TIME = 200

# Words of a beginning; OpenSearch gives no more at a time.
MOST_TERMS = 60_000

Counted = Leaf | Variants

RELEVANCE: list[Any] = ["_score", {"path": "asc"}]


class ClusterFound(ArrayFound):
    """What one query found: the page of what was fetched, the numbers of the whole cluster."""

    def __init__(
        self, evaluations: Sequence[Evaluation], ranked: Ranked, query: Node, numbers: Numbers, complete: int
    ) -> None:
        super().__init__(evaluations, ranked, query, Counting(()))
        self.total, self.facets = numbers
        self.complete = complete


class Candidates(NamedTuple):
    """What the cluster found.

    Attributes:
        paths: The best, in its order: their ids and paths.
        numbers: What it counted.
        dfs: How many posts have what was asked for.
    """

    paths: Mapping[str, str]
    numbers: Numbers
    dfs: Mapping[Counted, int]


class ClusterSnapshot:
    """One generation of the index, unchanging; safe to share between threads."""

    def __init__(self, catalogue: Catalogue, index: str, mark: Mark, memory: Memory) -> None:
        self.index, self.generation = index, mark.generation
        self._catalogue, self._cluster, self._memory = catalogue, catalogue.cluster, memory
        self._alive = compiling.living(mark.generation, mark.void)
        self.vocabulary = lru_cache(maxsize=KEPT_BEGINNINGS)(self._vocabulary)
        self._spelt = lru_cache(maxsize=KEPT_BEGINNINGS)(self._strings)
        self._having = lru_cache(maxsize=KEPT_NUMBERS)(self._df_of)
        self._numbers = lru_cache(maxsize=KEPT_NUMBERS)(self._count)
        self._dfs: dict[Counted, int] = {}

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
        if not limit and (wider is None or self._numbers(query).total):
            numbers = self._numbers(query)
            return ClusterFound((), Ranked((), numbers.total, ()), query, numbers, numbers.total)
        if sort != "relevance":
            return self._find_by_date(query, wider, sort, offset, limit)
        found = self._candidates(query, RELEVANCE, 0, max(CANDIDATES, offset + limit), _counted(query, wider))
        total, paths = found.numbers.total, found.paths
        if wider is None or total >= LOOKED_AT_TWICE:
            evaluations, ranked = self._ranked(paths, found.dfs, query, None, offset, limit)
            return ClusterFound(evaluations, ranked, query, found.numbers, total)
        paths = {**paths, **self._others(wider, query, CANDIDATES - total)}
        evaluations, ranked = self._ranked(paths, found.dfs, query, wider, offset, limit)
        return ArrayFound(evaluations, ranked, query, Counting([each.segment for each in evaluations]))

    def _find_by_date(self, query: Node, wider: Node | None, sort: Sort, offset: int, limit: int) -> ArrayFound:
        order = [{"when": {"order": "desc" if sort == "newest" else "asc"}}, {"path": "asc"}]
        asked = _counted(query, wider)
        found = self._candidates(query, order, offset, limit, asked)
        complete = found.numbers.total
        if wider is not None and not complete:
            found = self._candidates(wider, order, offset, limit, asked)
        parts = self._parts(found.paths)
        evaluations = [self._evaluation(part.segment, found.dfs) for part in parts]
        place = {each: number for number, each in enumerate(found.paths)}
        page = [
            (place[part.ids[doc]], Best(number, doc, 0.0, 0.0, {}))
            for number, part in enumerate(parts)
            for doc in part.docs
        ]
        ranked = Ranked((), complete, [best for _, best in sorted(page)])
        return ClusterFound(evaluations, ranked, query, found.numbers, complete)

    def _ranked(
        self,
        paths: Mapping[str, str],
        dfs: Mapping[Counted, int],
        query: Node,
        wider: Node | None,
        offset: int,
        limit: int,
    ) -> tuple[list[Evaluation], Ranked]:
        """Rank candidates; equals stand in the order of their paths, wherever they are kept."""
        parts = self._parts(paths)
        evaluations = [self._evaluation(part.segment, dfs) for part in parts]
        ranked = ranking(evaluations, query, wider, "relevance", 0, len(paths))

        def order(best: Best) -> tuple[float, int, str]:
            part = parts[best.segment]
            when = part.segment.arrays["doc_when"].item(best.doc)
            return -round(best.score, DIGITS), -when, paths[part.ids[best.doc]]

        return evaluations, replace(ranked, page=sorted(ranked.page, key=order)[offset : offset + limit])

    def _candidates(
        self, query: Node, order: Sequence[Any], first: int, size: int, counted: Sequence[Counted]
    ) -> Candidates:
        """Find posts in OpenSearch's order, count them, and tell how many posts have what is asked for."""
        dfs = self._dfs
        known = {node: dfs[node] for node in counted if node in dfs}
        asked = [node for node in counted if node not in known]
        frequencies = {"filters": {"filters": [compiled(node, self._languages) for node in asked]}}
        everywhere = {"global": {}, "aggs": {"alive": {"filter": self._alive, "aggs": {"df": frequencies}}}}
        found = self._best(
            {
                "query": within(compiled(query, self._languages), self._alive),
                "from": first,
                "size": size,
                "sort": order,
                "track_total_hits": True,
                "aggs": {**FACETS, **({"all": everywhere} if asked else {})},
            }
        )
        known |= {node: bucket["doc_count"] for node, bucket in zip(asked, buckets_of(found), strict=True)}
        # Never changed but replaced, as other threads read it.
        self._dfs = known if len(dfs) > KEPT_NUMBERS else dfs | known
        return Candidates(paths_of(found), numbers_of(found), known)

    def _others(self, wider: Node, query: Node, size: int) -> dict[str, str]:
        """Find the best posts that match something wider, but not the query; they are not counted."""
        unwanted = [compiled(query, self._languages)]
        wanted = within(compiled(wider, self._languages), self._alive, without=unwanted)
        return paths_of(self._best({"query": wanted, "size": size, "sort": RELEVANCE, "track_total_hits": False}))

    def _best(self, body: dict[str, Any]) -> dict[str, Any]:
        # Of a post only these are read, and not all that is stored of it.
        only = {"stored_fields": "_none_", "docvalue_fields": ["path", "added"]}
        # Several parts have to agree on what is rare; a single one need not be asked before.
        kind = "dfs_query_then_fetch" if self._catalogue.shards > 1 else "query_then_fetch"
        return self._search({**body, **only}, search_type=kind, filter_path=ANSWERED)

    def _count(self, query: Node) -> Numbers:
        wanted = within(compiled(query, self._languages), self._alive)
        return numbers_of(self._search({"query": wanted, "size": 0, "track_total_hits": True, "aggs": FACETS}))

    def _parts(self, ids: Iterable[str]) -> list[Part]:
        return self._memory.parts(list(ids), self._fetch)

    def _evaluation(self, part: Segment, dfs: Mapping[Counted, int]) -> Evaluation:
        part.normalize(self.average)
        found: dict[Leaf, Found] = {}
        weights: dict[Node, float] = {}
        for node, df in dfs.items():
            if isinstance(node, Leaf):
                found[node] = find(part, node, self._languages)
                weights[node] = weight(node.text, self._posts, df)
            else:
                weights[node] = idf(self._posts, df)
        return Evaluation(part, found, weights)

    def _fetch(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Fetch posts; one that nobody should read any more may be gone."""
        content = {
            "query": {"ids": {"values": list(ids)}},
            "size": len(ids),
            "stored_fields": "_none_",
            "docvalue_fields": ["path", "added", "stored"],
            "sort": ["_doc"],
        }
        hits = self._search(content)["hits"]["hits"]
        return {key(*fields_of(hit)): read(hit["fields"]["stored"][0]) for hit in hits}

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""
        found = list(self._fetch(self._with_slug(slug)).values())
        return documents_of(found).post(0) if found else None

    def posts(self) -> Iterator[Post]:
        """Give every post."""
        ids = (hit["_id"] for hit in self._catalogue.scan(self.index, self._alive))
        while some := list(islice(ids, AT_A_TIME)):
            found = documents_of(list(self._fetch(some).values()))
            yield from map(found.post, range(found.count))

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
            df = self._having(term)
            return {term: Similar(df, 0)} if df else {}
        known = self.vocabulary(term[:1])
        near = similar(self._spelt(term[:1]), term, edits, beginning=beginning)
        return {other: Similar(known[other], distance) for other, (_, distance) in near.items()}

    def _strings(self, first: str) -> Strings:
        strings = lists.of_bytes(sorted(term.encode() for term in self.vocabulary(first)))
        return Strings({"lexicon": strings.values, "lexicon_at": strings.at}, "lexicon")

    def _df_of(self, term: str) -> int:
        return self._df([term]).get(term, 0)

    def _df(self, terms: Sequence[str]) -> dict[str, int]:
        counted = {"terms": {"field": "term", "size": max(1, len(terms)), "include": list(terms)}}
        buckets = self._aggregate({"terms": {"term": list(terms)}}, {"terms": counted})["terms"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def telling(self, slug: str, limit: int) -> Sequence[str]:
        """Give the terms that tell a post from the others, the most telling first."""
        found = self._fetch(self._with_slug(slug))
        if not found:
            return ()
        part = merged([(stored, ALIVE) for stored in found.values()])
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


def _counted(query: Node, wider: Node | None) -> list[Counted]:
    """Give what a query and something wider weigh by how many posts have it, each once."""
    tree = And((query, wider)) if wider else query
    return list(dict.fromkeys(node for node in walk(tree) if isinstance(node, Leaf | Variants)))
