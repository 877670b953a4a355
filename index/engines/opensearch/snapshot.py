"""A generation on the cluster: OpenSearch finds and counts posts; the best are ranked as in the embedded engine.

A generation is a filter: the documents added up to it and not removed before it. Unlike a point in time, a filter
survives the loss of a node and takes no memory on the cluster.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from ...analysis import COMPOUNDING
from ...model import Article, Holding, Post, Stats
from ...query.tree import And, Filter, Leaf, Node, Sort, Variants, walk
from ...ranking import LOOKED_AT_TWICE, REWARDS, Rewards, idf, weight
from ...retrieval.boolean import Evaluation
from ...retrieval.copies import find_copies, find_translations, nearest_language
from ...retrieval.facets import Counting
from ...retrieval.key_terms import telling
from ...retrieval.listed import Best
from ...retrieval.question import Question
from ...retrieval.relations import Relations
from ...retrieval.results import ArrayFound
from ...retrieval.succession import Succession, find_succession
from ...retrieval.terms import LeafPostings, find_leaf
from ...retrieval.top import Ranked, rank_matches
from ...segment.builder import SegmentArrays, merge_segments
from ...segment.columns import EPOCH
from ...segment.segment import Segment, average_length
from ...segment.store import PostStore
from ...semantic.model import SemanticModel
from ..base import SimilarTerm
from . import query_dsl
from .cache import CacheHit, PostCache
from .catalogue import Catalogue, GenerationMark, search_all_shards
from .documents import ALIVE, key, unpack_segment
from .query_dsl import Compiler, Query, ordering, within
from .responses import FACETS, RESPONSE_PARTS, MatchCounts, counts_of, fields_of, frequencies_of, paths_of
from .terms import ClusterTerms

# OpenSearch's scores are close to ours: its best posts of this number include those that are rescored.
CANDIDATES = 2 * LOOKED_AT_TWICE

# Queries whose counts a snapshot caches.
CACHED_COUNTS = 4_096

# Decimals at which scores are compared: the order in which they are added up depends on how posts are cached.
SCORE_DECIMALS = 6

# Posts that are fetched at a time when all are wanted.
FETCH_PAGE = 200

Weighted = Leaf | Variants

RELEVANCE: list[Any] = ["_score", {"path": "asc"}]


class ClusterResult(ArrayFound):
    """The result of a query: a page of fetched posts, and counts by the cluster."""

    def __init__(
        self, evaluations: Sequence[Evaluation], ranked: Ranked, question: Question, counts: MatchCounts, complete: int
    ) -> None:
        super().__init__(evaluations, ranked, question, Counting(()))
        self.total, self.facets = counts
        self.complete = complete


class Candidates(NamedTuple):
    """The best posts by OpenSearch's own scores.

    Attributes:
        paths: Their paths by id, in its order.
        counts: The counts of all matches.
        dfs: The document frequencies of the parts of the query.
    """

    paths: Mapping[str, str]
    counts: MatchCounts
    dfs: Mapping[Weighted, int]


class ClusterSnapshot:
    """One generation of the index, which never changes; threads may share it."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: str,
        mark: GenerationMark,
        cache: PostCache,
        model: SemanticModel | None = None,
    ) -> None:
        self._model = model
        self.index, self.generation = index, mark.generation
        self._catalogue, self._cluster, self._cache = catalogue, catalogue.cluster, cache
        self._alive = query_dsl.living(mark.generation, mark.void)
        self._terms = ClusterTerms(self._aggregate)
        self._counts_of = lru_cache(maxsize=CACHED_COUNTS)(self._count)
        self._dfs: dict[Weighted, int] = {}

    def _search(self, body: dict[str, Any], **params: Any) -> dict[str, Any]:
        return self._cluster.read(lambda client: search_all_shards(client, self.index, body, **params))

    def _aggregate(self, query: Query, aggregations: dict[str, Any]) -> dict[str, Any]:
        response = self._search({"query": within(query, self._alive), "size": 0, "aggs": aggregations})
        return dict(response["aggregations"])

    @cached_property
    def _totals(self) -> dict[str, Any]:
        sums = {name: {"sum": {"field": name}} for name in ("length", "sections")}
        return self._aggregate(
            {"match_all": {}},
            {
                **sums,
                "posts": {"value_count": {"field": "path"}},
                "newest": {"max": {"field": "when"}},
                "boosted": {"value_count": {"field": "boost"}},
                "languages": {"terms": {"field": "languages", "size": 1_000}},
            },
        )

    @property
    def _posts(self) -> int:
        return int(self._totals["posts"]["value"])

    @cached_property
    def _languages(self) -> list[str]:
        return sorted(bucket["key"] for bucket in self._totals["languages"]["buckets"])

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(self._languages, self._cluster.is_legacy)

    def nearest_language(self, language: str) -> str:
        """Return the language of the index that is a reader's, or nearest to it; "" if none is."""
        return nearest_language(language, self._languages)

    @property
    def average(self) -> float:
        """The average length of a post in tokens."""
        return average_length(int(self._totals["length"]["value"]), self._posts)

    def find(
        self,
        query: Node,
        *,
        wider: Node | None = None,
        title: Sequence[str] = (),
        sort: Sort = "relevance",
        offset: int = 0,
        limit: int = 10,
        language: str = "",
        meaning: str = "",
        rewards: Rewards = REWARDS,
    ) -> ArrayFound:
        """Find the posts that match a query, best first; if few do, matches of the wider query fill the list."""
        if not limit and (wider is None or self._counts_of(query).total):
            counts = self._counts_of(query)
            return ClusterResult((), Ranked((), counts.total, ()), Question(query), counts, counts.total)
        if sort != "relevance":
            return self._find_ordered(query, wider, sort, offset, limit)
        vector = self._model.embed_query(meaning) if self._model and meaning else None
        weighted = _weighted(query, wider)
        candidates = self._candidates(query, RELEVANCE, 0, max(CANDIDATES, offset + limit), weighted)
        total, paths = candidates.counts.total, candidates.paths
        if wider is None or total >= LOOKED_AT_TWICE:
            question = Question(query, None, title, vector, rewards)
            evaluations, ranked = self._ranked(paths, candidates.dfs, question, offset, limit, language)
            return ClusterResult(evaluations, ranked, question, candidates.counts, total)
        paths = {**paths, **self._wider_paths(wider, query, CANDIDATES - total)}
        question = Question(query, wider, title, vector, rewards)
        evaluations, ranked = self._ranked(paths, candidates.dfs, question, offset, limit, language)
        return ArrayFound(evaluations, ranked, question, Counting([evaluation.segment for evaluation in evaluations]))

    def _find_ordered(self, query: Node, wider: Node | None, sort: Sort, offset: int, limit: int) -> ArrayFound:
        order = [ordering(sort), {"path": "asc"}]
        weighted = _weighted(query, wider)
        candidates = self._candidates(query, order, offset, limit, weighted)
        complete = candidates.counts.total
        if wider is not None and not complete:
            candidates = self._candidates(wider, order, offset, limit, weighted)
        cached = self._cached(candidates.paths)
        evaluations = [self._evaluation(hit.segment, candidates.dfs) for hit in cached]
        rank = {post: number for number, post in enumerate(candidates.paths)}
        page = [(rank[hit.ids[doc]], Best(number, doc)) for number, hit in enumerate(cached) for doc in hit.docs]
        ranked = Ranked((), complete, [best for _, best in sorted(page)])
        return ClusterResult(evaluations, ranked, Question(query, wider), candidates.counts, complete)

    def _ranked(
        self,
        paths: Mapping[str, str],
        dfs: Mapping[Weighted, int],
        question: Question,
        offset: int,
        limit: int,
        language: str,
    ) -> tuple[list[Evaluation], Ranked]:
        """Rank candidates; those of equal score and date are ordered by their paths, however they are cached."""
        cached = self._cached(paths)
        evaluations = [self._evaluation(hit.segment, dfs) for hit in cached]
        segments = [hit.segment for hit in cached]
        translations = find_translations(segments, self.nearest_language(language)) if language else None
        relations = Relations(find_copies(segments), self.succession, translations)
        ranked = rank_matches(evaluations, question, "relevance", 0, len(paths), relations)

        def order(best: Best) -> tuple[float, int, str]:
            hit = cached[best.segment]
            when = hit.segment.arrays["doc_when"].item(best.doc)
            return -round(best.score, SCORE_DECIMALS), -when, paths[hit.ids[best.doc]]

        return evaluations, replace(ranked, page=sorted(ranked.page, key=order)[offset : offset + limit])

    def _candidates(
        self, query: Node, order: Sequence[Any], first: int, size: int, weighted: Sequence[Weighted]
    ) -> Candidates:
        """Find posts in OpenSearch's order, count the matches, and count the posts that have each part of the query."""
        dfs = self._dfs
        known = {node: dfs[node] for node in weighted if node in dfs}
        unknown = [node for node in weighted if node not in known]
        frequencies = {"filters": {"filters": [self._compiler.compile(node) for node in unknown]}}
        everywhere = {"global": {}, "aggs": {"alive": {"filter": self._alive, "aggs": {"df": frequencies}}}}
        response = self._best(
            {
                "query": self._boosted(within(self._compiler.compile(query), self._alive)),
                "from": first,
                "size": size,
                "sort": order,
                "track_total_hits": True,
                "aggs": {**FACETS, **({"all": everywhere} if unknown else {})},
            }
        )
        known |= dict(zip(unknown, frequencies_of(response), strict=True))
        # Other threads read the old dictionary, so that it is replaced and not changed.
        self._dfs = known if len(dfs) > CACHED_COUNTS else dfs | known
        return Candidates(paths_of(response), counts_of(response), known)

    def _boosted(self, query: Query) -> Query:
        """Multiply scores by the boosts of posts, where any has one."""
        if not self._totals["boosted"]["value"]:
            return query
        return {"function_score": {"query": query, "field_value_factor": {"field": "boost", "missing": 1}}}

    def _wider_paths(self, wider: Node, query: Node, size: int) -> dict[str, str]:
        """Return the ids and paths of the best posts that match the wider query, but not the query itself."""
        unwanted = [self._compiler.compile(query)]
        wanted = within(self._compiler.compile(wider), self._alive, without=unwanted)
        wanted = self._boosted(wanted)
        return paths_of(self._best({"query": wanted, "size": size, "sort": RELEVANCE, "track_total_hits": False}))

    def _best(self, body: dict[str, Any]) -> dict[str, Any]:
        # Only these two fields are read, not the stored segment.
        only = {"stored_fields": "_none_", "docvalue_fields": ["path", "added"]}
        # Several shards have to exchange document frequencies first; a single one need not.
        search_type = "dfs_query_then_fetch" if self._catalogue.shards > 1 else "query_then_fetch"
        return self._search({**body, **only}, search_type=search_type, filter_path=RESPONSE_PARTS)

    def _count(self, query: Node) -> MatchCounts:
        wanted = within(self._compiler.compile(query), self._alive)
        return counts_of(self._search({"query": wanted, "size": 0, "track_total_hits": True, "aggs": FACETS}))

    def _cached(self, ids: Iterable[str]) -> list[CacheHit]:
        return self._cache.find(list(ids), self.average, self._fetch)

    def _evaluation(self, segment: Segment, dfs: Mapping[Weighted, int]) -> Evaluation:
        found: dict[Leaf, LeafPostings] = {}
        weights: dict[Node, float] = {}
        for node, df in dfs.items():
            if isinstance(node, Leaf):
                found[node] = find_leaf(segment, node, self._languages)
                weights[node] = weight(node.text, self._posts, df)
            else:
                weights[node] = idf(self._posts, df)
        return Evaluation(segment, found, weights)

    def _fetch(self, ids: Sequence[str]) -> dict[str, SegmentArrays]:
        """Fetch posts; one that no reader should use any more may be deleted."""
        content = {
            "query": {"ids": {"values": list(ids)}},
            "size": len(ids),
            "stored_fields": "_none_",
            "docvalue_fields": ["path", "added", "stored"],
            "sort": ["_doc"],
        }
        hits = self._search(content)["hits"]["hits"]
        return {key(*fields_of(hit)): unpack_segment(hit["fields"]["stored"][0]) for hit in hits}

    @cached_property
    def succession(self) -> Succession:
        """Which posts supersede others."""
        return find_succession(self._filtered)

    def _filtered(self, narrowed: Filter, limit: int) -> list[Article]:
        return [match.article for match in self._find_ordered(narrowed, None, "oldest", 0, limit).matches]

    def post(self, slug: str) -> Post | None:
        """Return the post with a slug."""
        return next(self._read(self._with_slug(slug)), None)

    def moved(self, alias: str) -> str | None:
        """Return the slug of the post that had an address."""
        query = within({"term": {"alias": alias}}, self._alive)
        body = {"query": query, "size": 1, "_source": False, "docvalue_fields": ["slug"], "sort": ["slug"]}
        hits = self._search(body)["hits"]["hits"]
        return str(hits[0]["fields"]["slug"][0]) if hits else None

    def posts(self) -> Iterator[Post]:
        """Yield all posts."""
        ids = (hit["_id"] for hit in self._catalogue.scan(self.index, self._alive))
        while page := list(islice(ids, FETCH_PAGE)):
            yield from self._read(page)

    def _read(self, ids: Sequence[str]) -> Iterator[Post]:
        return (PostStore(segment.posts).post(0) for segment in self._fetch(ids).values())

    def _with_slug(self, slug: str) -> list[str]:
        query = within({"term": {"slug": slug}}, self._alive)
        return [hit["_id"] for hit in self._search({"query": query, "size": 1, "_source": False})["hits"]["hits"]]

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the terms with a prefix, each with its document frequency."""
        return self._terms.with_prefix(prefix)

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return the number of posts that have each of some terms."""
        return dict.fromkeys(terms, 0) | self._terms.count(list(dict.fromkeys(terms)))

    def compounds(self, word: str) -> Mapping[str, str]:
        """Return the long terms that begin or end with a word, each with its language."""
        compounding = [name for name in self._languages if name.partition("-")[0].lower() in COMPOUNDING]
        return self._terms.compounds(word, compounding) if word.isalpha() else {}

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, SimilarTerm]:
        """Return the terms within an edit distance of a term."""
        return self._terms.similar(term, edits, beginning=beginning)

    def key_terms(self, slug: str, limit: int) -> Sequence[str]:
        """Return the key terms of a post, best first."""
        fetched = self._fetch(self._with_slug(slug))
        if not fetched:
            return ()
        alone = Segment(merge_segments([(arrays, ALIVE) for arrays in fetched.values()]))
        segment = alone.view(ALIVE, self.average)
        df = self._terms.count([segment.lexicon[number].decode() for number in range(segment.lexicon.count)])
        return telling(segment, 0, self._posts, lambda term: df.get(term, 0), limit)

    @cached_property
    def _holdings(self) -> Mapping[str, Holding]:
        fields = ("path", "fingerprint", "stamp", "slug", "expires")
        holdings = {}
        for hit in self._catalogue.scan(self.index, self._alive, fields):
            path, fingerprint, stamp, slug, expires = (hit["fields"].get(name, [None])[0] for name in fields)
            until = None if expires is None else datetime.fromtimestamp(expires, UTC)
            holdings[path] = Holding(fingerprint or "", stamp or "", slug, until)
        return holdings

    def holdings(self) -> Mapping[str, Holding]:
        """Return the holdings by post id."""
        return self._holdings

    def verify(self) -> None:
        """Leave it to the cluster, which checks its files by itself."""

    def stats(self) -> Stats:
        """Return statistics of the generation."""
        totals = self._totals
        storage = self._cluster.read(lambda client: client.indices.stats(index=self.index, metric="store"))
        terms = self._aggregate({"match_all": {}}, {"terms": {"cardinality": {"field": "term"}}})
        newest = totals["newest"]["value"]
        return Stats(
            generation=self.generation,
            posts=self._posts,
            sections=int(totals["sections"]["value"]),
            words=int(totals["length"]["value"]),
            terms=int(terms["terms"]["value"]),
            bytes=int(storage["_all"]["total"]["store"]["size_in_bytes"]),
            languages={bucket["key"]: bucket["doc_count"] for bucket in totals["languages"]["buckets"]},
            newest=None if newest is None else EPOCH + timedelta(seconds=newest),
        )


def _weighted(query: Node, wider: Node | None) -> list[Weighted]:
    """Return the distinct nodes of a query and a wider one that are weighted by their document frequency."""
    tree = And((query, wider)) if wider else query
    return list(dict.fromkeys(node for node in walk(tree) if isinstance(node, Leaf | Variants)))
