"""Pages of results: which there are, and the answer to a request for one."""

from dataclasses import replace

from ...index.engines.base import Snapshot
from ...index.model import Results
from ...index.search.curation import Editorial
from ...index.search.joint import journals_named
from ...index.search.search import search
from ..errors import NoSuchPage
from .request import SearchRequest

# Nobody reads on; deeper pages cost more and only serve those who copy everything (Algolia's limit, too).
MAX_REACHABLE = 1_000


def answer_search(
    snapshot: Snapshot, search_request: SearchRequest, editorial: Editorial, *, language: str = ""
) -> Results:
    """Answer a search request.

    With the `language` of a reader, one of several translations is listed.

    Raises:
        NoSuchPage: The results end before the page that is asked for.
    """
    if search_request.journals or search_request.is_unbounded:
        # A pinned path is one of a single journal; and it may have any rank, so that each page of all matches would
        # read all pages before it.
        editorial = replace(editorial, pins={})
    results = search(
        snapshot,
        search_request.query,
        page=search_request.page,
        per_page=search_request.per_page,
        explain=search_request.explain,
        editorial=editorial,
        quoted=search_request.quoted,
        language=language,
    )
    last = (page_count if search_request.is_unbounded else last_page)(results.total, search_request.per_page)
    if search_request.page > last:
        raise NoSuchPage(last)
    return journals_named(results) if search_request.journals else results


def page_count(total: int, per_page: int) -> int:
    """Return the number of pages; an empty list has a first page, too."""
    return max(1, -(-total // per_page))


def last_page(total: int, per_page: int) -> int:
    """Return the last page that there is and that a reader can reach."""
    return min(page_count(total, per_page), last_reachable(per_page))


def last_reachable(per_page: int) -> int:
    """Return the last page that a reader can reach, however many there are."""
    return max(1, MAX_REACHABLE // per_page)
