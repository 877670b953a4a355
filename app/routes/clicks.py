"""Clicks that a browser reports on its own: no link is redirected over this address, so none is slower or breaks.

Clicks on articles hosted here are detected from the Referer header. A link to the author's own site has a `ping`, which
browsers that support it send without a script; the script reports both kinds of clicks, and choices in the search box.
A click that is reported twice is counted once.
"""

from collections.abc import Collection

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from ...index.insights.events import normalised
from ...index.settings import Settings
from ..context import journal, local
from ..errors import BadParameter
from ..recording import is_counted, record_click, searched_on
from ..server.gateway import BodyRule, HeaderLookup, media_type

blueprint = Blueprint("clicks", __name__)

# A query and an address; our own pages send nothing longer.
MAX_CLICK_BYTES = 8_192
# A script of another site may send the first one, too: its origin tells them apart.
CONTENT_TYPES = {"text/plain", "application/json"}


class SentClick(msgspec.Struct, frozen=True):
    """What the script sends: the query, and the address of the article that was opened."""

    q: str
    url: str


@blueprint.post("/clicks")
def click() -> Response:
    """Count a click on a result."""
    if not is_counted() or not _is_from_our_pages(request.headers, journal().settings.server.origins):
        return Response(status=204)
    sent = _from_ping() if "Ping-To" in request.headers else _from_script()
    if _is_of_journal(sent.url):
        record_click(normalised(sent.q), sent.url)
    return Response(status=204)


def click_body(settings: Settings) -> BodyRule:
    """Return which bodies the server collects for this route."""
    origins = settings.server.origins
    return BodyRule(MAX_CLICK_BYTES, lambda headers: _has_click(headers) and _is_from_our_pages(headers, origins))


def _has_click(headers: HeaderLookup) -> bool:
    """Check that a request looks like one of the script, whose body says what was clicked."""
    return media_type(headers) in CONTENT_TYPES and headers.get("Ping-To") is None


def _from_script() -> SentClick:
    if not _has_click(request.headers):
        raise UnsupportedMediaType
    request.max_content_length = MAX_CLICK_BYTES
    try:
        return msgspec.json.decode(request.get_data(), type=SentClick)
    except msgspec.MsgspecError:
        raise BadParameter("body", 'JSON like {"q": "cache", "url": "/articles/cache"}') from None


def _from_ping() -> SentClick:
    """Read a ping: https://html.spec.whatwg.org/multipage/links.html#hyperlink-auditing."""
    return SentClick(searched_on(request.headers.get("Ping-From", "")), request.headers["Ping-To"])


def _is_from_our_pages(headers: HeaderLookup, origins: Collection[str]) -> bool:
    """Check that a page of this server or of an allowed origin sent the request; only browsers tell."""
    return headers.get("Sec-Fetch-Site") != "cross-site" or headers.get("Origin") in origins


def _is_of_journal(url: str) -> bool:
    settings = journal().settings
    return url.startswith(local("/")) or bool(settings.base_url and url.startswith(settings.base_url))
