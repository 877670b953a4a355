"""A reader who has searched too often: the box says so, and leaves the server alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CONTENT, PATIENCE
from tests.serving import running, wait_for_a_minute_of_the_rate_limit

PUBLIC = {"X-Forwarded-For": "8.8.8.8"}
PAUSED = "Too many searches: suggestions come back within a minute"


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """The first page, for a reader who may ask twice more within a minute."""
    shutil.copytree(CONTENT, tmp_path / "content")
    limits = {"BACKMATTER_SERVER_RATE_LIMIT": "3", "BACKMATTER_SERVER_PROXIES": "1"}
    with running(tmp_path, workers=1, **limits) as (_, port):
        context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", extra_http_headers=PUBLIC)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        wait_for_a_minute_of_the_rate_limit()
        page.goto("/")
        yield page
        context.close()


def test_the_box_says_that_suggestions_pause_and_asks_no_more(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest" in request.url else None)
    page.locator("#_q").focus()
    for letter in "cac":
        with page.expect_response("**/suggest*"):
            page.keyboard.type(letter)
    expect(page.locator("[role=status]")).to_have_text(PAUSED)
    expect(page.locator(".popup")).to_contain_text(PAUSED)
    expect(page.locator("[role=option]")).to_have_count(0)
    page.keyboard.type("he", delay=500)
    expect(page.locator(".popup")).to_contain_text(PAUSED)
    assert len(asked) == 3
    page.keyboard.press("Escape")
    expect(page.locator(".popup")).to_be_hidden()


def test_a_page_of_results_says_that_there_were_too_many(page):
    for _ in range(2):
        page.goto("/search?q=cache")
    page.goto("/search?q=memory")
    expect(page.locator("main")).to_contain_text("Too many requests")
