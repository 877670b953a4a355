"""A generation on the cluster: OpenSearch finds and counts posts; the best are ranked as in the embedded engine.

A generation is a filter: the documents added up to it and not removed before it. Unlike a point in time, a filter
survives the loss of a node and takes no memory on the cluster.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from ...analysis import COMPOUNDING
from ...lazy import lazy
from ...model import Article, Holding, Post, Stats
from ...query.next_search import NextSearch
from ...query.tree import Filter, Node, Sort, Term
from ...ranking import REWARDS, Rewards
from ...retrieval.copies import nearest_language
from ...retrieval.key_terms import telling
from ...retrieval.question import Question
from ...retrieval.succession import Succession, find_succession
from ...retrieval.top import Ranked
from ...segment.columns import EPOCH
from ...segment.segment import average_length
from ...semantic.model import SemanticModel
from ..base import SimilarTerm
from . import query_dsl
from .candidates import Candidate, candidate_segment
from .catalogue import Catalogue, GenerationMark, search_all_shards, search_several
from .finder import CACHED_COUNTS, CANDIDATES, ClusterResult, Collection, Finder
from .holdings import HoldingsFile, IndexState
from .postings import all_entries
from .query_dsl import Compiler, Query, within
from .records import decoded, read_record, stored_post
from .requests import Requests
from .responses import RESPONSE_PARTS, MatchCounts
from .terms import ClusterTerms

# Posts that are fetched at a time when all are wanted.
FETCH_PAGE = 200


class ClusterSnapshot:
    """One generation of the index, which never changes; threads may share it."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: str,
        mark: GenerationMark,
        kept: HoldingsFile,
        model: SemanticModel | None = None,
    ) -> None:
        self._model = model
        self.index, self.generation = index, mark.generation
        self._catalogue, self._cluster = catalogue, catalogue.cluster
        self._kept, self._state = kept, IndexState(index, mark.generation, mark.revision)
        self._alive = query_dsl.living(mark.generation, mark.void)
        self._terms = ClusterTerms(self._aggregate)
        self._counts: dict[Node, MatchCounts] = {}

    def _search(self, body: dict[str, Any], **params: Any) -> dict[str, Any]:
        return self._cluster.read(lambda client: search_all_shards(client, self.index, body, **params))

    def _search_several(self, bodies: Sequence[dict[str, Any]], **header: Any) -> list[Mapping[str, Any]]:
        return self._cluster.read(
            lambda client: search_several(client, self.index, bodies, parts=RESPONSE_PARTS, **header)
        )

    def _aggregate(self, query: Query, aggregations: dict[str, Any]) -> dict[str, Any]:
        response = self._search({"query": within(query, self._alive), "size": 0, "aggs": aggregations})
        return dict(response["aggregations"])

    @lazy
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

    @lazy
    def languages(self) -> list[str]:
        """The languages of posts, sorted."""
        return sorted(bucket["key"] for bucket in self._totals["languages"]["buckets"])

    @lazy
    def _requests(self) -> Requests:
        # Several shards have to exchange document frequencies first; a single one need not.
        several: dict[str, Any] = {"search_type": "dfs_query_then_fetch"} if self._catalogue.shards > 1 else {}
        compiler = Compiler(tuple(self.languages), self._cluster.is_legacy)
        search, at_once = partial(self._search, **several), partial(self._search_several, **several)
        return Requests(search, at_once, compiler, self._alive, bool(self._totals["boosted"]["value"]))

    @lazy
    def _finder(self) -> Finder:
        return Finder(self._requests, Collection(self._posts, self.average, self.languages, lambda: self.succession))

    def nearest_language(self, language: str) -> str:
        """Return the language of the index that is a reader's, or nearest to it; "" if none is."""
        return nearest_language(language, self.languages)

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
    ) -> ClusterResult:
        """Find the posts that match a query, best first; if few do, matches of the wider query fill the list."""
        if not limit and (wider is None or self._counts_of(query).total):
            known = self._finder.frequency(query)
            total = self._counts_of(query).total if known is None else known
            empty = Ranked((), total, ())
            return ClusterResult((), empty, Question(query), total, lambda: self._counts_of(query), total)
        if sort != "relevance":
            return self._finder.in_order(query, wider, sort, offset, limit)
        vector = self._model.embed_query(meaning) if self._model and meaning else None
        question = Question(query, wider, title, vector, rewards)
        nearest = self.nearest_language(language) if language else ""
        return self._finder.by_relevance(question, offset, limit, nearest)

    def lacking_vectors(self) -> int:
        """Return how many posts have no vectors of the model of meaning; 0 where there is no model."""
        made_by = self._model.id if self._model else ""
        if not made_by:
            return 0
        posts = self._aggregate({"term": {"model": made_by}}, {"posts": {"value_count": {"field": "path"}}})
        return self._posts - int(posts["posts"]["value"])

    @lazy
    def succession(self) -> Succession:
        """Which posts supersede others."""
        return find_succession(self._filtered)

    def _filtered(self, narrowed: Filter, limit: int) -> list[Article]:
        return [match.article for match in self._finder.in_order(narrowed, None, "oldest", 0, limit).matches]

    def post(self, slug: str) -> Post | None:
        """Return the post with a slug."""
        fields = self._with_slug(slug, "shown")
        return stored_post(decoded(fields["shown"][0])) if fields else None

    def moved(self, alias: str) -> str | None:
        """Return the slug of the post that had an address."""
        query = within({"term": {"alias": alias}}, self._alive)
        body = {"query": query, "size": 1, "_source": False, "docvalue_fields": ["slug"], "sort": ["slug"]}
        hits = self._search(body)["hits"]["hits"]
        return str(hits[0]["fields"]["slug"][0]) if hits else None

    def posts(self) -> Iterator[Post]:
        """Yield all posts."""
        hits = self._catalogue.scan(self.index, self._alive, ("shown",), page=FETCH_PAGE)
        return (stored_post(decoded(hit["fields"]["shown"][0])) for hit in hits)

    def _with_slug(self, slug: str, *fields: str) -> dict[str, Any] | None:
        """Return fields of the post with a slug."""
        query = within({"term": {"slug": slug}}, self._alive)
        body = {"query": query, "size": 1, "stored_fields": "_none_", "docvalue_fields": list(fields), "sort": ["path"]}
        hits = self._search(body)["hits"]["hits"]
        return dict(hits[0]["fields"]) if hits else None

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the terms with a prefix, each with its document frequency."""
        return self._terms.with_prefix(prefix)

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return the number of posts that have each of some terms."""
        known = {term: posts for term in terms if (posts := self._finder.frequency(Term(term))) is not None}
        return dict.fromkeys(terms, 0) | self._terms.count([t for t in dict.fromkeys(terms) if t not in known]) | known

    def count_ahead(self, queries: Sequence[Node]) -> None:
        """Count the posts of several queries in one request."""
        self._count([query for query in queries if self._finder.frequency(query) is None])

    def _count(self, queries: Sequence[Node]) -> Mapping[Node, MatchCounts]:
        """Return the counts of some queries; those that were counted before are cached."""
        # Other threads read the old dictionary, so that it is replaced and not changed.
        counts = self._counts if len(self._counts) <= CACHED_COUNTS else {}
        unknown = [query for query in dict.fromkeys(queries) if query not in counts]
        if unknown:
            self._counts = counts = counts | dict(zip(unknown, self._requests.count(unknown), strict=True))
        return counts

    def _counts_of(self, query: Node) -> MatchCounts:
        return self._count([query])[query]

    def foresee(self, terms: Sequence[str], following: NextSearch) -> Sequence[str]:
        """Return those of some terms that posts have; the best matches come in the same request."""
        if following.sort == "relevance" and 0 < following.offset + following.limit <= CANDIDATES:
            return self._finder.foresee(terms, following, with_vectors=bool(self._model and following.meaning))
        return [term for term, posts in self.document_frequencies(terms).items() if posts]

    def compounds(self, word: str) -> Mapping[str, str]:
        """Return the long terms that begin or end with a word, each with its language."""
        compounding = [name for name in self.languages if name.partition("-")[0].lower() in COMPOUNDING]
        return self._terms.compounds(word, compounding) if word.isalpha() else {}

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, SimilarTerm]:
        """Return the terms within an edit distance of a term."""
        return self._terms.similar(term, edits, beginning=beginning)

    def key_terms(self, slug: str, limit: int) -> Sequence[str]:
        """Return the key terms of a post, best first."""
        fields = self._with_slug(slug, "columns", "postings")
        if not fields:
            return ()
        record, packed = (decoded(fields[name][0]) for name in ("columns", "postings"))
        segment = candidate_segment([Candidate(read_record(record), all_entries(packed))], self.average)
        df = self._terms.count([segment.lexicon[number].decode() for number in range(segment.lexicon.count)])
        return telling(segment, 0, self._posts, lambda term: df.get(term, 0), limit)

    @lazy
    def _holdings(self) -> Mapping[str, Holding]:
        holdings = self._kept.load(self._state)
        if holdings is None:
            holdings = {path: held for path, _, held in self._catalogue.held(self.index, self._alive)}
            self._kept.save(self._state, holdings)
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
