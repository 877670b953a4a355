"""Cached responses: the same bytes again, never an old one, never an error, never too many."""

from threading import Thread

import pytest

from backmatter.app import create_app
from backmatter.app.context import journal as opened
from backmatter.app.response_cache import ENTRY_BYTES, MAX_CACHE_BYTES, ResponseCache

ADDRESSES = [
    "/",
    "/search?q=cache",
    "/articles/cache",
    "/articles/cache?q=line",
    "/api/v1/search?q=cache",
    "/api/v1/suggest?q=cac",
    "/api/v1/openapi.json",
]


@pytest.fixture
def cache(app) -> ResponseCache:
    with app.app_context():
        return opened().cache


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_second_request_is_given_the_same_bytes(client, cache, address):
    first = client.get(address)
    assert len(cache) == 1
    second = client.get(address)
    assert (second.data, second.headers) == (first.data, first.headers)
    assert (len(cache), cache.size) == (1, ENTRY_BYTES + len(first.data))


@pytest.mark.parametrize("address", ["/search?q=cache", "/api/v1/search?q=cache", "/api/v1/suggest?q=cac"])
def test_a_new_generation_is_answered_anew(journal, client, address):
    assert "Cache coherence" not in client.get(address).text
    journal.write(coherence="# Cache coherence\n\nA cache agrees with another cache.\n")
    assert "Cache coherence" in client.get(address).text


def test_addresses_that_ask_the_same_share_an_answer_and_others_do_not(client, cache):
    for query in ("q=cache&tag=go", "tag=go&q=cache&page=1&unknown=1"):
        client.get(f"/api/v1/search?{query}")
    assert len(cache) == 1
    for address in ("/api/v1/search?q=cache", "/api/v1/suggest?q=cache", "/search?q=cache", "/search?q=time"):
        client.get(address)
    assert len(cache) == 5


@pytest.mark.parametrize("address", ["/search?q=cache", "/api/v1/search?q=cache"])
def test_readers_share_an_answer_whose_languages_are_one_to_the_index_and_the_interface(client, cache, address):
    for accepted in ("en-US,en;q=0.9", "en-GB", "en", "EN"):
        client.get(address, headers={"Accept-Language": accepted})
    assert len(cache) == 1
    for accepted in ("fi-FI", "is,en;q=0.5", "x" * 99):
        client.get(address, headers={"Accept-Language": accepted})
    assert len(cache) == 2


@pytest.mark.parametrize(
    "address", ["/search?page=0", "/search?q=cache&page=9", "/api/v1/search?sort=best", "/nothing", "/articles/nothing"]
)
def test_what_was_not_answered_is_not_remembered(client, cache, address):
    client.get(address)
    assert len(cache) == 0


def test_a_client_that_holds_an_answer_is_told_so_without_making_it(journal, client, cache):
    tag = create_app(journal.settings, journal.engine).test_client().get("/search?q=cache").headers["ETag"]
    response = client.get("/search?q=cache", headers={"If-None-Match": tag})
    assert (response.status_code, response.data, len(cache)) == (304, b"", 0)


def test_those_used_last_are_kept():
    cache = ResponseCache(2 * (ENTRY_BYTES + 1))
    for tag in ("a", "b", "a", "c", "a"):
        cache.body(tag, tag.encode)
    made = []
    for tag in ("a", "c", "b"):
        cache.body(tag, lambda tag=tag: made.append(tag) or b"")
    assert made == ["b"]


def test_a_body_longer_than_all_may_be_is_given_and_not_kept():
    cache = ResponseCache(ENTRY_BYTES + 10)
    assert cache.body("small", lambda: b"1234") == b"1234"
    assert cache.body("large", lambda: b"12345678901") == b"12345678901"
    assert (len(cache), cache.size) == (1, ENTRY_BYTES + 4)


def test_what_fails_is_not_kept():
    cache = ResponseCache()
    with pytest.raises(ZeroDivisionError):
        cache.body("a", lambda: b"1" * (1 // 0))
    assert cache.body("a", lambda: b"good") == b"good"


@pytest.mark.parametrize("length", [1, 1_000, 100_000])
def test_many_different_searches_do_not_take_more_memory(length):
    cache = ResponseCache()
    for number in range(2 * MAX_CACHE_BYTES // (ENTRY_BYTES + length)):
        cache.body(f"{number}", lambda: bytes(length))
        assert cache.size == len(cache) * (ENTRY_BYTES + length) <= MAX_CACHE_BYTES


def test_threads_that_make_the_same_answers_leave_the_sizes_right():
    cache = ResponseCache(5 * ENTRY_BYTES + sum(range(4, 9)))

    def ask() -> None:
        for number in range(500):
            assert cache.body(f"{number % 9}", lambda n=number % 9: bytes(n)) == bytes(number % 9)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(5):
        cache.body(f"{number}", lambda n=number: bytes(n))
    assert (len(cache), cache.size) == (5, 5 * ENTRY_BYTES + sum(range(5)))
