"""What browsers and crawlers are told: how to search here, and what is worth reading."""

import msgspec
import pytest
from flask.testing import FlaskClient
from lxml import etree

from backmatter.app import create_app
from backmatter.app.routes.discovery import OPENSEARCH_TYPE, SUGGESTIONS_TYPE, shortened
from backmatter.index.settings import AddressSettings
from tests.browsing import page
from tests.conftest import Journal

HOME = "http://127.0.0.1:8000"
NAMES = {"o": "http://a9.com/-/spec/opensearch/1.1/", "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def served(journal: Journal, **settings: object) -> FlaskClient:
    """Index a journal and serve it with other settings."""
    other = Journal(journal.content, msgspec.structs.replace(journal.settings, **settings), journal.engine)
    other.index()
    return create_app(other.settings, other.engine).test_client()


def xml(client: FlaskClient, address: str) -> etree._Element:
    response = client.get(address)
    assert response.status_code == 200
    return etree.fromstring(response.data)


def found(document: etree._Element, path: str) -> list[str]:
    return [str(value) for value in document.xpath(path, namespaces=NAMES)]


def test_a_browser_finds_the_description_and_the_description_finds_the_search(client):
    assert page(client, "/").links("link[rel=search]") == ["/opensearch.xml"]
    assert client.get("/opensearch.xml").content_type == OPENSEARCH_TYPE
    described = xml(client, "/opensearch.xml")
    assert described.tag == "{http://a9.com/-/spec/opensearch/1.1/}OpenSearchDescription"
    templates = dict(zip(found(described, "o:Url/@type"), found(described, "o:Url/@template"), strict=True))
    assert templates == {
        "text/html": HOME + "/search?q={searchTerms}&page={startPage?}",
        "application/x-suggestions+json": HOME + "/suggest?q={searchTerms}",
        "application/atom+xml": HOME + "/search.atom?q={searchTerms}",
        "application/opensearchdescription+xml": HOME + "/opensearch.xml",
    }
    for template in templates.values():
        address = template.removeprefix(HOME).replace("{searchTerms}", "cache").replace("{startPage?}", "")
        assert client.get(address).status_code == 200
    (icon,) = found(described, "o:Image/text()")
    assert client.get(icon.removeprefix(HOME)).content_type == "image/svg+xml"


def test_the_description_keeps_to_the_lengths_that_its_format_allows(journal: Journal):
    described = xml(served(journal, title="A very long <name> & " * 60), "/opensearch.xml")
    assert found(described, "o:ShortName/text()") == ["A very long"]
    assert found(described, "o:LongName/text()") == ["A very long <name> & A very long <name> & A very"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Notes", "Notes"),
        ("Exactly 16 signs", "Exactly 16 signs"),
        ("The Backend Engineer's Playbook", "The Backend"),
        ("Donaudampfschifffahrt", "Donaudampfschiff"),
    ],
)
def test_a_name_is_cut_after_a_word(name, expected):
    assert shortened(name, 16) == expected


def test_a_browser_is_given_completions_what_they_are_and_where_they_lead(client):
    response = client.get("/suggest?q=mono")
    assert response.content_type == SUGGESTIONS_TYPE
    sentence = f"{HOME}/articles/time#:~:text=The%20monotonic%20clock%20never%20jumps."
    assert response.json == ["mono", ["Just About Go Time"], [""], [sentence]]
    _, topics, _, urls = client.get("/suggest").json
    assert (topics[0], urls[0]) == ("go", f"{HOME}/search?tag=go")
    assert client.get("/suggest?q=2026").json[3] == [f"{HOME}/search?year=2026"]


def test_the_sitemap_lists_what_is_at_home_here_with_its_last_change(client):
    listed = xml(client, "/sitemap.xml")
    assert found(listed, "s:url/s:loc/text()") == [
        f"{HOME}/",
        f"{HOME}/articles/cache",
        f"{HOME}/articles/time",
        f"{HOME}/articles/2025/docker",
        f"{HOME}/articles/undated",
    ]
    assert found(listed, "s:url[3]/s:lastmod/text()") == ["2026-05-19T00:00:00+00:00"]
    assert found(listed, "s:url[5]/s:lastmod") == []


@pytest.mark.parametrize(
    "own", [{"base_url": "https://a.example"}, {"addresses": AddressSettings(permalink="/{slug}/")}]
)
def test_articles_of_the_authors_own_site_are_left_to_its_own_sitemap(journal: Journal, own):
    assert found(xml(served(journal, **own), "/sitemap.xml"), "s:url/s:loc/text()") == [f"{HOME}/"]


def test_crawlers_are_sent_to_the_sitemap_and_not_to_the_interface_for_programs(client):
    assert client.get("/robots.txt").text.splitlines() == [
        "User-agent: *",
        "Disallow: /api/",
        f"Sitemap: {HOME}/sitemap.xml",
    ]


@pytest.mark.parametrize(
    ("address", "expected"), [("/", []), ("/search", ["noindex"]), ("/search?q=a", ["noindex"]), ("/x", ["noindex"])]
)
def test_pages_of_results_and_errors_are_not_for_indexes(client, address, expected):
    assert [tag["content"] for tag in page(client, address).soup.select("meta[name=robots]")] == expected


@pytest.mark.parametrize("address", ["/opensearch.xml", "/sitemap.xml", "/robots.txt", "/suggest?q=a"])
def test_what_is_held_is_not_sent_again(client, address):
    assert client.get(address, headers={"If-None-Match": client.get(address).headers["ETag"]}).status_code == 304
