"""Debian's Chromium, the real server, the journal's own articles; every page is watched while it is used."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browser.drivers import NEEDS, require, started
from tests.serving import running

CONTENT = Path(__file__).parents[2] / "content"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

Open = Callable[..., Page]
# Milliseconds that a page may take for anything; it is asked on this machine.
PATIENCE = 15_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; where there is none, these tests are skipped, or fail where REQUIRE names it.

    It is that of a module, since Playwright keeps an event loop running, in which other tests could start none.
    """
    if CHROMIUM is None:
        if "chromium" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("REQUIRE names chromium, and there is none: install Debian's package `chromium`")
        pytest.skip("no Chromium here: install Debian's package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=list(NEEDS))
def driver(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    """Each of three browsers, as its own driver starts it."""
    require(request.param)
    with started(request.param) as driver:
        yield driver


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The journal, served; its address without a slash at the end."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(CONTENT, folder / "content")
    with running(folder, workers=1) as (_, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def opened(chromium: Browser, site: str) -> Iterator[Open]:
    """Opens pages, each reader with a profile of their own; nothing that they open may fail, or ask another host."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def watch(page: Page) -> None:
        page.on("console", lambda said: faults.append(said.text) if _is_fault(said.type, said.text) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(site) else faults.append(asked.url))

    def open_page(address: str, **reader: Any) -> Page:
        context = chromium.new_context(base_url=site, **reader)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(kind: str, text: str) -> bool:
    """Tell whether what the console says is one; an error that a test causes, or its own page, is said to be one."""
    return kind in {"error", "warning"} and not re.search("status of (404|503)", text)
