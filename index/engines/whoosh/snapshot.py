"""One generation of a Whoosh index, searched with Whoosh's own searcher."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec
from whoosh.index import FileIndex
from whoosh.scoring import BM25F

from index import analysis
from index.engine import Found, Match, Sort
from index.engines.whoosh.compile import compile_query
from index.engines.whoosh.schema import UNDATED, WEIGHTS, Card
from index.engines.whoosh.spans import find_spans
from index.engines.whoosh.writer import unpack
from index.model import Facet, Holding, Post, Stats
from index.query import Node


class WhooshSnapshot:
    """One generation. Whoosh's readers keep their place in a file, so threads take turns."""

    def __init__(self, index: FileIndex, directory: Path) -> None:
        self._searcher = index.searcher(weighting=BM25F())
        self._directory = directory
        self._lock = threading.Lock()

    @property
    def generation(self) -> int:
        """The number of the commit that made this generation."""
        return int(self._searcher.reader().generation() or 0)

    def find(self, query: Node, *, sort: Sort = "relevance", offset: int = 0, limit: int = 10) -> Found:
        """Find the posts that match, best first."""
        compiled = compile_query(query, self._expand)
        with self._lock:
            docs = sorted(set(self._searcher.docs_for_query(compiled)))
            ranked = self._by_score(compiled, offset + limit) if sort == "relevance" else self._by_date(docs, sort)
            page = [(self._post(doc), score) for doc, score in ranked[offset : offset + limit]]
            return Found(
                total=len(docs),
                matches=tuple(Match(p, score, find_spans(query, p, self._expand)) for p, score in page),
                facets=facets(self._cards[doc] for doc in docs),
            )

    def _by_score(self, compiled: object, limit: int) -> list[tuple[int, float]]:
        results = self._searcher.search(compiled, limit=limit)
        return sorted(((hit.docnum, hit.score or 0.0) for hit in results), key=lambda hit: (-hit[1], hit[0]))

    def _by_date(self, docs: list[int], sort: Sort) -> list[tuple[int, float]]:
        when = self._searcher.reader().column_reader("when")
        dated = sorted((d for d in docs if when[d] != UNDATED), key=lambda d: when[d], reverse=sort == "newest")
        return [(doc, 0.0) for doc in (*dated, *(d for d in docs if when[d] == UNDATED))]

    def _post(self, doc: int) -> Post:
        return unpack(self._searcher.stored_fields(doc)["post"])

    def _expand(self, term: str) -> frozenset[str]:
        """Give the terms of the index that share a stem with this one in any of the index's languages."""
        stems = self._stems
        return frozenset({term}).union(
            *(stems.get((language, analysis.stem(term, language)), ()) for language in self._languages)
        )

    @cached_property
    def _languages(self) -> list[str]:
        return sorted({card.language for card in self._cards.values()})

    @cached_property
    def _stems(self) -> dict[tuple[str, str], list[str]]:
        reader = self._searcher.reader()
        lexicon = {term.decode() for name in WEIGHTS for term in reader.lexicon(name)}
        stems: dict[tuple[str, str], list[str]] = {}
        for language in self._languages:
            for term in lexicon:
                stems.setdefault((language, analysis.stem(term, language)), []).append(term)
        return stems

    @cached_property
    def _cards(self) -> dict[int, Card]:
        reader = self._searcher.reader()
        if not reader.doc_count():
            return {}
        column = reader.column_reader("card")
        decode = msgspec.msgpack.Decoder(Card).decode
        return {doc: decode(column[doc]) for doc in reader.all_doc_ids()}

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""
        with self._lock:
            doc = self._searcher.document_number(slug=slug)
            return None if doc is None else self._post(doc)

    def vocabulary(self, beginning: str) -> Mapping[str, int]:
        """Give the terms that begin with this, with their document frequency in prose."""
        with self._lock:
            reader = self._searcher.reader()
            terms = list(reader.expand_prefix("prose", beginning))
            return {term.decode(): reader.doc_frequency("prose", term) for term in terms}

    def holdings(self) -> Mapping[str, Holding]:
        """Give what is held, by post id."""
        return {card.path: card.holding for card in self._cards.values()}

    def stats(self) -> Stats:
        """Count what is held."""
        cards = self._cards.values()
        reader = self._searcher.reader()
        return Stats(
            generation=self.generation,
            posts=len(cards),
            sections=sum(card.sections for card in cards),
            words=sum(card.words for card in cards),
            terms=len({term for name in WEIGHTS for term in reader.lexicon(name)}),
            bytes=sum(file.stat().st_size for file in self._directory.iterdir()),
            languages=dict(Counter(card.language for card in cards).most_common()),
            newest=max((card.date for card in cards if card.date), default=None),
        )


def facets(cards: Iterable[Card]) -> Mapping[str, tuple[Facet, ...]]:
    """Count the tags and years of the matching posts: tags most frequent first, years newest first."""
    tags: Counter[str] = Counter()
    years: Counter[str] = Counter()
    for card in cards:
        tags.update(card.tags)
        if card.year:
            years[card.year] += 1
    return {
        "tag": tuple(Facet(*tag) for tag in sorted(tags.items(), key=lambda tag: (-tag[1], tag[0]))),
        "year": tuple(Facet(*year) for year in sorted(years.items(), reverse=True)),
    }
