"""What a browser may tell of clicks, and what comes of it."""

import json

import msgspec
import pytest
from bs4 import BeautifulSoup

from backmatter.app import create_app
from backmatter.index.settings import InsightsSettings, ServerSettings
from backmatter.index.sync.sync import sync
from tests.insights import BROWSER, TOKEN, counts, eventually

TOLD = json.dumps({"q": " Cache", "url": "/articles/cache#measure-it"})
OWN_SITE = "https://blog.example.org"


@pytest.fixture
def settings(journal):
    return msgspec.structs.replace(
        journal.settings,
        base_url=OWN_SITE,
        server=ServerSettings(origins=(OWN_SITE,)),
        insights=InsightsSettings(token=TOKEN),
    )


@pytest.fixture
def client(journal, settings):
    return create_app(settings, journal.engine).test_client()


def tell(client, body: str | bytes = TOLD, **headers: str):
    return client.post("/clicks", data=body, headers=BROWSER | {"Content-Type": "text/plain"} | headers)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (TOLD, {}),
        (TOLD, {"Sec-Fetch-Site": "cross-site", "Origin": OWN_SITE}),
        (json.dumps({"q": "cache", "url": f"{OWN_SITE}/cache"}), {}),
        ("PING", {"Ping-From": "http://localhost/search?q=cache&page=2", "Ping-To": f"{OWN_SITE}/cache"}),
    ],
)
def test_a_click_that_is_told_is_counted_once(client, settings, body, headers):
    assert [tell(client, body, **headers).status_code for _ in range(2)] == [204, 204]
    eventually(lambda: counts(settings.insights_file), [("cache", 1)])


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (TOLD, {"User-Agent": "Googlebot/2.1"}),
        (TOLD, {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}),
        (TOLD, {"Authorization": f"Bearer {TOKEN}"}),
        (json.dumps({"q": "cache", "url": "https://elsewhere.example/"}), {}),
        (json.dumps({"q": "cache", "url": "/" + "x" * 1000}), {}),
        (json.dumps({"q": " ", "url": "/articles/cache"}), {}),
        ("PING", {"Ping-From": "https://elsewhere.example/search?q=cache", "Ping-To": f"{OWN_SITE}/cache"}),
        ("PING", {"Ping-From": "http://[", "Ping-To": f"{OWN_SITE}/cache"}),
    ],
)
def test_what_is_no_click_of_a_reader_is_answered_and_not_counted(client, settings, body, headers):
    assert tell(client, body, **headers).status_code == 204
    tell(client, json.dumps({"q": "the last", "url": "/articles/cache"}))
    eventually(lambda: counts(settings.insights_file), [("the last", 1)])


@pytest.mark.parametrize(
    ("body", "status"), [("", 400), ("{}", 400), (b"\xff", 400), ('{"q": 1, "url": ""}', 400), ("x" * 9000, 413)]
)
def test_what_cannot_be_read_is_refused(client, body, status):
    assert tell(client, body).status_code == status


def test_only_links_that_leave_have_a_ping(journal, settings, client):
    at_home = create_app(journal.settings, journal.engine).test_client()
    assert "ping=" not in at_home.get("/search?q=cache").text
    sync(journal.engine, settings, full=True)
    links = BeautifulSoup(client.get("/search?q=cache").text, "html.parser").select(".hits h2 a, .hits .sections a")
    assert {link["ping"] for link in links} == {"/clicks"}


def test_where_nothing_is_counted_nothing_is_told(journal):
    settings = msgspec.structs.replace(journal.settings, insights=InsightsSettings(count=False))
    client = create_app(settings, journal.engine).test_client()
    assert "/clicks" not in client.get("/search?q=cache").text
    assert tell(client).status_code == 404
