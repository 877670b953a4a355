"""One generation, answered from the arrays of its segments."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from itertools import compress
from pathlib import Path

import numpy as np

from index.engine import Similar, Sort
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.evaluation import Evaluation, together
from index.engines.whoosh.facets import Counting
from index.engines.whoosh.leaves import Found, find
from index.engines.whoosh.match import ArrayMatch, PageOfSegment
from index.engines.whoosh.ordering import Ranked, ranking
from index.engines.whoosh.schema import EPOCH, UNDATED
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.similar import similar
from index.engines.whoosh.telling import telling
from index.model import Facet, Holding, Post, Stats
from index.query import And, Leaf, Node, Variants, leaves, walk
from index.ranking import idf, weight


class ArrayFound:
    """What one query found; facets are counted when they are asked for."""

    def __init__(self, evaluations: Sequence[Evaluation], ranked: Ranked, query: Node, counting: Counting) -> None:
        self.total = ranked.total
        self.complete = ranked.complete
        self._ranked = ranked
        self._counting = counting
        pages = [
            PageOfSegment(evaluation, query, [best.doc for best in ranked.page if best.segment == n])
            for n, evaluation in enumerate(evaluations)
        ]
        self.matches = [ArrayMatch(pages[best.segment], best) for best in ranked.page]

    @cached_property
    def facets(self) -> Mapping[str, tuple[Facet, ...]]:
        """The tags, most frequent first, and the years, newest first, of all that matches."""
        return self._counting.facets(self._ranked.docs)


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

    def find(
        self, query: Node, *, wider: Node | None = None, sort: Sort = "relevance", offset: int = 0, limit: int = 10
    ) -> ArrayFound:
        """Find the posts that match, best first, and as many as fill the list of those that match something wider."""
        evaluations = self._evaluations(And((query, wider)) if wider else query)
        ranked = ranking(evaluations, query, wider, sort, offset, limit)
        return ArrayFound(evaluations, ranked, query, self._counting)

    def _evaluations(self, query: Node) -> list[Evaluation]:
        # What the query and something wider ask for alike is looked up once.
        asked = dict.fromkeys(leaves(query))
        found: list[dict[Leaf, Found]] = [
            {leaf: find(segment, leaf, self._languages) for leaf in asked} for segment in self._segments
        ]
        weights: dict[Node, float] = {
            leaf: weight(leaf.text, self._posts, sum(len(part[leaf].docs) for part in found)) for leaf in asked
        }
        for node in dict.fromkeys(node for node in walk(query) if isinstance(node, Variants)):
            docs = [together(segment, part, node)[0] for segment, part in zip(self._segments, found, strict=True)]
            weights[node] = idf(self._posts, sum(map(len, docs)))
        return [Evaluation(segment, part, weights) for segment, part in zip(self._segments, found, strict=True)]

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""
        return next((segment.documents.post(doc) for segment, doc in self._with_slug(slug)), None)

    def posts(self) -> Iterator[Post]:
        """Give every post."""
        for segment in self._segments:
            for doc in np.flatnonzero(_alive(segment)).tolist():
                yield segment.documents.post(doc)

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

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, Similar]:
        """Give the terms that become a term by at most some edits."""
        found: dict[str, Similar] = {}
        for segment in self._segments:
            at = segment.arrays["posting_at"]
            for other, (number, distance) in similar(segment.lexicon, term, edits, beginning=beginning).items():
                known = found[other].posts if other in found else 0
                found[other] = Similar(known + int(at[number + 1] - at[number]), distance)
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
