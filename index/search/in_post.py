"""Say where one post answers a query: the words that it has, and what its sections say."""

from collections.abc import Collection, Sequence

from ..engines.base import Match, QueryResult, Snapshot
from ..model import Passage
from ..query.analysed import AnalysedQuery
from .curation import NOTHING_SAID, Editorial
from .expansion import OtherWords, expand
from .finding import find_posts
from .long_questions import bounded
from .marks import between, united
from .passages import passage


def words_in(
    snapshot: Snapshot, query: AnalysedQuery, path: str, editorial: Editorial = NOTHING_SAID
) -> tuple[str, ...]:
    """Return the spellings under which a post's text has the query's words."""
    matches = _matches_in(snapshot, query, path, editorial)
    spans = [(match, zip(match.spans.starts, match.spans.ends, strict=True)) for match in matches]
    return tuple(dict.fromkeys(match.cut(start, end) for match, pairs in spans for start, end in united(pairs)))


def section_passages(
    snapshot: Snapshot,
    query: AnalysedQuery,
    path: str,
    anchors: Collection[str] | None,
    editorial: Editorial = NOTHING_SAID,
) -> dict[str, Passage]:
    """Return what answers a query in some sections of a post, by their anchors; a section without its words has none.

    Args:
        snapshot: The generation to search.
        query: The query.
        path: The post's.
        anchors: Of the sections; None for all.
        editorial: Synonyms.
    """
    return {
        section.anchor: passage(match.article, spans, match.cut, match.is_unique)
        for match in _matches_in(snapshot, query, path, editorial)
        for section in match.article.sections
        if section.anchor and (anchors is None or section.anchor in anchors)
        if (spans := between(match.spans, section.start, section.end)).starts
    }


def _matches_in(snapshot: Snapshot, query: AnalysedQuery, path: str, editorial: Editorial) -> Sequence[Match]:
    """Find a post by a query whose last word may be unfinished."""

    def find(query: AnalysedQuery) -> QueryResult:
        searched = bounded(query, snapshot).only(path)
        return find_posts(snapshot, expand(searched, snapshot, OtherWords(editorial.synonyms)))

    found = find(query)
    if not found.complete and (unfinished := query.unfinished):
        begun = find(unfinished)
        found = begun if begun.complete else found
    return found.matches
