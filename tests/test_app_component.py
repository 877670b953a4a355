"""The search box for other sites, and whose pages may search here by script."""

import gzip
import json
import re
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from backmatter.app import create_app
from backmatter.app.i18n import LANGUAGES
from backmatter.index.settings import ServerSettings
from tests.conftest import Journal

BLOG = "https://blog.example.org"
SEARCH, SUGGEST = "/api/v1/search?q=cache", "/api/v1/suggest?q=cac"
COMPONENT, DIALOG = "/backmatter-search.js", "/backmatter-dialog.js"
# What a page of another site has to load for it, in bytes as they are sent.
MOST = 8_000
MOST_WITH_DIALOG = 10_000


@pytest.fixture
def shared(journal: Journal) -> FlaskClient:
    """A journal that two sites may search."""
    settings = msgspec.structs.replace(journal.settings, server=ServerSettings(origins=(BLOG, "http://localhost:4000")))
    return create_app(settings, journal.engine).test_client()


@pytest.mark.parametrize("address", [SEARCH, SUGGEST, "/api/v1/search?sort=x", "/api/v1/search?page=9"])
@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (BLOG, BLOG),
        ("http://localhost:4000", "http://localhost:4000"),
        ("https://evil.example", None),
        ("https://blog.example.org.evil.example", None),
        ("http://blog.example.org", None),
        ("null", None),
        ("", None),
    ],
)
def test_only_pages_of_configured_sites_may_read_answers(shared, address, origin, allowed):
    response = shared.get(address, headers={"Origin": origin})
    assert response.headers.get("Access-Control-Allow-Origin") == allowed
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.vary


def test_what_a_site_holds_is_confirmed_to_it(shared):
    first = shared.get(SEARCH, headers={"Origin": BLOG})
    assert first.headers["Access-Control-Expose-Headers"] == "ETag, Retry-After"
    held = {"Origin": BLOG, "If-None-Match": first.headers["ETag"]}
    again = shared.get(SEARCH, headers=held)
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, BLOG)


@pytest.mark.parametrize(("origin", "methods"), [(BLOG, "GET, HEAD, POST"), ("https://evil.example", None)])
def test_a_browser_that_asks_whether_it_may_is_told(shared, origin, methods):
    search_request = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    response = shared.options(SEARCH, headers=search_request)
    assert response.status_code == 200
    assert response.headers.get("Access-Control-Allow-Methods") == methods
    assert ("Access-Control-Allow-Headers" in response.headers) == (methods is not None)


@pytest.mark.parametrize("address", [SEARCH, "/search?q=cache", "/articles/cache", "/"])
def test_where_no_site_is_configured_and_on_pages_nobody_is_let_in(client, shared, address):
    responses = [client.get(address, headers={"Origin": BLOG})]
    responses += [] if address == SEARCH else [shared.get(address, headers={"Origin": BLOG})]
    assert not any("Access-Control-Allow-Origin" in response.headers for response in responses)


@pytest.mark.parametrize("address", [COMPONENT, DIALOG, "/backmatter-words-de.js"])
def test_any_page_may_load_the_component_and_soon_has_a_new_one(client, address):
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, "text/javascript; charset=utf-8")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=604800"
    assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_the_box_is_one_small_file_that_asks_for_no_other(client):
    script = client.get(COMPONENT).text
    assert len(gzip.compress(script.encode())) <= MOST
    assert not re.search(r"(?:^|;)(?:import\b(?!\()|export\b)", script, re.MULTILINE)


def test_component_and_dialog_together_are_small(client):
    names = (COMPONENT, DIALOG)
    responses = [client.get(name, headers={"Accept-Encoding": "br"}) for name in names]
    assert {response.headers["Content-Encoding"] for response in responses} == {"br"}
    assert sum(len(response.data) for response in responses) <= MOST_WITH_DIALOG


def test_the_box_has_its_words_in_english_and_names_the_other_languages(client):
    first, second = client.get(COMPONENT, headers={"Accept-Language": "de"}).text.splitlines()[:2]
    assert json.loads(first.removeprefix("const WORDS=").removesuffix(";"))["label"] == "Search the articles"
    assert tuple(json.loads(second.removeprefix("const LANGUAGES=").removesuffix(";"))) == LANGUAGES


def words(client: FlaskClient, language: str) -> dict[str, Any]:
    script = client.get(f"/backmatter-words-{language}.js").text
    found: dict[str, Any] = json.loads(script.removeprefix("export default "))
    return found


def constant(client: FlaskClient, script: str, name: str) -> dict[str, Any]:
    """Return what a script has in its first line."""
    found: dict[str, Any] = json.loads(
        client.get(script).text.splitlines()[0].removeprefix(f"const {name}=").removesuffix(";")
    )
    return found


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_language_has_a_file_with_every_word(client, language):
    english, other = constant(client, DIALOG, "ENGLISH"), words(client, language)
    box = constant(client, COMPONENT, "WORDS")
    assert other.keys() == english.keys() | box.keys()
    assert all(english[name].keys() == other[name].keys() for name in ("results", "facets", "sorts"))


def test_a_number_of_articles_has_all_forms_that_a_language_has(client):
    assert constant(client, DIALOG, "ENGLISH")["articles"] == {
        "one": "%(count)s article",
        "other": "%(count)s articles",
    }
    assert words(client, "de")["articles"] == {"one": "%(count)s Artikel", "other": "%(count)s Artikel"}


def test_another_name_is_not_found(client):
    assert client.get("/backmatter-words-xx.js").status_code == 404
