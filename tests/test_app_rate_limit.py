"""How many requests a client may send, and who a client is."""

from collections.abc import Callable

import msgspec
import pytest
from flask.testing import FlaskClient

from backmatter.app import create_app
from backmatter.app.operations.rate_limit import client_of
from backmatter.app.server.request_counts import WINDOW, RequestCounts
from backmatter.index.settings import HookSettings, ServerSettings
from tests.conftest import Journal

READER = "8.8.8.8"
OTHER = "2606:4700::1111"
SECRET = "an example".replace(" ", "-") * 2
Made = Callable[..., FlaskClient]


@pytest.fixture
def made(journal: Journal) -> Made:
    """Makes a client of a journal whose server has some settings."""

    def make(**server: int) -> FlaskClient:
        settings = msgspec.structs.replace(
            journal.settings, server=ServerSettings(**server), hooks=HookSettings(secret=SECRET)
        )
        # No minute ends while a test asks.
        return create_app(settings, journal.engine, RequestCounts(lambda: 0.0)).test_client()

    return make


def statuses(client: FlaskClient, address: str, times: int, sender: str = READER, **headers: str) -> list[int]:
    return [
        client.get(address, environ_overrides={"REMOTE_ADDR": sender}, headers=headers).status_code
        for _ in range(times)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search?q=cache",
        "/search.atom?q=cache",
        "/search.json?q=cache",
        "/suggest?q=ca",
        "/api/v1/search?q=cache",
        "/api/v1/suggest?q=ca",
        "/api/v1/articles/cache/related",
    ],
)
def test_a_client_that_asks_too_often_is_told_to_wait(made, address):
    assert statuses(made(rate_limit=2), address, 4) == [200, 200, 429, 429]


def test_searches_that_are_sent_as_json_count_with_those_of_addresses(made):
    client = made(rate_limit=2)
    sent = [
        client.post("/api/v1/search", json={"q": "cache"}, environ_overrides={"REMOTE_ADDR": READER}).status_code
        for _ in range(2)
    ]
    assert sent == [200, 200]
    assert statuses(client, "/api/v1/search?q=cache", 1) == [429]


def test_hooks_and_their_jobs_are_limited(made):
    client = made(rate_limit=2)
    sent = [client.post("/api/v1/reindex", environ_overrides={"REMOTE_ADDR": READER}).status_code for _ in range(3)]
    assert sent == [401, 401, 429]
    assert statuses(client, "/api/v1/reindex/x", 1) == [429]


@pytest.mark.parametrize("address", ["/articles/cache", "/healthz", "/readyz", "/robots.txt", "/nothing"])
def test_other_addresses_are_not_limited(made, address):
    assert 429 not in statuses(made(rate_limit=1), address, 3)


def test_programs_learn_when_to_come_back_and_what_it_is_called(made):
    client = made(rate_limit=1)
    for _ in range(2):
        answer = client.get("/api/v1/search", environ_overrides={"REMOTE_ADDR": READER})
    assert answer.content_type == "application/problem+json"
    assert (answer.json["status"], answer.json["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW
    assert READER not in answer.text


def test_readers_learn_it_in_their_language(made):
    client = made(rate_limit=1)
    for _ in range(2):
        answer = client.get("/search", environ_overrides={"REMOTE_ADDR": READER}, headers={"Accept-Language": "de"})
    assert answer.status_code == 429
    assert "Zu viele Anfragen" in answer.text


def test_each_client_has_a_limit_of_its_own(made):
    client = made(rate_limit=2)
    assert statuses(client, "/search", 3) == [200, 200, 429]
    assert statuses(client, "/search", 3, OTHER) == [200, 200, 429]


def test_0_is_no_limit(made):
    assert set(statuses(made(rate_limit=0), "/suggest", 700)) == {200}


def test_a_reader_who_types_all_the_time_does_not_meet_the_limit(made):
    # 120 milliseconds between two keys have the box ask after each; faster, it asks less often.
    assert set(statuses(made(), "/api/v1/suggest?q=ca", 60_000 // 120)) == {200}


@pytest.mark.parametrize(
    ("proxies", "first", "second", "is_same"),
    [
        (1, "9.9.9.9", "9.9.9.9", True),
        (1, "9.9.9.9", "8.8.4.4", False),
        (1, "1.1.1.1, 9.9.9.9", "1.0.0.1, 9.9.9.9", True),
        (1, "9.9.9.9, 8.8.4.4", "9.9.9.9, 1.1.1.1", False),
        (2, "9.9.9.9, 10.0.0.1", "9.9.9.9, 10.0.0.2", True),
        (2, "1.1.1.1, 9.9.9.9, 10.0.0.1", "1.0.0.1, 9.9.9.9, 10.0.0.2", True),
        # The proxy itself is never taken for the client that is to be limited.
        (0, "9.9.9.9", "9.9.9.9", False),
        (1, "", "", False),
        (1, "unknown", "unknown", False),
        (1, "192.168.1.7", "192.168.1.7", False),
    ],
)
def test_a_client_behind_proxies_is_who_the_outermost_of_them_names(made, proxies, first, second, is_same):
    client = made(rate_limit=1, proxies=proxies)
    sent = [statuses(client, "/search", 1, "127.0.0.1", **{"X-Forwarded-For": each})[0] for each in (first, second)]
    assert sent == [200, 429 if is_same else 200]


def test_who_makes_up_the_header_is_limited_all_the_same(made):
    client = made(rate_limit=2)
    sent = [statuses(client, "/search", 1, READER, **{"X-Forwarded-For": f"9.9.9.{n}"})[0] for n in range(4)]
    assert sent == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2606:4700::1111", "2606:4700::/64"),
        ("2606:4700::ffff:1", "2606:4700::/64"),
        ("2606:4700:0:1::1", "2606:4700:0:1::/64"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("10.1.2.3", ""),
        ("172.17.0.1", ""),
        ("192.168.0.4", ""),
        ("fd00::1", ""),
        ("fe80::1%eth0", ""),
        ("::ffff:10.0.0.1", ""),
        ("/run/backmatter.sock", ""),
        ("", ""),
    ],
)
def test_a_client_is_a_public_address_or_network(address, client):
    assert client_of(address) == client


def test_the_limit_holds_for_a_window_of_time_and_begins_anew_after_it():
    now = 20.0 * WINDOW
    counts = RequestCounts(lambda: now)
    assert [counts.wait_of("a", 2) for _ in range(3)] == [0, 0, WINDOW]
    now += WINDOW - 0.5
    assert counts.wait_of("a", 2) == 1
    assert counts.wait_of("b", 2) == 0
    now += 1
    assert [counts.wait_of("a", 2) for _ in range(3)] == [0, 0, WINDOW]


def test_different_clients_rarely_share_a_slot():
    counts = RequestCounts()
    assert sum(counts.wait_of(str(number), 1) > 0 for number in range(1000)) < 50
