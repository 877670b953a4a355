"""The requests of a search: for candidates with what ranks them, and for what a page shows of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...query.tree import Filter, Leaf, Node, Term, Variants, leaves, walk
from .candidates import Candidate, ShownCandidate
from .postings import TermPositions, all_entries, entries_of
from .query_dsl import FILTER_FIELDS, Compiler, Query, within
from .records import decoded, read_record
from .responses import FACETS, RESPONSE_PARTS, MatchCounts, counts_of, frequencies_of
from .selection import REPEATED, script, selection

# Parts of a query that are weighted by their document frequency.
Weighted = Leaf | Variants

# Sends a search, with parameters, and returns the response.
Search = Callable[..., dict[str, Any]]

# Sends several searches in one request, and returns their responses.
SearchSeveral = Callable[..., list[Mapping[str, Any]]]

RELEVANCE: tuple[Any, ...] = ("_score", {"path": "asc"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Which posts are wanted.

    Attributes:
        query: What they match.
        without: What they do not match.
        nodes: The trees whose words they are ranked by.
        order: OpenSearch's order.
        first: The rank of the first, from 0.
        size: How many.
        fields: What is wanted of them beside what ranks them.
    """

    query: Node
    nodes: Sequence[Node]
    without: Node | None = None
    order: Sequence[Any] = RELEVANCE
    first: int = 0
    size: int = 0
    fields: Sequence[str] = ()


class Counted(NamedTuple):
    """Candidates, with the counts of all matches, and the document frequencies that were asked for.

    Attributes:
        candidates: The posts that were wished for.
        shown: What is shown of them, if it was.
        counts: How many match.
        frequencies: The document frequencies.
        others: Posts that fill the list up, if they were wished for.
    """

    candidates: list[Candidate]
    shown: list[ShownCandidate]
    counts: MatchCounts
    frequencies: dict[Weighted, int]
    others: list[Candidate]


@dataclass(frozen=True, slots=True)
class Requests:
    """Asks for posts of one generation.

    Attributes:
        search: Sends a search.
        search_several: Sends several.
        compiler: Compiles queries.
        alive: The posts of the generation.
        is_boosted: Whether any post has a boost.
    """

    search: Search
    search_several: SearchSeveral
    compiler: Compiler
    alive: Query
    is_boosted: bool

    def best(self, wish: Wish) -> list[Candidate]:
        """Return posts in OpenSearch's order."""
        response = self.search(self._uncounted(wish), filter_path=RESPONSE_PARTS)
        return [_candidate(hit["fields"]) for hit in _hits(response)]

    def counted(self, wish: Wish, unknown: Sequence[Weighted], others: Wish | None = None) -> Counted:
        """Return posts in OpenSearch's order, the counts of all matches, and the frequencies of parts of the query.

        With a wish for others, these fill the list up to the number that it names.
        """
        filters = [self.compiler.compile(node) for node in unknown]
        everywhere = {"global": {}, "aggs": {"alive": {"filter": self.alive, "aggs": {"df": _filters(filters)}}}}
        body = {
            **self._body(wish),
            "track_total_hits": True,
            "aggs": {**FACETS, **({"all": everywhere} if unknown else {})},
        }
        response, *filling = (
            self.search_several([body, self._uncounted(others)])
            if others
            else [self.search(body, filter_path=RESPONSE_PARTS)]
        )
        found, counts = [hit["fields"] for hit in _hits(response)], counts_of(response)
        room = max(0, others.size - counts.total) if others else 0
        return Counted(
            list(map(_candidate, found)),
            [_shown(_candidate(fields), fields) for fields in found if "shown" in fields],
            counts,
            dict(zip(unknown, frequencies_of(response), strict=True)),
            [_candidate(hit["fields"]) for part in filling for hit in _hits(part)[:room]],
        )

    def count(self, queries: Sequence[Node]) -> list[MatchCounts]:
        """Count the posts that match each of some queries."""
        wanted = [within(self.compiler.compile(query), self.alive) for query in queries]
        counting = {"size": 0, "track_total_hits": True, "aggs": FACETS}
        return list(map(counts_of, self.search_several([{"query": each, **counting} for each in wanted])))

    def shown(self, candidates: Mapping[int, Candidate]) -> dict[int, ShownCandidate]:
        """Return what is shown of posts, by their numbers; one that no reader should use any more may be deleted."""
        scripts = {"repeated": script(REPEATED)}
        found = {fields["path"][0]: fields for fields in self._of([*candidates.values()], ("path", "shown"), scripts)}
        pairs = ((number, post, found.get(post.record.path)) for number, post in candidates.items())
        return {number: _shown(post, fields) for number, post, fields in pairs if fields}

    def postings(self, candidates: Sequence[Candidate]) -> list[tuple[Candidate, list[TermPositions]]]:
        """Return all postings of posts; one that no reader should use any more may be deleted."""
        found = {fields["path"][0]: fields["postings"][0] for fields in self._of(candidates, ("path", "postings"))}
        pairs = ((candidate, found.get(candidate.record.path)) for candidate in candidates)
        return [(candidate, all_entries(decoded(packed))) for candidate, packed in pairs if packed]

    def with_terms(self, candidates: Sequence[Candidate], terms: Iterable[str]) -> list[Candidate]:
        """Return candidates with the postings of further terms, too."""
        wanted = {"entries": script(selection(map(Term, terms), self.compiler.languages))}
        found = {
            fields["path"][0]: entries_of(decoded(fields["entries"][0]))
            for fields in self._of(candidates, ("path",), wanted)
        }
        return [
            candidate._replace(
                entries=[*(dict(candidate.entries) | dict(found.get(candidate.record.path, ()))).items()]
            )
            for candidate in candidates
        ]

    def _of(
        self, candidates: Sequence[Candidate], fields: Sequence[str], scripts: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Return fields of posts, in any order."""
        if not candidates:
            return []
        body: dict[str, Any] = {
            "query": within({"terms": {"path": [each.record.path for each in candidates]}}, self.alive),
            "size": len(candidates),
            "stored_fields": "_none_",
            "docvalue_fields": list(fields),
            "sort": ["_doc"],
            "track_total_hits": False,
        }
        response = self.search({**body, **({"script_fields": scripts} if scripts else {})}, filter_path=RESPONSE_PARTS)
        return [hit["fields"] for hit in _hits(response)]

    def _uncounted(self, wish: Wish) -> dict[str, Any]:
        return {**self._body(wish), "track_total_hits": False}

    def _body(self, wish: Wish) -> dict[str, Any]:
        unwanted = [self.compiler.compile(wish.without)] if wish.without else []
        query = within(self.compiler.compile(wish.query), self.alive, without=unwanted)
        if self.is_boosted:
            query = {"function_score": {"query": query, "field_value_factor": {"field": "boost", "missing": 1}}}
        words = [leaf for node in wish.nodes for leaf in leaves(node)]
        scripts = {"entries": script(selection(words, self.compiler.languages))}
        if "shown" in wish.fields:
            scripts["repeated"] = script(REPEATED)
        is_filtered = any(isinstance(node, Filter) for part in wish.nodes for node in walk(part))
        return {
            "query": query,
            "from": wish.first,
            "size": wish.size,
            "sort": list(wish.order),
            "stored_fields": "_none_",
            "docvalue_fields": ["columns", *(FILTER_FIELDS if is_filtered else ()), *wish.fields],
            # Without a word nothing is marked, and no sentence is quoted.
            **({"script_fields": scripts} if words else {}),
        }


def _hits(response: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(response.get("hits", {}).get("hits", ()))


def _filters(queries: Sequence[Query]) -> dict[str, Any]:
    return {"filters": {"filters": queries}}


def _candidate(fields: Mapping[str, Any]) -> Candidate:
    record = read_record(decoded(fields["columns"][0]))
    # A post has a slug: it comes with the others, where a query filters.
    if "slug" in fields:
        filters = [(name, fields[name]) for name in FILTER_FIELDS if name in fields]
        keys = [key if name == "filter" else f"{name}\0{key}" for name, values in filters for key in values]
        record.columns.keys = [f"path\0{record.path}", *keys]
    return Candidate(
        record,
        entries_of(decoded(fields["entries"][0])) if "entries" in fields else (),
        decoded(fields["vectors"][0]) if "vectors" in fields else b"",
    )


def _shown(candidate: Candidate, fields: Mapping[str, Any]) -> ShownCandidate:
    repeated = decoded(fields["repeated"][0]) if "repeated" in fields else b""
    return ShownCandidate(candidate, decoded(fields["shown"][0]), repeated)
