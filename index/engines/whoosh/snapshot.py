"""One generation, answered from the arrays of its segments."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import compress
from pathlib import Path

import numpy as np

from index.engine import Sort
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.evaluation import Evaluation, Matched, together
from index.engines.whoosh.facets import Counting
from index.engines.whoosh.leaves import Found, find
from index.engines.whoosh.match import ArrayMatch, PageOfSegment
from index.engines.whoosh.schema import EPOCH, UNDATED
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.similar import similar
from index.engines.whoosh.telling import telling
from index.model import Facet, Holding, Post, Stats
from index.query import Leaf, Node, Variants, leaves, walk, wanted
from index.ranking import idf


@dataclass(frozen=True, slots=True)
class Ranked:
    """The matching posts of one segment, and the key that they are ranked by, larger first."""

    segment: Segment
    docs: Array
    keys: Array


class ArrayFound:
    """What one query found; facets are counted when they are asked for."""

    def __init__(
        self,
        evaluations: Sequence[Evaluation],
        ranked: Sequence[Ranked],
        wanted: Sequence[Leaf],
        page: Sequence[tuple[int, int, float]],
        counting: Counting,
    ) -> None:
        self.total = sum(len(part.docs) for part in ranked)
        self._ranked = ranked
        self._counting = counting
        pages = [
            PageOfSegment(
                e.segment, [e.found[leaf] for leaf in wanted], [doc for part, doc, _ in page if part == number]
            )
            for number, e in enumerate(evaluations)
        ]
        self.matches = [ArrayMatch(pages[number], doc, score) for number, doc, score in page]

    @cached_property
    def facets(self) -> Mapping[str, tuple[Facet, ...]]:
        """The tags, most frequent first, and the years, newest first, of all that matches."""
        return self._counting.facets([part.docs for part in self._ranked])


class ArraySnapshot:
    """One generation of the index, unchanging; safe to share between threads."""

    def __init__(self, generation: int, segments: Sequence[Segment], directory: Path) -> None:
        self.generation = generation
        self._segments = segments
        self._directory = directory
        lengths = [segment.arrays["doc_length"][_alive(segment)] for segment in segments]
        self._posts = sum(len(part) for part in lengths)
        self._words = int(sum(part.sum() for part in lengths))
        for segment in segments:
            segment.normalize(max(1.0, self._words / max(1, self._posts)))
        self._counting = Counting(segments)
        self._languages = sorted({name for segment in segments for name in segment.names.languages})

    def find(self, query: Node, *, sort: Sort = "relevance", offset: int = 0, limit: int = 10) -> ArrayFound:
        """Find the posts that match, best first."""
        evaluations = self._evaluations(query)
        matched = [evaluation.evaluate(query) for evaluation in evaluations]
        ranked = [_ranked(e.segment, m, sort) for e, m in zip(evaluations, matched, strict=True)]
        page = _top(ranked, offset + limit)[offset:]
        if sort != "relevance":
            page = [(number, doc, 0.0) for number, doc, _ in page]
        return ArrayFound(evaluations, ranked, wanted(query), page, self._counting)

    def _evaluations(self, query: Node) -> list[Evaluation]:
        asked = leaves(query)
        found: list[dict[Leaf, Found]] = [
            {leaf: find(segment, leaf, self._languages) for leaf in asked} for segment in self._segments
        ]
        weights: dict[Node, float] = {
            leaf: idf(self._posts, sum(len(part[leaf].docs) for part in found)) for leaf in asked
        }
        for node in (node for node in walk(query) if isinstance(node, Variants)):
            docs = [together(segment, part, node)[0] for segment, part in zip(self._segments, found, strict=True)]
            weights[node] = idf(self._posts, sum(map(len, docs)))
        return [Evaluation(segment, part, weights) for segment, part in zip(self._segments, found, strict=True)]

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""
        return next((segment.documents.post(doc) for segment, doc in self._with_slug(slug)), None)

    def _with_slug(self, slug: str) -> Iterator[tuple[Segment, int]]:
        for segment in self._segments:
            for doc in segment.having("slug", slug).tolist():
                if segment.alive is None or segment.alive[doc]:
                    yield segment, doc

    def vocabulary(self, beginning: str) -> Mapping[str, int]:
        """Give the terms that begin with this, with their document frequency."""
        found: Counter[str] = Counter()
        for segment in self._segments:
            terms = segment.lexicon.with_prefix(beginning.encode())
            counts = np.diff(segment.arrays["posting_at"][terms.start : terms.stop + 1]).tolist()
            found.update({segment.lexicon[term].decode(): n for term, n in zip(terms, counts, strict=True)})
        return found

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, int]:
        """Give the terms that become a term by at most some edits, with their document frequency."""
        found: Counter[str] = Counter()
        for segment in self._segments:
            at = segment.arrays["posting_at"]
            near = similar(segment.lexicon, term, edits, beginning=beginning)
            found.update({other: int(at[number + 1] - at[number]) for other, number in near.items()})
        return found

    def telling(self, slug: str, limit: int) -> Sequence[str]:
        """Give the terms that tell a post from the others, the most telling first."""
        for segment, doc in self._with_slug(slug):
            return telling(segment, doc, self._posts, self._df, limit)
        return ()

    def _df(self, term: str) -> int:
        found = [(segment, segment.term(term)) for segment in self._segments]
        return sum(len(segment.postings(n, n + 1).docs) for segment, n in found if n is not None)

    @cached_property
    def _holdings(self) -> Mapping[str, Holding]:
        found: dict[str, Holding] = {}
        for segment in self._segments:
            paths = segment.holdings
            found |= paths if segment.alive is None else dict(compress(paths.items(), segment.alive.tolist()))
        return found

    def holdings(self) -> Mapping[str, Holding]:
        """Give what is held, by post id."""
        return self._holdings

    def stats(self) -> Stats:
        """Count what is held."""
        languages: Counter[str] = Counter()
        newest = UNDATED
        for segment in self._segments:
            alive = _alive(segment)
            counts = np.bincount(segment.arrays["doc_language"][alive], minlength=len(segment.names.languages))
            languages.update(dict(zip(segment.names.languages, counts.tolist(), strict=True)))
            newest = max(newest, int(segment.arrays["doc_when"][alive].max(initial=UNDATED)))
        return Stats(
            generation=self.generation,
            posts=self._posts,
            sections=sum(int(segment.arrays["doc_sections"][_alive(segment)].sum()) for segment in self._segments),
            words=self._words,
            terms=len(self.vocabulary("")),
            bytes=sum(file.stat().st_size for file in self._directory.iterdir() if file.is_file()),
            languages=dict((+languages).most_common()),
            newest=EPOCH + timedelta(seconds=newest) if newest != UNDATED else None,
        )


def _alive(segment: Segment) -> Array:
    return np.ones(segment.docs, bool) if segment.alive is None else segment.alive


def _ranked(segment: Segment, matched: Matched, sort: Sort) -> Ranked:
    if sort != "relevance":
        when = segment.arrays["doc_when"][matched.docs]
        return Ranked(segment, matched.docs, when if sort == "newest" else np.where(when == UNDATED, when, -when))
    keys = matched.scores(None) if matched.scores else np.zeros(len(matched.docs), np.float32)
    return Ranked(segment, matched.docs, keys)


def _top(ranked: Sequence[Ranked], limit: int) -> list[tuple[int, int, float]]:
    """Give the best posts of all segments, as (segment, post, key); where keys are equal, in the order of the index."""
    best = []
    for number, part in enumerate(ranked):
        at = _largest(part.keys, limit)
        best += [(-key, number, doc) for key, doc in zip(part.keys[at].tolist(), part.docs[at].tolist(), strict=True)]
    return [(number, doc, -key) for key, number, doc in sorted(best)[:limit]]


def _largest(keys: Array, limit: int) -> Array:
    """Give the places of the largest keys, and of all that equal the smallest of them."""
    if len(keys) <= limit:
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - limit)[len(keys) - limit]
    above = np.flatnonzero(keys > threshold)
    return np.concatenate([above, np.flatnonzero(keys == threshold)[: limit - len(above)]])
