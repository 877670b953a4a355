"""A search without a server: plain files, read by Chromium, answer as the server does as far as they go."""

import dataclasses
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from backmatter.app.export.command import export
from tests.browser.test_component import Site
from tests.conftest import POSTS, make_journal

POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'self'"
BOX = """<!doctype html>
<html lang="en">
<title>A blog</title>
<script type="module" src="/search/backmatter-search.js"></script>
<backmatter-search><a href="/search/">Search</a></backmatter-search>
"""
MORE = {
    "pool.md": "---\ntitle: Reusing buffers\ndate: 2024-01-02\nauthor: Ada\n---\n"
    "Call `sync.Pool` and setMaxOpenConns, in C++20 or Go 1.22, with --race on."
    " Caching the caches of a café in Łódź.\n",
    "ja.md": "---\ntitle: 分散\nlanguage: ja\n---\n分散システムの監視について。\n",
    "long.md": "---\ntitle: Long\n---\n"
    + "An ordinary line of text.\n\n" * 900
    + "## Far down\n\nThe needle is here.\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A static site that has the export of its journal in `search/`; its address."""
    folder = tmp_path_factory.mktemp("site")
    handler = partial(type("Export", (Site,), {"policy": POLICY}), directory=str(folder / "out"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        journal = make_journal(folder, {**POSTS, **MORE})
        settings = msgspec.structs.replace(journal.settings, base_url=address)
        dataclasses.replace(journal, settings=settings).index()
        (folder / "out").mkdir()
        (folder / "out" / "blog.html").write_text(BOX, "utf-8")
        places = ["--content", str(journal.content), "--index", str(journal.settings.index)]
        runner = CliRunner(env={"BACKMATTER_BASE_URL": address})
        assert runner.invoke(export, [*places, str(folder / "out" / "search")]).exception is None
        Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A page on which nothing fails."""
    context = chromium.new_context(base_url=site)
    opened, faults = context.new_page(), []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert [fault for fault in faults if "favicon" not in fault and "404" not in fault] == []


def titles(page: Page, query: str) -> list[str]:
    """Return the titles of what a query finds with all of its words."""
    page.goto("/search/")
    found: list[dict[str, Any]] = page.evaluate(
        "async (query) => (await (await import('./search.js')).search(query)).results", query
    )
    return [str(result["title"]) for result in found if not result["missing"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("docker", {"Stop Rebuilding Docker Images"}),
        ("cache loop", {"A Love Letter to the L1 Cache"}),
        ("caching", {"A Love Letter to the L1 Cache", "Just About Go Time", "Reusing buffers"}),
        ("cachings", {"A Love Letter to the L1 Cache", "Just About Go Time", "Reusing buffers"}),
        ("CAFE lodz", {"Reusing buffers"}),
        ("monoton*", {"Just About Go Time"}),
        ("cache -processor", {"Just About Go Time", "Reusing buffers"}),
        ("cache NOT processor", {"Just About Go Time", "Reusing buffers"}),
        ("docker OR gardening", {"Stop Rebuilding Docker Images", "A note without a date"}),
        ('"cache line"', {"A Love Letter to the L1 Cache"}),
        ('"line cache"', set()),
        ('"never jumps"', {"Just About Go Time"}),
        ("title:cache", {"A Love Letter to the L1 Cache"}),
        ("tag:go", {"A Love Letter to the L1 Cache", "Just About Go Time"}),
        ("tag:go -clock", {"A Love Letter to the L1 Cache"}),
        ("-tag:go year:2026", set()),
        ("author:ada", {"Reusing buffers"}),
        ("cache after:2026-05-20", {"A Love Letter to the L1 Cache"}),
        ("cache before:2026 after:2023", {"Reusing buffers"}),
        ("sync.Pool", {"Reusing buffers"}),
        ("set_max_open_conns", {"Reusing buffers"}),
        ("maxOpenConns", {"Reusing buffers"}),
        ("c++", {"Reusing buffers"}),
        ("--race", {"Reusing buffers"}),
        ("go 1.22", {"Reusing buffers"}),
        ("監視", {"分散"}),
        ("needle", {"Long"}),
        ("future", set()),
        (
            "",
            {"A Love Letter to the L1 Cache", "Just About Go Time", "Reusing buffers", "Stop Rebuilding Docker Images"},
        ),
    ],
)
def test_a_query_finds_what_the_query_language_says(page, query, expected):
    found = set(titles(page, query))
    assert found == expected if query else expected <= found


def test_a_result_has_its_section_and_the_address_of_its_words(page, site):
    page.goto("/search/?q=needle")
    result = page.locator("li").first
    expect(result.locator("h2 a")).to_have_attribute("href", f"{site}/long/")
    expect(result.locator(".section a")).to_have_attribute("href", f"{site}/long/#far-down:~:text=needle%20is%20here.")
    expect(result.locator("mark")).to_have_text("needle")


def test_code_is_shown_as_code_with_its_lines(page):
    page.goto("/search/?q=rows")
    expect(page.locator("li pre code").first).to_contain_text("for i := range rows {\n\tsum += rows[i].hits\n}")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("docker", "1 with all of the words."),
        ("zzzz", "Nothing was found; try fewer or other words."),
        ("monotonic gardening", "None has all of the words, 2 with some."),
        ("docker in:code", "1 with all of the words. Without a server, in:code is left out."),
    ],
)
def test_the_page_says_what_was_found_and_what_cannot_be_done(page, query, said):
    page.goto(f"/search/?q={query}")
    expect(page.get_by_role("status")).to_have_text(said)


def test_hostile_text_is_text(page):
    page.goto("/search/?q=<img src=x onerror=alert(1)>")
    expect(page.get_by_role("status")).to_contain_text("found")
    assert page.locator("img").count() == 0


def test_the_page_has_no_fault_that_a_screen_reader_meets(page):
    page.goto("/search/?q=cache")
    expect(page.locator("li mark").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []


def test_the_box_suggests_and_leads_to_the_page(page, site):
    page.goto("/blog.html")
    field = page.get_by_role("combobox")
    field.press_sequentially("monot")
    option = page.get_by_role("option").first
    expect(option).to_have_text("Just About Go Time")
    expect(option).to_have_attribute("href", f"{site}/time/")
    field.press("Escape")
    field.press("Enter")
    expect(page).to_have_url(f"{site}/search/?q=monot")


def test_a_word_costs_a_file_of_terms_and_a_result_one_of_text(page):
    page.goto("/search/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(Path(request.url).parent.name))
    page.goto("/search/?q=needle")
    expect(page.locator("mark")).to_be_visible()
    assert [asked.count(kind) for kind in ("terms", "articles", "texts")] == [1, 1, 1]
