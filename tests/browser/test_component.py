"""The search box on the author's own site: plain files on another port, under a policy as strict as there is."""

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CONTENT
from tests.serving import running

POLICY = "default-src 'none'; script-src {search}; connect-src {search}; form-action {search}; style-src 'self'"
PAGE = """<!doctype html>
<html lang="{language}">
<title>A blog</title>
<link rel="stylesheet" href="style.css">
<script type="module" src="{search}/backmatter-search.js"></script>
<main>
<h1>A blog</h1>
<backmatter-search src="{search}"><a href="{search}/">Search</a></backmatter-search>
</main>
"""
STYLE = """
:root { color-scheme: light dark; }
backmatter-search { --backmatter-accent: #7a2e1d; }
backmatter-search::part(input) { letter-spacing: 2px; }
"""


class Site(SimpleHTTPRequestHandler):
    """A folder of files, sent with the policy."""

    policy = ""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A static site whose pages may search a journal that is served elsewhere; its address."""
    files = tmp_path_factory.mktemp("blog")
    handler: type[Site] = type("Blog", (Site,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(files))) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        folder = tmp_path_factory.mktemp("search")
        shutil.copytree(CONTENT, folder / "content")
        (folder / "backmatter.toml").write_text(f'server.origins = ["{address}"]\n', "utf-8")
        with running(folder, workers=1) as (_, port):
            search = f"http://127.0.0.1:{port}"
            handler.policy = POLICY.format(search=search)
            write(files, search)
            Thread(target=server.serve_forever, daemon=True).start()
            yield address
            server.shutdown()


def write(files: Path, search: str) -> None:
    (files / "style.css").write_text(STYLE, "utf-8")
    for language in ("en", "de"):
        (files / f"{language}.html").write_text(PAGE.format(language=language, search=search), "utf-8")


@pytest.fixture
def page(chromium: Browser, blog: str) -> Iterator[Page]:
    """A page of the site, with the box focused; nothing may be reported while it is used."""
    context = chromium.new_context(base_url=blog)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/en.html")
    box(page).focus()
    yield page
    context.close()
    # The blog has no icon, and a policy that would not show one.
    assert [fault for fault in faults if "favicon" not in fault and "404" not in fault] == []


def box(page: Page) -> Any:
    return page.locator("backmatter-search input")


def options(page: Page) -> Any:
    return page.locator("backmatter-search [role=option]")


def suggest(page: Page) -> None:
    with page.expect_response("**/api/v1/suggest?q=cac"):
        page.keyboard.type("cac")
    expect(page.locator("backmatter-search .popup")).to_be_visible()


def test_the_first_key_finds_the_connection_open(page):
    page.reload()
    with page.expect_response("**/api/v1/suggest?q="):
        box(page).focus()
    expect(page.locator("backmatter-search .popup")).to_be_hidden()


def test_typing_suggests_and_selects_nothing(page):
    suggest(page)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    assert options(page).count() > 1
    assert page.locator("backmatter-search [aria-selected=true]").count() == 0
    expect(page.locator("backmatter-search [role=status]")).to_have_text(f"{options(page).count()} suggestions")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["ArrowDown"], 0),
        (["ArrowDown", "ArrowDown"], 1),
        (["ArrowUp"], -1),
        (["ArrowDown", "ArrowUp"], -1),
        (["ArrowDown", "Home"], None),
        (["ArrowDown", "End"], None),
        (["ArrowDown", "ArrowLeft"], None),
    ],
)
def test_arrows_choose_and_whatever_edits_the_text_lets_go(page, keys, expected):
    suggest(page)
    for key in keys:
        page.keyboard.press(key)
    active = box(page).get_attribute("aria-activedescendant")
    names = [option.get_attribute("id") for option in options(page).all()]
    assert active == (None if expected is None else names[expected])
    expect(box(page)).to_be_focused()


def test_in_forced_colours_the_chosen_suggestion_alone_is_outlined(page):
    page.emulate_media(forced_colors="active")
    suggest(page)
    page.keyboard.press("ArrowDown")
    outlines = options(page).evaluate_all("all => all.map((option) => getComputedStyle(option).outlineStyle)")
    assert outlines == ["solid", *["none"] * (len(outlines) - 1)]


def test_enter_opens_the_chosen_article_where_it_is_served(page, blog):
    suggest(page)
    page.keyboard.press("ArrowDown")
    target = options(page).first.evaluate("option => option.href")
    assert not target.startswith(blog)
    page.keyboard.press("Enter")
    page.wait_for_url(target)
    expect(page.locator("h1").first).to_be_visible()


def test_enter_without_a_choice_searches(page):
    page.keyboard.type("cache line")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=cache+line")
    expect(page.locator("h1")).to_have_text("Results for “cache line”")


@pytest.mark.parametrize("journals", ["all", "go,rust"])
def test_several_journals_are_searched_in_one_list(page, journals):
    page.evaluate(
        """journals => {
          const other = document.querySelector("backmatter-search").cloneNode();
          other.setAttribute("journals", journals);
          document.querySelector("backmatter-search").replaceWith(other);
          other.focus();
        }""",
        journals,
    )
    asked = quote(journals, safe="")
    with page.expect_response(f"**/api/v1/suggest?q=cac&journals={asked}"):
        page.keyboard.type("cac")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/search?q=cac&journals={asked}")


def test_ctrl_enter_opens_a_new_tab_and_leaves_the_page(page, blog):
    suggest(page)
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    assert opened.value.url.endswith("/search?q=cac")
    assert page.url == f"{blog}/en.html"


def test_escape_closes_and_then_clears(page):
    suggest(page)
    page.keyboard.press("Escape")
    expect(page.locator("backmatter-search .popup")).to_be_hidden()
    expect(box(page)).to_have_value("cac")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")


def test_keys_that_compose_a_word_do_nothing_else(page, blog):
    suggest(page)
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "か", "selectionStart": 1, "selectionEnd": 1})
    for key, code in (("ArrowDown", 40), ("Enter", 13)):
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": code})
    expect(page.locator("backmatter-search [aria-selected=true]")).to_have_count(0)
    assert page.url == f"{blog}/en.html"


def test_an_answer_that_comes_late_is_not_shown(page):
    held = []
    page.evaluate("AbortController.prototype.abort = () => {}")
    page.route("**/suggest?q=c", lambda route: held.append(route))
    with page.expect_request("**/suggest?q=c"):
        page.keyboard.type("c")
    with page.expect_response("**/suggest?q=cac"):
        page.keyboard.insert_text("ac")
    expect(options(page).first).to_contain_text("cac", ignore_case=True)
    before = options(page).all_inner_texts()
    late = {"kind": "article", "title": "Late", "section": "", "url": "/late", "query": ""}
    with page.expect_response("**/suggest?q=c"):
        held[0].fulfill(json={"suggestions": [late]}, headers={"Access-Control-Allow-Origin": "*"})
    page.evaluate("new Promise(done => setTimeout(done))")
    assert options(page).all_inner_texts() == before


def test_the_site_gives_it_its_looks(page):
    assert box(page).evaluate("input => getComputedStyle(input).letterSpacing") == "2px"
    suggest(page)
    page.keyboard.press("ArrowDown")
    chosen = options(page).first.evaluate("option => getComputedStyle(option).backgroundColor")
    assert chosen == "rgb(122, 46, 29)"


def test_it_speaks_the_language_of_the_page(page):
    expect(box(page)).to_have_accessible_name("Search the articles")
    page.goto("/de.html")
    expect(box(page)).to_have_accessible_name("Artikel durchsuchen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_in_it_is_in_anybodys_way(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 600})
    suggest(page)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = page.context.new_cdp_session(page)
    found.send("Page.enable")
    found.send("Page.setBypassCSP", {"enabled": True})
    assert Axe().run(page).response["violations"] == []


def test_without_javascript_what_stands_inside_is_there(chromium, blog):
    context = chromium.new_context(base_url=blog, java_script_enabled=False)
    page = context.new_page()
    page.goto("/en.html")
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    context.close()
