"""Answers that are remembered: the same bytes again, never an old one, never an error, never too many."""

from threading import Thread

import pytest

from app import create_app
from app.answers import MAX_ANSWERS, MAX_BYTES, Answers
from app.journal import journal as opened

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
def answers(app) -> Answers:
    with app.app_context():
        return opened().answers


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_second_request_is_given_the_same_bytes(client, answers, address):
    first = client.get(address)
    assert len(answers) == 1
    second = client.get(address)
    assert (second.data, second.headers) == (first.data, first.headers)
    assert (len(answers), answers.size) == (1, len(first.data))


@pytest.mark.parametrize("address", ["/search?q=cache", "/api/v1/search?q=cache", "/api/v1/suggest?q=cac"])
def test_a_new_generation_is_answered_anew(journal, client, address):
    assert "Cache coherence" not in client.get(address).text
    journal.write(coherence="# Cache coherence\n\nA cache agrees with another cache.\n")
    assert "Cache coherence" in client.get(address).text


def test_addresses_that_ask_the_same_share_an_answer_and_others_do_not(client, answers):
    for query in ("q=cache&tag=go", "tag=go&q=cache&page=1&unknown=1"):
        client.get(f"/api/v1/search?{query}")
    assert len(answers) == 1
    for address in ("/api/v1/search?q=cache", "/api/v1/suggest?q=cache", "/search?q=cache", "/search?q=time"):
        client.get(address)
    assert len(answers) == 5


@pytest.mark.parametrize(
    "address", ["/search?page=0", "/search?q=cache&page=9", "/api/v1/search?sort=best", "/nothing", "/articles/nothing"]
)
def test_what_was_not_answered_is_not_remembered(client, answers, address):
    client.get(address)
    assert len(answers) == 0


def test_a_client_that_holds_an_answer_is_told_so_without_making_it(journal, client, answers):
    tag = create_app(journal.settings, journal.engine).test_client().get("/search?q=cache").headers["ETag"]
    response = client.get("/search?q=cache", headers={"If-None-Match": tag})
    assert (response.status_code, response.data, len(answers)) == (304, b"", 0)


def test_those_used_last_are_kept():
    answers = Answers(most=2)
    for tag in ("a", "b", "a", "c", "a"):
        answers.body(tag, tag.encode)
    made = []
    for tag in ("a", "c", "b"):
        answers.body(tag, lambda tag=tag: made.append(tag) or b"")
    assert made == ["b"]


def test_a_body_longer_than_all_may_be_is_given_and_not_kept():
    answers = Answers(most_bytes=10)
    assert answers.body("small", lambda: b"1234") == b"1234"
    assert answers.body("large", lambda: b"12345678901") == b"12345678901"
    assert (len(answers), answers.size) == (1, 4)


def test_what_fails_is_not_kept():
    answers = Answers()
    with pytest.raises(ZeroDivisionError):
        answers.body("a", lambda: b"1" * (1 // 0))
    assert answers.body("a", lambda: b"good") == b"good"


@pytest.mark.parametrize("length", [1, 1_000, 100_000])
def test_many_different_searches_do_not_take_more_memory(length):
    answers = Answers()
    for number in range(2 * MAX_ANSWERS):
        answers.body(f"{number}", lambda: bytes(length))
        assert answers.size == len(answers) * length <= MAX_BYTES
        assert len(answers) <= MAX_ANSWERS


def test_threads_that_make_the_same_answers_leave_the_sizes_right():
    answers = Answers(most=5)

    def ask() -> None:
        for number in range(500):
            assert answers.body(f"{number % 9}", lambda n=number % 9: bytes(n)) == bytes(number % 9)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(5):
        answers.body(f"{number}", lambda n=number: bytes(n))
    assert (len(answers), answers.size) == (5, 0 + 1 + 2 + 3 + 4)
