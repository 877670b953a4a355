"""Any search as a feed, newest first: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

An item is identified by the URL of its article, which stays the same when the text changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec
from flask import Blueprint, Response, request

from ...index.engines.base import Snapshot
from ...index.model import Hit
from .. import etags
from ..context import journal, local
from ..rendering.xml_document import render_xml
from ..search.parameters import read_search_request
from ..search.request import SearchRequest
from ..search.result_pages import answer_search

blueprint = Blueprint("feeds", __name__)

ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_FEED_TYPE = "application/feed+json"
JSON_FEED_VERSION = "https://jsonfeed.org/version/1.1"
# More than a journal publishes between two requests of a feed reader.
MAX_ITEMS = 20
# Atom requires a date of every entry; with any later one, a post without a date would look new.
UNKNOWN_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class Author(msgspec.Struct, frozen=True):
    """The author of an item."""

    name: str


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article in a feed; the names are JSON Feed's."""

    id: str
    url: str
    title: str
    content_html: str
    summary: str
    date_published: datetime | None = None
    date_modified: datetime | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""

    @property
    def changed(self) -> datetime:
        """When it was last updated."""
        return self.date_modified or self.date_published or UNKNOWN_DATE


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A search's newest articles."""

    title: str
    home_page_url: str
    feed_url: str
    items: tuple[Item, ...]
    version: str = JSON_FEED_VERSION

    @property
    def changed(self) -> datetime:
        """When any of its items was last updated."""
        return max((item.changed for item in self.items), default=UNKNOWN_DATE)


@dataclass(frozen=True, slots=True)
class FeedURLs:
    """URLs of the feeds of a search."""

    atom: str
    json: str


def feed_urls(search_request: SearchRequest) -> FeedURLs:
    """Return the URLs of the feeds of a search."""
    parameters = search_request.parameters(sort="relevance")
    return FeedURLs(local("/search.atom") + parameters, local("/search.json") + parameters)


@blueprint.get("/search.atom")
def atom_feed() -> Response:
    """Return a search as Atom."""
    return _answer("atom", ATOM_TYPE, lambda feed: render_xml("atom.xml", feed=feed))


@blueprint.get("/search.json")
def json_feed() -> Response:
    """Return a search as JSON Feed."""
    return _answer("json feed", JSON_FEED_TYPE, msgspec.json.encode)


def _answer(name: str, content_type: str, write: Callable[[Feed], bytes]) -> Response:
    wanted = read_search_request(request.args, MAX_ITEMS, journal().settings.facets)
    search_request = replace(wanted, page=1, sort="newest")
    snapshot, edition = journal().searched(search_request.journals)
    tag = etags.tag_of(name, edition, snapshot.generation, search_request)
    return etags.cached(tag, content_type, lambda: write(_feed(snapshot, search_request, request.path)))


def _feed(snapshot: Snapshot, search_request: SearchRequest, path: str) -> Feed:
    """Return the feed of a search: only articles with all of its words, as typed."""
    here = journal()
    results = answer_search(snapshot, search_request, here.editorial)
    filters = (value for _, value in search_request.filter_parameters)
    label = ", ".join(filter(None, (search_request.text.strip(), *filters)))
    parameters = search_request.parameters(sort="relevance")
    return Feed(
        title=f"{label} · {here.settings.title}" if label else here.settings.title,
        home_page_url=here.absolute(local("/") if search_request.is_browsing else local("/search") + parameters),
        feed_url=here.absolute(local(path) + parameters),
        items=() if results.relaxed or results.correction else tuple(map(_item, results.hits)),
    )


def _item(hit: Hit) -> Item:
    url = journal().absolute(hit.url)
    return Item(
        id=url,
        url=url,
        title=hit.title,
        content_html=hit.passage.html,
        summary=hit.passage.text,
        date_published=hit.date,
        date_modified=hit.updated,
        authors=(Author(hit.author),) if hit.author else (),
        tags=hit.tags,
        language=hit.language,
    )
