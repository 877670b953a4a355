"""Search: answer a query with a page of results."""

from time import perf_counter
from typing import NamedTuple

from .. import analysis
from ..engines.base import Snapshot
from ..model import Hit, Results
from ..query.analysed import AnalysedQuery, analyse
from .curation import NOTHING_SAID, Editorial
from .finding import Answer, PostFinder, find_pinned, find_posts
from .hits import hits_of
from .spelling import Spelling


class PageOfHits(NamedTuple):
    """A page, from 1 on, and how many hits one has; those of this one, and how many there are on all."""

    page: int
    per_page: int
    hits: tuple[Hit, ...]
    total: int


def search(
    snapshot: Snapshot,
    query: AnalysedQuery,
    *,
    page: int = 1,
    per_page: int = 10,
    explain: bool = False,
    editorial: Editorial = NOTHING_SAID,
    quoted: bool = False,
    language: str = "",
) -> Results:
    """Answer a query. One without words lists the posts that match its filters, newest first.

    Args:
        snapshot: The generation to search.
        query: The query.
        page: From 1.
        per_page: Hits on a page.
        explain: Explain the score of every hit, unless the results are ordered by date.
        editorial: Synonyms, and posts that are pinned to queries.
        quoted: Let passages link to their sentence (`#:~:text=`).
        language: The reader's, in which an article is listed that is there in several; "" lists all of them.
    """
    started = perf_counter()
    is_ranked = query.order == "relevance"
    path = editorial.pinned(query) if is_ranked else None
    first, last = (page - 1) * per_page, page * per_page
    # A pinned post may have any rank: everything before the page is read, and one more post.
    offset, limit = (0, last + 1) if path else (first, per_page)
    finder = PostFinder(snapshot=snapshot, editorial=editorial, offset=offset, limit=limit, language=language)
    answer = finder.find(query) if query.exact else finder.find_forgiving(query)
    pin = find_pinned(snapshot, answer.query, path) if path else None
    hits = hits_of(answer, pin, snapshot.succession, explained=explain and is_ranked, quoted=quoted)
    total = max(answer.found.total, len(hits)) if pin else answer.found.total
    shown = PageOfHits(page, per_page, hits[first - offset : last - offset], total)
    return _results(query, answer, shown, snapshot.generation, started)


def _results(query: AnalysedQuery, answer: Answer, shown: PageOfHits, generation: int, started: float) -> Results:
    searched, found = answer.query, answer.found
    return Results(
        query=query.text,
        total=shown.total,
        complete=found.complete,
        page=shown.page,
        per_page=shown.per_page,
        took_ms=round((perf_counter() - started) * 1000, 3),
        generation=generation,
        relaxed=found.total > 0 and not found.complete,
        correction=searched.text if searched.text != query.text else None,
        did_you_mean=answer.did_you_mean,
        unfinished=searched.leaves[-1].text if searched.is_unfinished else None,
        operators=searched.operators,
        hits=shown.hits,
        facets=found.facets,
        learned=tuple(answer.learned),
    )


def ways_on(snapshot: Snapshot, query: AnalysedQuery) -> tuple[str, ...]:
    """Return queries that find something, for one that finds nothing: its words alone, and the same corrected."""
    plain = analyse(" ".join(term for leaf in query.leaves for term in analysis.terms(leaf.text)))
    better = Spelling(snapshot, plain).right()
    candidates = [plain, *([plain.respelt(better)] if better else [])]
    found = [way.text for way in candidates if way.text and find_posts(snapshot, way).total]
    return tuple(text for text in dict.fromkeys(found) if text != query.text.strip().casefold())
