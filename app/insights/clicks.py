"""Clicks that a browser tells of, beside the way that they go: no link leads over here, so none is slower or breaks.

A plain link to one of our own articles needs nothing of this: the article knows where its reader comes from. A link to
the author's own site has a `ping`, which browsers that know it send without a script; the script tells of both, and of
what is chosen in the box. A click that is told twice is counted once.
"""

import msgspec
from flask import Blueprint, Response, request

from app.errors import BadParameter
from app.insights.reader import is_counted, searched_on
from app.insights.watching import clicked
from app.journal import journal
from index.insights.events import normalised

blueprint = Blueprint("clicks", __name__)

# A query and an address; what is longer was not sent by a page of ours.
MAX_BYTES = 8_192


class Told(msgspec.Struct, frozen=True):
    """What the script says: which query, and the address of the article that was opened."""

    q: str
    url: str


@blueprint.post("/clicks")
def click() -> Response:
    """Count a click on a result."""
    told = _pinged() if "Ping-To" in request.headers else _sent()
    if is_counted() and _from_our_pages() and _is_of_journal(told.url):
        clicked(normalised(told.q), told.url)
    return Response(status=204)


def _sent() -> Told:
    request.max_content_length = MAX_BYTES
    try:
        return msgspec.json.decode(request.get_data(), type=Told)
    except msgspec.MsgspecError:
        raise BadParameter("body", 'JSON like {"q": "cache", "url": "/articles/cache"}') from None


def _pinged() -> Told:
    """Read a ping: https://html.spec.whatwg.org/multipage/links.html#hyperlink-auditing."""
    return Told(searched_on(request.headers.get("Ping-From", "")), request.headers["Ping-To"])


def _from_our_pages() -> bool:
    """Tell whether a page of this server or of a site that may search here sent it; only browsers say."""
    origins = journal().settings.origins
    return request.headers.get("Sec-Fetch-Site") != "cross-site" or request.headers.get("Origin") in origins


def _is_of_journal(url: str) -> bool:
    settings = journal().settings
    return url.startswith("/") or bool(settings.base_url and url.startswith(settings.base_url))
