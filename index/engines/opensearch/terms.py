"""The terms of a generation on the cluster, counted by OpenSearch; what was counted is cached, as it never changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ...analysis import MIN_REST, ends, value_key
from ...retrieval.fuzzy import similar
from ...segment import ragged
from ...segment.lexicon import SortedStrings
from ..base import SimilarTerm
from .query_dsl import Query

# Prefixes whose terms are cached, some hundred kilobytes each, and terms whose document frequencies are.
CACHED_PREFIXES = 64
CACHED_TERMS = 4_096

# Terms with a prefix; OpenSearch returns no more than 65,536 buckets at a time.
MAX_TERMS = 60_000

# Returns aggregations over the posts of the generation that match a query.
Aggregate = Callable[[Query, dict[str, Any]], dict[str, Any]]


class ClusterTerms:
    """The terms of one generation; threads may share them."""

    def __init__(self, aggregate: Aggregate) -> None:
        self._aggregate = aggregate
        self.with_prefix = lru_cache(maxsize=CACHED_PREFIXES)(self._with_prefix)
        self._sorted = lru_cache(maxsize=CACHED_PREFIXES)(self._sort)
        self._df: dict[str, int] = {}

    def _with_prefix(self, prefix: str) -> Mapping[str, int]:
        """Return the terms with a prefix, each with its document frequency."""
        # In Lucene's regular expressions, every character but letters and digits may be escaped.
        escaped = "".join(char if char.isalnum() else f"\\{char}" for char in prefix)
        query = {"prefix": {"exact": prefix}} if prefix else {"match_all": {}}
        return self._matching(query, f"{escaped}.*", MAX_TERMS)

    def count(self, terms: Sequence[str]) -> dict[str, int]:
        """Return the number of posts that have each of some distinct terms; one that no post has is left out."""
        df = self._df
        unknown = [term for term in terms if term not in df]
        if unknown:
            counted = self._matching({"terms": {"exact": unknown}}, unknown, len(unknown))
            found = {term: counted.get(term, 0) for term in unknown}
            # Other threads read the old dictionary, so that it is replaced and not changed.
            df = df | found
            self._df = found if len(df) > CACHED_TERMS else df
        return {term: df[term] for term in terms if df.get(term)}

    def compounds(self, word: str, languages: Iterable[str]) -> dict[str, str]:
        """Return the long terms of languages that begin or end with a word, each with its language."""
        found: dict[str, str] = {}
        for language in languages:
            own, rest = ends(word, language), f".{{{MIN_REST},}}"
            begins, stops = "|".join((word, *own[:1])), "|".join((word, *own))
            written_in = {"term": {"language": value_key(language)}}
            terms = self._matching(written_in, f"({begins}){rest}|{rest}({stops}).*", MAX_TERMS)
            found |= {term: language for term in terms if term.isalpha()}
        return found

    def similar(self, term: str, edits: int, *, beginning: bool) -> Mapping[str, SimilarTerm]:
        """Return the terms within an edit distance of a term."""
        if not edits:
            df = self.count([term]).get(term, 0)
            return {term: SimilarTerm(df, 0)} if df else {}
        known = self.with_prefix(term[:1])
        near = similar(self._sorted(term[:1]), term, edits, beginning=beginning)
        return {text: SimilarTerm(known[text], distance) for text, (_, distance) in near.items()}

    def _sort(self, prefix: str) -> SortedStrings:
        strings = ragged.of_bytes(sorted(term.encode() for term in self.with_prefix(prefix)))
        return SortedStrings(strings.values, strings.at)

    def _matching(self, query: Query, include: str | list[str], size: int) -> dict[str, int]:
        counted = {"terms": {"field": "term", "size": size, "include": include}}
        buckets = self._aggregate(query, {"terms": counted})["terms"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}
