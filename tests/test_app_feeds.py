"""Any search as Atom and as JSON Feed, for readers who wait for what is published next."""

from urllib.parse import quote

import msgspec
import pytest
from flask.testing import FlaskClient
from lxml import etree

from backmatter.app import create_app
from backmatter.app.routes.feeds import ATOM_TYPE, JSON_FEED_TYPE, MAX_ITEMS
from backmatter.index.settings import ServerSettings
from tests.browsing import page
from tests.conftest import Journal

NAMES = {"a": "http://www.w3.org/2005/Atom"}
HOME = "http://127.0.0.1:8000"
CACHE, TIME = f"{HOME}/articles/cache", f"{HOME}/articles/time"
DOCKER, NOTE = f"{HOME}/articles/2025/docker", f"{HOME}/articles/undated"


def atom(client: FlaskClient, address: str) -> etree._Element:
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, ATOM_TYPE)
    return etree.fromstring(response.data)


def json(client: FlaskClient, address: str) -> dict:
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, JSON_FEED_TYPE)
    return response.json


def texts(feed: etree._Element, path: str) -> list[str]:
    return [str(found) for found in feed.xpath(path, namespaces=NAMES)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [CACHE, TIME, DOCKER, NOTE]),
        ("?q=cache", [CACHE, TIME]),
        ("?q=cache&sort=oldest&page=9", [CACHE, TIME]),
        ("?tag=time", [TIME]),
        ("?year=2025", [DOCKER]),
        ("?q=xyzzy", []),
        ("?q=monotonic+docker", []),
    ],
)
def test_a_search_is_a_feed_of_its_newest_articles_by_their_addresses(client, query, expected):
    assert texts(atom(client, f"/search.atom{query}"), "a:entry/a:id/text()") == expected
    assert [item["id"] for item in json(client, f"/search.json{query}")["items"]] == expected


def test_an_atom_entry_says_what_is_known_of_its_article(client):
    feed = atom(client, "/search.atom?q=monotonic")
    assert texts(feed, "a:title/text()") == ["monotonic · The Backend Engineer's Playbook"]
    assert texts(feed, "a:id/text()") == texts(feed, "a:link[@rel='self']/@href") == [f"{HOME}/search.atom?q=monotonic"]
    assert texts(feed, "a:link[@rel='alternate']/@href") == [f"{HOME}/search?q=monotonic"]
    assert texts(feed, "a:updated/text()") == ["2026-05-19T00:00:00+00:00"]
    assert texts(feed, "a:entry/a:title/text()") == ["Just About Go Time"]
    assert texts(feed, "a:entry/a:link/@href") == [TIME]
    assert texts(feed, "a:entry/a:published/text()") == ["2026-05-08T00:00:00+00:00"]
    assert texts(feed, "a:entry/a:updated/text()") == ["2026-05-19T00:00:00+00:00"]
    assert texts(feed, "a:entry/a:author/a:name/text()") == ["Mara Lindqvist"]
    assert texts(feed, "a:entry/a:category/@term") == ["go", "time"]
    assert "<mark>monotonic</mark>" in texts(feed, "a:entry/a:summary[@type='html']/text()")[0]


def test_a_json_item_says_what_is_known_of_its_article(client):
    feed = json(client, "/search.json?q=monotonic")
    (item,) = feed.pop("items")
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "monotonic · The Backend Engineer's Playbook",
        "home_page_url": f"{HOME}/search?q=monotonic",
        "feed_url": f"{HOME}/search.json?q=monotonic",
    }
    assert "<mark>monotonic</mark>" in item.pop("content_html")
    assert item.pop("summary").startswith("The monotonic clock never jumps.")
    assert item == {
        "id": TIME,
        "url": TIME,
        "title": "Just About Go Time",
        "date_published": "2026-05-08T00:00:00Z",
        "date_modified": "2026-05-19T00:00:00Z",
        "authors": [{"name": "Mara Lindqvist"}],
        "tags": ["go", "time"],
        "language": "en",
    }


def test_every_entry_has_the_date_that_atom_wants_and_json_leaves_out_what_is_not_known(client):
    feed = atom(client, "/search.atom?q=gardening")
    assert texts(feed, "a:entry/a:updated/text()") == ["1970-01-01T00:00:00+00:00"]
    (item,) = json(client, "/search.json?q=gardening")["items"]
    assert not {"date_published", "date_modified", "authors", "tags"} & set(item)


def test_a_feed_has_the_newest_of_many(journal: Journal):
    days = range(1, MAX_ITEMS + 6)
    journal.write(**{f"p{day:02}": f"---\ndate: 2026-07-{day:02}\n---\nmany\n" for day in days})
    client = create_app(journal.settings, journal.engine).test_client()
    expected = [f"{HOME}/articles/p{day:02}" for day in reversed(days)][:MAX_ITEMS]
    assert [item["id"] for item in json(client, "/search.json?q=many")["items"]] == expected


def test_a_feed_is_called_by_what_it_was_searched_for(journal: Journal):
    settings = msgspec.structs.replace(journal.settings, title="Notes", facets=("series",))
    feed = json(create_app(settings, journal.engine).test_client(), "/search.json?q=a&tag=go&year=2026&series=Memory")
    assert feed["title"] == "a, go, 2026, Memory · Notes"


@pytest.mark.parametrize("address", ["/search.atom?q=cache", "/search.json?q=cache"])
def test_a_feed_is_sent_again_when_something_was_published(journal: Journal, client, address):
    first = client.get(address)
    held = {"If-None-Match": first.headers["ETag"]}
    assert (client.get(address, headers=held).status_code, first.headers["Cache-Control"]) == (304, "no-cache")
    journal.write(new="---\ndate: 2026-07-01\n---\nAnother cache.\n")
    later = client.get(address, headers=held)
    assert (later.status_code, f"{HOME}/articles/new" in later.text) == (200, True)


def test_the_addresses_are_those_of_the_sites(journal: Journal):
    settings = msgspec.structs.replace(journal.settings, server=ServerSettings(public_url="https://find.example.org/"))
    feed = json(create_app(settings, journal.engine).test_client(), "/search.json?q=monotonic")
    assert feed["feed_url"] == "https://find.example.org/search.json?q=monotonic"
    assert feed["items"][0]["url"] == "https://find.example.org/articles/time"
    settings = msgspec.structs.replace(settings, base_url="https://blog.example.org")
    journal.content.joinpath("time.md").write_text("monotonic", "utf-8")
    moved = Journal(journal.content, settings, journal.engine)
    moved.index()
    feed = json(create_app(settings, journal.engine).test_client(), "/search.json?q=monotonic")
    assert feed["items"][0]["url"] == "https://blog.example.org/time/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>&\"'", "<b>&\"'"),
        ("a\x00b\x0c\x1b", "ab"),
        ("\ufffea", "a"),
        ("]]>", "]]>"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
    ],
)
def test_any_query_is_a_whole_document_without_what_xml_cannot_say(client, text, expected):
    feed = atom(client, f"/search.atom?q={quote(text)}")
    assert texts(feed, "a:title/text()") == [f"{expected} · The Backend Engineer's Playbook"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ["/search.atom", "/search.json"]),
        ("/search?q=a+%26&sort=oldest&page=1", ["/search.atom?q=a+%26", "/search.json?q=a+%26"]),
        ("/search?tag=go&year=2026", ["/search.atom?tag=go&year=2026", "/search.json?tag=go&year=2026"]),
    ],
)
def test_a_page_of_results_names_its_feeds(client, address, expected):
    assert page(client, address).links("link[rel=alternate]") == expected


def test_a_feed_that_cannot_be_is_answered_in_its_own_shape(client):
    assert client.get("/search.json?year=x").json["code"] == "invalid_parameter"
    assert client.get("/search.atom?year=x").status_code == 400
