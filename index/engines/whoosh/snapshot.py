"""A generation of the embedded index, answered from the arrays of its segments."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache, partial
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...analysis import value_key
from ...lazy import lazy
from ...model import Article, Holding, Post, Stats
from ...query.next_search import NextSearch
from ...query.tree import Filter, Leaf, Node, Sort, Term, Variants, Word, walk
from ...ranking import REWARDS, Rewards, idf, weight
from ...retrieval.boolean import Evaluation
from ...retrieval.compound_terms import compound_terms
from ...retrieval.copies import Copies, find_copies, find_translations, nearest_language
from ...retrieval.facets import Counting
from ...retrieval.fuzzy import similar
from ...retrieval.key_terms import telling
from ...retrieval.question import Question
from ...retrieval.relations import Relations
from ...retrieval.results import ArrayFound
from ...retrieval.succession import Succession, find_succession
from ...retrieval.terms import LeafPostings, find_leaf
from ...retrieval.top import rank_matches
from ...segment.arrays import Array, StoredArrays
from ...segment.columns import EPOCH, UNDATED
from ...segment.path_order import PathOrder
from ...segment.segment import Segment, average_length
from ...segment.vectors import QueryVector
from ...semantic.model import SemanticModel
from ..base import SimilarTerm

_log = logging.getLogger(__name__)

# Words of which a process keeps what was looked up; most of it is only where their postings are.
CACHED_WORDS = 512


class FoundLeaf(NamedTuple):
    """A leaf of a query: its postings in each segment, and its weight in the index."""

    postings: Sequence[LeafPostings]
    weight: float


class ArraySnapshot:
    """One generation of the index, which never changes; threads may share it.

    Args:
        generation: Its number.
        segments: Its segments, each with a mask of the posts that are not deleted.
        directory: The directory of the index.
        model: Makes the vectors of queries; None for none.
    """

    def __init__(
        self,
        generation: int,
        segments: Sequence[tuple[Segment, Array]],
        directory: Path,
        model: SemanticModel | None = None,
    ) -> None:
        self.generation = generation
        self.model = model
        self._is_compared = False
        self.directory = directory
        lengths = [segment.arrays["doc_length"][alive] for segment, alive in segments]
        self._posts = sum(map(len, lengths))
        self._words = int(sum(part.sum() for part in lengths))
        average = average_length(self._words, self._posts)
        self.segments = _views(segments, average)
        self._counting = Counting(self.segments)
        self._translations: dict[str, Copies] = {}
        self.languages = sorted({name for segment in self.segments for name in segment.names.languages})
        self._look_up = partial(_look_up, self.segments, self.languages, self._posts)
        self._kept = lru_cache(maxsize=CACHED_WORDS)(self._look_up)

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
        evaluations = self._evaluations([query] if wider is None else [query, wider])
        question, relations = Question(query, wider, title, self._vector(meaning), rewards), self._relations(language)
        ranked = rank_matches(evaluations, question, sort, offset, limit, relations)
        return ArrayFound(evaluations, ranked, question, self._counting)

    def _vector(self, meaning: str) -> QueryVector | None:
        """Return the vector of what a query means; say once if posts have none to compare it with."""
        vector = self.model.embed_query(meaning) if self.model and meaning else None
        if vector and not self._is_compared:
            self._is_compared = True
            if lacking := self.lacking_vectors():
                _log.warning("semantic: %d posts have no vectors of this model; run: backmatter index --full", lacking)
        return vector

    def lacking_vectors(self) -> int:
        """Return how many posts have no vectors of the model of meaning; 0 where there is no model."""
        made_by = self.model.id if self.model else ""
        return sum(segment.vectors.lacking(segment.alive, made_by) for segment in self.segments) if made_by else 0

    @lazy
    def succession(self) -> Succession:
        """Which posts supersede others."""
        return find_succession(self._filtered)

    def _filtered(self, narrowed: Filter, limit: int) -> list[Article]:
        having = islice(self._having(narrowed.name, value_key(narrowed.value)), limit)
        return [segment.posts.article(doc) for segment, doc in having]

    def _relations(self, language: str) -> Relations:
        if not language:
            return Relations(self._copies, self.succession)
        return Relations(self._copies, self.succession, self.translations(self.nearest_language(language)))

    def translations(self, language: str) -> Copies:
        """Return which posts are translations of each other, with one in a language of the index first."""
        if language not in self._translations:
            self._translations[language] = self._find_translations(language)
        return self._translations[language]

    def _find_translations(self, language: str) -> Copies:
        return find_translations(self.segments, language)

    def nearest_language(self, language: str) -> str:
        """Return the language of the index that is a reader's, or nearest to it; "" if none is."""
        return nearest_language(language, self.languages)

    @lazy
    def _copies(self) -> Copies:
        return find_copies(self.segments)

    def _evaluations(self, trees: Sequence[Node]) -> list[Evaluation]:
        found: dict[Leaf, Sequence[LeafPostings]] = {}
        weights: dict[Node, float] = {}
        several: dict[Variants, None] = {}
        for tree in trees:
            for node in walk(tree):
                if isinstance(node, Variants):
                    several[node] = None
                # A leaf that both the query and the wider one have is looked up once.
                elif isinstance(node, Leaf) and node not in found:
                    found[node], weights[node] = self._found(node)
        evaluations = [
            Evaluation(segment, {leaf: own[number] for leaf, own in found.items()}, weights)
            for number, segment in enumerate(self.segments)
        ]
        for node in several:
            weights[node] = idf(self._posts, sum(len(part.postings(node).docs) for part in evaluations))
        return evaluations

    def _found(self, leaf: Leaf) -> FoundLeaf:
        """Return a leaf in all segments; what is made for one query alone is not kept."""
        if not isinstance(leaf, Word | Term):
            return self._look_up(type(leaf), leaf.text, leaf.field)
        kind: object = type(leaf)
        return self._kept(kind, leaf.text, leaf.field)

    def post(self, slug: str) -> Post | None:
        """Return the post with a slug."""
        return next((segment.posts.post(doc) for segment, doc in self._having("slug", slug)), None)

    def moved(self, alias: str) -> str | None:
        """Return the slug of the post that had an address."""
        return min((segment.posts.article(doc).slug for segment, doc in self._having("alias", alias)), default=None)

    def posts(self) -> Iterator[Post]:
        """Yield all posts."""
        for segment in self.segments:
            for doc in segment.living().tolist():
                yield segment.posts.post(doc)

    def _having(self, field: str, value: str) -> Iterator[tuple[Segment, int]]:
        for segment in self.segments:
            for doc in segment.having(field, value).tolist():
                if segment.alive is None or segment.alive[doc]:
                    yield segment, doc

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the terms with a prefix, each with its document frequency."""
        frequencies: Counter[str] = Counter()
        for segment in self.segments:
            terms = segment.lexicon.with_prefix(prefix.encode())
            counts = np.diff(segment.arrays["posting_at"][terms.start : terms.stop + 1]).tolist()
            frequencies.update({segment.lexicon[term].decode(): n for term, n in zip(terms, counts, strict=True)})
        return frequencies

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return the number of posts that have each of some terms."""
        return {term: self._df(term) for term in terms}

    def count_ahead(self, queries: Sequence[Node]) -> None:
        """Leave it to the searches, which take no requests."""

    def foresee(self, terms: Sequence[str], following: NextSearch) -> Collection[str]:  # noqa: ARG002 - see `Snapshot`
        """Return those of some terms that posts have."""
        return {term for term in terms if self._df(term)}

    def compounds(self, word: str) -> Mapping[str, str]:
        """Return the long terms that begin or end with a word, each with its language."""
        return {term: name for part in self.segments for term, name in compound_terms(part, word).items()}

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, SimilarTerm]:
        """Return the terms within an edit distance of a term."""
        near: dict[str, SimilarTerm] = {}
        for segment in self.segments:
            at = segment.arrays["posting_at"]
            for text, (number, distance) in similar(segment.lexicon, term, edits, beginning=beginning).items():
                posts = near[text].posts if text in near else 0
                near[text] = SimilarTerm(posts + int(at[number + 1] - at[number]), distance)
        return near

    def key_terms(self, slug: str, limit: int) -> Sequence[str]:
        """Return the key terms of a post, best first."""
        for segment, doc in self._having("slug", slug):
            return telling(segment, doc, self._posts, self._df, limit)
        return ()

    def _df(self, term: str) -> int:
        numbers = [(segment, segment.term(term)) for segment in self.segments]
        found = ((segment.alive, segment.postings(n, n + 1).docs) for segment, n in numbers if n is not None)
        # A post that was replaced has not gone from its segment.
        return sum(len(docs) if alive is None else int(alive[docs].sum()) for alive, docs in found)

    @lazy
    def _holdings(self) -> Mapping[str, Holding]:
        merged: dict[str, Holding] = {}
        for segment in self.segments:
            held = segment.holdings
            merged |= held if segment.alive is None else dict(compress(held.items(), segment.alive.tolist()))
        return merged

    def holdings(self) -> Mapping[str, Holding]:
        """Return the holdings by post id."""
        return self._holdings

    def verify(self) -> None:
        """Check every byte of the files that answers are made of, once.

        Raises:
            Unusable: A file is damaged.
        """
        for segment in self.segments:
            for arrays in segment.stored:
                if isinstance(arrays, StoredArrays):  # Others are in memory alone.
                    arrays.verify()

    def stats(self) -> Stats:
        """Return statistics of the generation."""
        languages: Counter[str] = Counter()
        newest = UNDATED
        for segment in self.segments:
            living = segment.living()
            counts = np.bincount(segment.arrays["doc_language"][living], minlength=len(segment.names.languages))
            languages.update(dict(zip(segment.names.languages, counts.tolist(), strict=True)))
            newest = max(newest, int(segment.arrays["doc_when"][living].max(initial=UNDATED)))
        return Stats(
            generation=self.generation,
            posts=self._posts,
            sections=sum(int(segment.arrays["doc_sections"][segment.living()].sum()) for segment in self.segments),
            words=self._words,
            terms=len(self.vocabulary("")),
            bytes=sum(file.stat().st_size for file in self.directory.iterdir() if file.is_file()),
            languages=dict((+languages).most_common()),
            newest=EPOCH + timedelta(seconds=newest) if newest != UNDATED else None,
        )


def _views(segments: Sequence[tuple[Segment, Array]], average: float) -> list[Segment]:
    """Return segments, each with a mask of the posts that are not deleted, as parts of one index."""
    views = [segment.view(alive, average) for segment, alive in segments]
    if len(views) == 1:
        return views
    # It knows these and not what it is given to, which would keep the segments of every generation before it open.
    order = PathOrder(views)
    return [view.placed(partial(order.of_segment, number)) for number, view in enumerate(views)]


def _look_up(
    segments: Sequence[Segment], languages: Sequence[str], posts: int, kind: type[Leaf], text: str, field: str | None
) -> FoundLeaf:
    """Look up a leaf, which is given in parts: these are hashed and compared faster than it is."""
    leaf = kind(text, field)
    postings = [find_leaf(segment, leaf, languages) for segment in segments]
    return FoundLeaf(postings, weight(leaf.text, posts, sum(len(own.docs) for own in postings)))
