"""Find and rank: OpenSearch finds candidates and counts, and the ranking of `retrieval` orders the best of them.

A search takes two requests, for the candidates and for what is shown of a page; a third one where fewer posts have all
words than the frequency of each promises, and two more for a long question, of which the words of the best matches have
to be known (`feedback`). Whether neighbours are also written as one word is asked with the first: it takes all of them
for such, and what it found is right as well without those that match no post.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec
import numpy as np

from ... import analysis
from ...lazy import lazy
from ...model import Facet
from ...query.next_search import NextSearch
from ...query.tree import Leaf, Node, Prefix, Sort, Term, Word, conjuncts, leaves
from ...ranking import LOOKED_AT_TWICE, idf, weight
from ...retrieval.boolean import Evaluation
from ...retrieval.copies import DocId, find_copies, find_translations
from ...retrieval.facets import Counting
from ...retrieval.feedback import BEST, is_long
from ...retrieval.listed import Best
from ...retrieval.question import Question
from ...retrieval.relations import Relations
from ...retrieval.results import ArrayFound
from ...retrieval.succession import Succession
from ...retrieval.term_vectors import frequent_words
from ...retrieval.terms import LeafPostings, find_leaf
from ...retrieval.top import Ranked, rank_matches, scores_of
from ...segment.segment import Segment
from .candidates import Candidate, CandidateSegment, PageSegment, candidate_segment, page_segment
from .exchange import Exchange, trees_of, weighted_parts
from .query_dsl import ordering
from .requests import Counted, Requests, Weighted, Wish
from .responses import MatchCounts

# OpenSearch's scores are close to ours: its best posts of this number include those that are rescored.
CANDIDATES = 200

# Of a prefix it scores the most frequent terms, where we add up all.
PREFIX_CANDIDATES = 400

# Queries whose counts, and parts of queries whose frequencies, a snapshot caches.
CACHED_COUNTS = 4_096


class ClusterResult(ArrayFound):
    """The result of a query: a page of posts, and the counts."""

    def __init__(
        self,
        evaluations: Sequence[Evaluation],
        ranked: Ranked,
        question: Question,
        complete: int,
        counts: Callable[[], MatchCounts],
        total: int,
    ) -> None:
        super().__init__(evaluations, ranked, question, Counting(()))
        self.complete, self.total = complete, total
        self._counts = counts

    @lazy
    def facets(self) -> Mapping[str, tuple[Facet, ...]]:
        """The values over all matches."""
        return self._counts().facets


class Collection(NamedTuple):
    """What a search has to know of all posts.

    Attributes:
        posts: How many there are.
        average: Their average length.
        languages: Their languages.
        succession: Returns which supersede others.
    """

    posts: int
    average: float
    languages: Sequence[str]
    succession: Callable[[], Succession]


class Ranking(NamedTuple):
    """Ranked candidates, their segment, and the query on it."""

    candidates: Sequence[Candidate]
    segment: CandidateSegment
    evaluation: Evaluation
    ranked: Ranked


@dataclass(slots=True)
class Finder:
    """Answers queries of one generation; threads may share it."""

    requests: Requests
    collection: Collection
    _frequencies: dict[Weighted, int] = field(default_factory=dict)
    # What each thread has asked for ahead of its next search.
    _ahead: threading.local = field(default_factory=threading.local)

    def frequency(self, query: Node) -> int | None:
        """Return the number of posts that match a part of an earlier query; None if it is not known."""
        return self._frequencies.get(query) if isinstance(query, Weighted) else None

    def by_relevance(self, question: Question, offset: int, limit: int, language: str) -> ClusterResult:
        """Find the posts that match a query, best first; `language` is that of the reader, or ""."""
        query, wider = question.query, question.wider
        nodes = trees_of(query, wider)
        candidates = _candidates(query)
        if offset >= candidates and (far := self._far_behind(question, nodes, offset, limit)):
            return far
        wanted = (query, wider, max(candidates, offset + limit), ("vectors",) if question.meaning else ())
        asked: Exchange | None = self._ahead.__dict__.pop("asked", None)
        if not asked or not asked.fits(*wanted):
            asked = self._ask(*wanted)
        found, dfs = asked.found, asked.frequencies(nodes)
        total = found.counts.total
        if wider is None or total >= LOOKED_AT_TWICE:
            question = replace(question, wider=None)
            ranking = self._ranked(question, found.candidates, dfs, offset, limit, language)
            return self._result(question, ranking, total, total, lambda: found.counts)
        others = _filling(query, wider, asked.fields)
        more = found.others if asked.is_filled else self.requests.best(replace(others, size=CANDIDATES - total))
        ranking = self._ranked(question, [*found.candidates, *more], dfs, offset, limit, language)
        ranked = ranking.ranked

        def counts() -> MatchCounts:
            facets = Counting([ranking.segment]).facets(ranked.docs, ranked.languages)
            return MatchCounts(ranked.total, facets)

        return self._result(question, ranking, ranked.complete, ranked.total, counts)

    def foresee(self, terms: Sequence[str], following: NextSearch, *, with_vectors: bool) -> Sequence[str]:
        """Return those of some terms that posts have, and make the search that comes next, as if they had them all."""
        known = self._frequencies
        possible = [term for term in terms if known.get(Term(term), 1)]
        unknown = [part for term in possible if (part := Term(term)) not in known]
        if not unknown:
            return possible
        query, wider = following.trees(possible)
        asked = self._ask(query, wider, _candidates(query), ("vectors",) if with_vectors else (), unknown)
        self._ahead.asked = asked
        return [term for term in possible if asked.dfs.get(Term(term), 1)]

    def _ask(
        self, query: Node, wider: Node | None, size: int, fields: Sequence[str], also: Sequence[Term] = ()
    ) -> Exchange:
        """Ask for the best matches of a query and, as far as they may be few, for those that fill the list up."""
        nodes = trees_of(query, wider)
        # Both in one request where the second will be wanted, as far as one knows.
        filling = _filling(query, wider, fields) if wider and self._may_be_few(query) else None
        # Where posts are few, what the journal says of each word is looked up.
        words = [Term(term) for term in dict.fromkeys(term for leaf in leaves(query) for term in _terms_of(leaf))]
        found, dfs = self._counted(Wish(query, nodes, size=size, fields=fields), [*nodes, *also, *words], filling)
        return Exchange(query, wider, size, fields, found, filling is not None, dfs)

    def in_order(self, query: Node, wider: Node | None, sort: Sort, offset: int, limit: int) -> ClusterResult:
        """Find the posts that match a query, in OpenSearch's order."""
        nodes, order = trees_of(query, wider), (ordering(sort), {"path": "asc"})
        wish = Wish(query, nodes, None, order, offset, limit, ("shown",))
        found, dfs = self._counted(wish, nodes)
        complete = found.counts.total
        if wider is not None and not complete:
            found, _ = self._counted(replace(wish, query=wider), nodes)
        page = [Best(0, doc) for doc in range(len(found.shown))]
        ranked = Ranked((), complete, page)
        total, question = found.counts.total, Question(query, wider)
        evaluation = self._evaluation(page_segment(found.shown, self.collection.average), dfs)
        return ClusterResult([evaluation], ranked, question, complete, lambda: found.counts, total)

    def _far_behind(self, question: Question, nodes: Sequence[Node], offset: int, limit: int) -> ClusterResult | None:
        """Return a page behind all that are ranked, in OpenSearch's order; None where the list is filled up."""
        query = question.query
        found, dfs = self._counted(Wish(query, nodes, first=offset, size=limit, fields=("shown",)), nodes)
        total = found.counts.total
        if question.wider is not None and total < LOOKED_AT_TWICE:
            return None
        evaluation = self._evaluation(page_segment(found.shown, self.collection.average), dfs)
        matched = evaluation.evaluate(query)
        scores = np.zeros(len(found.shown))
        scores[matched.docs] = scores_of(evaluation, matched)
        page = [Best(0, doc, score, score) for doc, score in enumerate(scores.tolist())]
        return ClusterResult([evaluation], Ranked((), total, page), question, total, lambda: found.counts, total)

    def _ranked(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        dfs: Mapping[Weighted, int],
        offset: int,
        limit: int,
        language: str,
    ) -> Ranking:
        """Rank candidates; the copies and translations among them are known as such."""
        segment = candidate_segment(candidates, self.collection.average)
        translations = find_translations([segment], language) if language else None
        relations = Relations(find_copies([segment]), self.collection.succession(), translations)
        if is_long(question.clauses):
            # What is fed back comes after all else but the meaning; see `reranking`.
            before = replace(question, rewards={**question.rewards, "feedback": 0.0}, meaning=None)
            alone = relations._replace(succession=Succession())
            best = rank_matches([self._evaluation(segment, dfs)], before, "relevance", 0, BEST, alone).page
            candidates = self._with_words_of([candidates[each.doc] for each in best], candidates)
            segment = candidate_segment(candidates, self.collection.average)
        evaluation = self._evaluation(segment, dfs)
        ranked = rank_matches([evaluation], question, "relevance", offset, limit, relations)
        return Ranking(candidates, segment, evaluation, ranked)

    def _with_words_of(self, best: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return candidates with the postings of the frequent words of the best ones, too."""
        whole = [candidate._replace(entries=entries) for candidate, entries in self.requests.postings(best)]
        segment = candidate_segment(whole, self.collection.average)
        words = set[bytes]().union(*(frequent_words(segment, doc) for doc in range(len(whole))))
        return self.requests.with_terms(candidates, [word.decode() for word in words])

    def _result(
        self,
        question: Question,
        ranking: Ranking,
        complete: int,
        total: int,
        counts: Callable[[], MatchCounts],
    ) -> ClusterResult:
        """Fetch what is shown of a page, and of the copies and translations that it names."""
        ranked, candidates = ranking.ranked, ranking.candidates
        on_page = {best.id for best in ranked.page}
        named = [post for posts in (*ranked.copies.values(), *ranked.translations.values()) for post in posts]
        docs = sorted({doc for _, doc in [*on_page, *named]})
        shown = self.requests.shown({doc: candidates[doc] for doc in docs})

        def kept(posts: Sequence[DocId]) -> list[DocId]:
            return [post for post in posts if post[1] in shown]

        ranked = msgspec.structs.replace(
            ranked,
            page=[best for best in ranked.page if best.doc in shown],
            copies={post: kept(others) for post, others in ranked.copies.items() if kept([post])},
            translations={post: kept(others) for post, others in ranked.translations.items() if kept([post])},
        )
        evaluation = msgspec.structs.replace(ranking.evaluation, segment=PageSegment(ranking.segment, shown))
        return ClusterResult([evaluation], ranked, question, complete, counts, total)

    def _evaluation(self, segment: Segment, dfs: Mapping[Weighted, int]) -> Evaluation:
        found: dict[Leaf, LeafPostings] = {}
        weights: dict[Node, float] = {}
        for node, df in dfs.items():
            if isinstance(node, Leaf):
                found[node] = find_leaf(segment, node, self.collection.languages)
                weights[node] = weight(node.text, self.collection.posts, df)
            else:
                weights[node] = idf(self.collection.posts, df)
        return Evaluation(segment, found, weights)

    def _may_be_few(self, query: Node) -> bool:
        """Check whether fewer posts than are looked at twice may match a query, by the frequencies that are known."""
        return min(self.frequency(part) or 0 for part in conjuncts(query)) < LOOKED_AT_TWICE

    def _counted(
        self, wish: Wish, nodes: Sequence[Node], others: Wish | None = None
    ) -> tuple[Counted, dict[Weighted, int]]:
        """Return posts, and the frequencies of all parts of a query."""
        weighted = weighted_parts(nodes)
        known = self._frequencies
        found = self.requests.counted(wish, [part for part in weighted if part not in known], others)
        # Other threads read the old dictionary, so that it is replaced and not changed.
        counted = found.frequencies | {
            Word(terms[0], part.field): posts
            for part, posts in found.frequencies.items()
            if isinstance(part, Word) and len(terms := analysis.terms(part.text)) == 1
        }
        self._frequencies = counted if len(known) > CACHED_COUNTS else known | counted
        return found, {part: found.frequencies.get(part, known.get(part, 0)) for part in weighted}


def _candidates(query: Node) -> int:
    """Return how many of OpenSearch's best posts are looked at."""
    return PREFIX_CANDIDATES if any(isinstance(leaf, Prefix) for leaf in leaves(query)) else CANDIDATES


def _terms_of(leaf: Leaf) -> Sequence[str]:
    return analysis.terms(leaf.text) if isinstance(leaf, Word) and leaf.field is None else ()


def _filling(query: Node, wider: Node, fields: Sequence[str]) -> Wish:
    return Wish(wider, [query, wider], without=query, size=CANDIDATES, fields=fields)
