"""Anonymous recording of searches and clicks for the insights.

Readers with a browser are counted; robots and the author are not. The headers that decide this are not stored.
"""

import re
from time import time
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from flask import request

from ..index.insights.events import MAX_URL, Clicked, Searched, SearchOutcome, normalised
from ..index.model import Results
from .context import journal, local
from .search.request import SearchRequest
from .security import has_secret

# Parts of the User-Agent of programs; most robots name themselves.
ROBOT = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|scrap|preview|monitor|headless|facebookexternalhit|feed|"
    r"^(curl|wget|python|go-http|java|okhttp|ruby|perl|libwww|axios|node)|^$",
    re.IGNORECASE,
)
# Pages of results.
SEARCH_PATHS = {"/", "/search"}


def record_outcome(search_request: SearchRequest, results: Results) -> None:
    """Keep what a search found, until it is counted."""
    outcome = SearchOutcome(results.total, results.relaxed, tuple(hit.url[:MAX_URL] for hit in results.hits))
    journal().counter.found((search_request, results.generation), outcome)


def record_search(search_request: SearchRequest, generation: int, how: Literal["submitted", "typed"]) -> None:
    """Count a search, unless it continues the one before: another page, filter or order."""
    here = journal()
    text = normalised(search_request.text)
    if not (here.counter.counts and text) or search_request.page > 1 or not is_counted() or is_reload():
        return
    before = search_before()
    if before != text:
        outcome = here.counter.outcome((search_request, generation))
        here.counter.count(Searched(text=text, moment=int(time()), how=how, after=before, outcome=outcome))


def record_visit(url: str) -> None:
    """Count a click on an article that is hosted here, by the Referer header: that needs no script."""
    if journal().counter.counts and is_counted() and not is_reload():
        record_click(search_before(), url)


def record_click(text: str, url: str) -> None:
    """Count a click on a result of a search for a normalised text."""
    address = url.partition("#")[0]
    if text and address and len(address) <= MAX_URL:
        journal().counter.count(Clicked(text=text, url=address, moment=int(time())))


def is_counted() -> bool:
    """Check that a request is made for a reader who lets it: not by a robot, as a prefetch, or by the author."""
    return (
        "1" not in (request.headers.get("Sec-GPC"), request.headers.get("DNT"))
        and not ROBOT.search(request.headers.get("User-Agent", ""))
        and "prefetch" not in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
        and not has_secret(journal().settings.insights.token)
    )


def is_reload() -> bool:
    """Check whether a page is reloaded. Going back to one sends no request at all."""
    return any(word in request.headers.get("Cache-Control", "") for word in ("max-age=0", "no-cache"))


def search_before() -> str:
    """Return the normalised query of the page of results that the reader comes from, "" if there is none.

    Browsers send the full referrer to our own pages only (Referrer-Policy).
    """
    return searched_on(request.referrer or "")


def searched_on(address: str) -> str:
    """Return the normalised query in the address of one of our pages of results, "" for any other address."""
    return normalised(parse_qs(parameters_of(address)).get("q", [""])[0])


def parameters_of(address: str) -> str:
    """Return the query string in the address of one of our pages of results, "" for any other address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_ours = parts.netloc in (request.host, urlsplit(journal().settings.home).netloc)
    return parts.query if is_ours and parts.path in map(local, SEARCH_PATHS) else ""
