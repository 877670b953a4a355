"""Who is counted: people with a browser, and not the author. What is looked at here is not kept."""

import re
from urllib.parse import parse_qs, urlsplit

from flask import request

from app.insights.secret import knows
from app.journal import journal
from index.insights.events import normalised

# Parts of the names of programs that search by themselves. What names itself is most of them.
ROBOT = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|scrap|preview|monitor|headless|facebookexternalhit|feed|"
    r"^(curl|wget|python|go-http|java|okhttp|ruby|perl|libwww|axios|node)|^$",
    re.IGNORECASE,
)
PAGES = {"/", "/search"}


def is_counted() -> bool:
    """Tell whether a request is made for a reader: not by a robot, not ahead of a click, not by the author."""
    return (
        not ROBOT.search(request.headers.get("User-Agent", ""))
        and "prefetch" not in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
        and not knows(journal().settings.author_token)
    )


def is_reload() -> bool:
    """Tell whether a page is only shown again; a browser that goes back to one asks nothing at all."""
    return any(word in request.headers.get("Cache-Control", "") for word in ("max-age=0", "no-cache"))


def search_before() -> str:
    """Give what was searched for on the page that the reader comes from, normalised; "" where it is not one of ours.

    A browser tells our own pages where it comes from, and no others what was searched for (Referrer-Policy).
    """
    return searched_on(request.referrer or "")


def searched_on(address: str) -> str:
    """Give what was searched for on one of our pages, normalised."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    ours = parts.netloc in (request.host, urlsplit(journal().settings.home).netloc)
    return normalised(parse_qs(parts.query).get("q", [""])[0]) if ours and parts.path in PAGES else ""
