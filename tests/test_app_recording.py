"""Which requests to the real server are counted, and that nothing of who made them is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import POSTS, make_journal
from tests.insights import BROWSER, TOKEN, counts, eventually
from tests.serving import ask, running

LAST = "/search?q=the+last+one"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_journal(tmp_path, POSTS)
    return tmp_path


@pytest.fixture
def port(folder: Path, monkeypatch) -> Iterator[int]:
    monkeypatch.setenv("BACKMATTER_INSIGHTS_TOKEN", TOKEN)
    with running(folder) as (_, port):
        yield port


def counted(folder: Path) -> list[tuple[str, int]]:
    return sorted(counts(folder / "index-insights.sqlite"))


def visit(port: int, address: str, **headers: str) -> None:
    assert ask(port, address, **(BROWSER | headers))[0].status in (200, 304)


def origin(port: int, address: str) -> str:
    return f"http://127.0.0.1:{port}{address}"


def test_every_worker_counts_searches_from_memory_too(folder, port):
    for _ in range(20):
        visit(port, "/search?q=Cache")
    eventually(lambda: counted(folder), [("cache", 0)] * 20)


def test_a_program_that_asks_with_every_key_is_counted_once(folder, port):
    for text in ("ca", "cac", "cach", "cache"):
        visit(port, f"/api/v1/search?q={text}")
    eventually(lambda: counted(folder), [("cache", 0)])


def test_a_result_that_is_opened_by_a_plain_link_is_a_click(folder, port):
    visit(port, "/search?q=cache")
    visit(port, "/articles/cache", Referer=origin(port, "/search?q=cache&page=1"))
    visit(port, "/articles/time", Referer="https://elsewhere.example/search?q=cache")
    eventually(lambda: counted(folder), [("cache", 1)])


def test_what_is_no_search_of_a_reader_is_not_counted(folder, port):
    first, _ = ask(port, "/search?q=robots", **{"User-Agent": "Googlebot/2.1"})
    ask(port, "/search?q=nameless")
    for address, headers in [
        ("/search?q=author", {"Authorization": f"Bearer {TOKEN}"}),
        ("/search?q=ahead", {"Sec-Purpose": "prefetch"}),
        ("/search?q=private", {"Sec-GPC": "1"}),
        ("/search?q=untracked", {"DNT": "1"}),
        ("/search?q=reloaded", {"Cache-Control": "max-age=0"}),
        ("/search?q=cache&page=1&tag=go", {"Referer": origin(port, "/search?q=cache")}),
        ("/search?q=+", {}),
        ("/search.atom?q=feed", {}),
        ("/suggest?q=suggestion", {}),
        ("/api/v1/suggest?q=suggestion", {}),
        (LAST, {}),
    ]:
        visit(port, address, **headers)
    eventually(lambda: counted(folder), [("the last one", 0)])
    assert first.status == 200


def test_a_search_that_the_browser_holds_already_is_counted_again(folder, port):
    response, _ = ask(port, "/search?q=cache", **BROWSER)
    visit(port, "/search?q=cache", **{"If-None-Match": response.headers["ETag"]})
    eventually(lambda: counted(folder), [("cache", 0)] * 2)


def test_nothing_of_a_reader_is_kept_and_no_cookie_is_set(folder, port):
    response, _ = ask(port, "/search?q=cache", **BROWSER, Cookie="a=mark", **{"X-Forwarded-For": "192.0.2.77"})
    eventually(lambda: counted(folder), [("cache", 0)])
    kept = b"".join(file.read_bytes() for file in folder.glob("index-insights.sqlite*"))
    assert [mark for mark in (b"Firefox", b"127.0.0.1", b"192.0.2.77", b"mark") if mark in kept] == []
    assert response.headers["Set-Cookie"] is None


def test_counting_can_be_switched_off(folder, monkeypatch):
    monkeypatch.setenv("BACKMATTER_INSIGHTS_COUNT", "false")
    with running(folder) as (_, port):
        visit(port, "/search?q=cache")
        visit(port, "/articles/cache", Referer=origin(port, "/search?q=cache"))
    assert counted(folder) == []


def test_counts_that_cannot_be_written_change_no_answer(folder):
    (folder / "index-insights.sqlite").mkdir()
    with running(folder, workers=1) as (process, port):
        visit(port, "/search?q=cache")
        line = process.stdout.readline()
        visit(port, "/search?q=cache")
    assert "searches are not counted" in line
