"""Clicks of real readers, with and without JavaScript, and the author's, who is known by the login alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from backmatter.index.insights.store import DAY
from tests.browser.conftest import CONTENT
from tests.browser.test_pages import WIDTHS, violations
from tests.insights import BROWSER, TOKEN, counts, eventually, record, searched
from tests.serving import running

READER = {"user_agent": BROWSER["User-Agent"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path


@pytest.fixture
def home(folder: Path, monkeypatch) -> Iterator[str]:
    monkeypatch.setenv("BACKMATTER_INSIGHTS_TOKEN", TOKEN)
    with running(folder, workers=1) as (_, port):
        yield f"http://127.0.0.1:{port}"


def visit(chromium: Browser, address: str, **reader: object) -> Page:
    page = chromium.new_context(**READER, **reader).new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_result_that_is_followed_is_one_click(chromium, home, folder, scripts):
    page = visit(chromium, f"{home}/search?q=cache", java_script_enabled=scripts)
    page.click(".hits h2 a")
    page.wait_for_url("**/articles/*")
    visit(chromium, f"{home}/search?q=the+last")
    eventually(lambda: counts(folder / "index-insights.sqlite"), [("cache", 1), ("the last", 0)])


def test_an_article_that_is_chosen_in_the_box_is_found_by_what_was_typed(chromium, home, folder):
    page = visit(chromium, f"{home}/search?q=docker")
    page.fill("#_q", "monotonic")
    page.click("[role=option][href^='/articles/']")
    page.wait_for_url("**/articles/**")
    eventually(lambda: counts(folder / "index-insights.sqlite"), [("docker", 0), ("monotonic", 1)])


def test_what_the_author_searches_for_is_not_counted_after_the_login(chromium, home, folder):
    page = visit(
        chromium, f"{home}/author", http_credentials={"username": "x", "password": TOKEN, "send": "unauthorized"}
    )
    page.goto(f"{home}/search?q=mine")
    visit(chromium, f"{home}/search?q=the+last")
    eventually(lambda: counts(folder / "index-insights.sqlite"), [("the last", 0)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("days", [0, 40], ids=["nobody searched", "every day"])
def test_the_authors_page_is_for_everyone(chromium, home, folder, days, scheme):
    record(folder / "index-insights.sqlite", *(searched("cache", day * DAY) for day in range(days)))
    login = {"username": "x", "password": TOKEN}
    for address in ("/author", "/author/drafts"):
        page = visit(chromium, home + address, http_credentials=login, color_scheme=scheme)
        assert violations(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
