"""Any search as a feed, newest first: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

An item is known by its article's address, which stays when its text changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec
from flask import Blueprint, Response, request

from app import conditional
from app.asking import Asking, ask, read
from app.journal import journal
from app.xml import document
from index.engine import Snapshot
from index.model import Hit

blueprint = Blueprint("feeds", __name__)

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
# More than a journal publishes between two visits of a feed reader.
ITEMS = 20
# Atom wants a date of every entry, and any later one would make news of a post that has none.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


class Author(msgspec.Struct, frozen=True):
    """Who wrote an item."""

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
        """When it was last worked on."""
        return self.date_modified or self.date_published or UNDATED


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A search's newest articles."""

    title: str
    home_page_url: str
    feed_url: str
    items: tuple[Item, ...]
    version: str = VERSION

    @property
    def changed(self) -> datetime:
        """When anything in it was last worked on."""
        return max((item.changed for item in self.items), default=UNDATED)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a search is found as a feed."""

    atom: str
    json: str


def addresses(asking: Asking) -> Addresses:
    """Give where a search is found as a feed."""
    query = asking.url(sort="relevance").removeprefix("/search")
    return Addresses(f"/search.atom{query}", f"/search.json{query}")


@blueprint.get("/search.atom")
def atom() -> Response:
    """Give a search as Atom."""
    return _answer("atom", ATOM, lambda feed: document("atom.xml", feed=feed))


@blueprint.get("/search.json")
def json() -> Response:
    """Give a search as JSON Feed."""
    return _answer("json feed", JSON_FEED, msgspec.json.encode)


def _answer(name: str, content_type: str, write: Callable[[Feed], bytes]) -> Response:
    asking = replace(read(request.args, ITEMS), page=1, sort="newest")
    snapshot = journal().engine.snapshot()
    tag = conditional.tag_of(name, journal().edition, snapshot.generation, asking)
    return conditional.remembered(tag, content_type, lambda: write(_feed(snapshot, asking, request.path)))


def _feed(snapshot: Snapshot, asking: Asking, path: str) -> Feed:
    """Make a feed; what only has some of the words is no news for somebody who waits for all of them."""
    here = journal()
    results = ask(snapshot, asking, here.editorial)
    asked = ", ".join((*filter(None, [asking.text.strip()]), *asking.tags, *asking.years, *asking.languages))
    url = asking.url(sort="relevance")
    return Feed(
        title=f"{asked} · {here.settings.title}" if asked else here.settings.title,
        home_page_url=here.absolute("/" if asking.is_browsing else url),
        feed_url=here.absolute(path + url.removeprefix("/search")),
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
