"""The pages in a browser: for everyone, in both themes, with and without JavaScript, within their budgets."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Open

ARTICLE = "/articles/go-struct-field-alignment"
PAGES = ["/", "/search?q=cache+line", "/search?tag=go&year=2026", "/search?q=monotonik", ARTICLE, "/nowhere"]
WIDTHS = [320, 390, 768, 1280, 2560]

# Bytes as they travel: the script and the style are to be small, and a page lighter than a picture.
MOST_OF_ASSET = 10_000
MOST_OF_PAGE = 60_000
MOST_REQUESTS = 4


def violations(page: Page) -> list[str]:
    """Give what axe-core finds, each with its first element."""
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_to_complain_about(opened, address, width, scheme):
    page = opened(address, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_open_suggestions(opened, scheme):
    page = opened("/", color_scheme=scheme)
    page.locator("#_q").fill("cac")
    expect(page.locator(".popup")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_wider_than_the_screen(opened, address, width):
    page = opened(address, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES)
def test_text_twice_as_large_stays_within_the_screen(opened, address):
    page = opened(address, viewport={"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_few_requests_and_bytes(opened, address):
    answers: list[Response] = []
    page = opened("about:blank")
    # Bodies are read later: a listener that waits for one may wait for itself.
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    sizes = {urlsplit(answer.url).path: len(gzip.compress(answer.body())) for answer in answers}
    assert len(sizes) <= MOST_REQUESTS
    assert sum(sizes.values()) <= MOST_OF_PAGE
    assets = {path: size for path, size in sizes.items() if path.startswith("/assets/")}
    assert assets
    assert max(assets.values()) <= MOST_OF_ASSET


def test_what_a_browser_has_it_does_not_ask_for_again(opened):
    page = opened("/")
    page.wait_for_load_state("networkidle")
    page.goto("/search?q=cache", wait_until="networkidle")
    fresh = page.evaluate(
        "performance.getEntriesByType('resource').filter(entry => entry.transferSize > 0).map(entry => entry.name)"
    )
    assert fresh == []


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_colours_are_those_preferred_until_the_reader_chooses_others(opened, scheme, other):
    page = opened("/", color_scheme=scheme)
    colours = "getComputedStyle(document.documentElement).colorScheme"
    ground = "getComputedStyle(document.body).backgroundColor"
    preferred = page.evaluate(ground)
    switch = page.get_by_role("button", name="Dark")
    expect(switch).to_have_attribute("aria-pressed", str(scheme == "dark").lower())
    switch.click()
    page.goto(ARTICLE)
    assert page.evaluate(colours) == other
    chosen = page.evaluate(ground)
    assert chosen != preferred
    expect(switch).to_have_attribute("aria-pressed", str(other == "dark").lower())
    switch.click()
    assert (page.evaluate(ground), page.evaluate("localStorage.length")) == (preferred, 0)
    page.emulate_media(color_scheme=other)
    assert page.evaluate(ground) == chosen


def test_code_is_copied_as_it_is_written(opened):
    page = opened(ARTICLE, permissions=["clipboard-read", "clipboard-write"])
    code = page.locator(".body pre").first
    button = page.get_by_role("button", name="Copy").first
    button.click()
    expect(page.locator(".copy").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code.text_content().rstrip("\n")


def test_back_and_forward_keep_the_search_and_its_filters(opened):
    page = opened("/")
    page.locator("#_q").fill("cache")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=cache")
    page.locator(".facets a").first.click()
    page.wait_for_url("**/search?q=cache&tag=*")
    narrowed = page.url, page.locator(".hit h2").all_inner_texts()
    page.locator(".hit h2 a").first.click()
    page.wait_for_url("**/articles/**")
    page.go_back()
    assert (page.url, page.locator(".hit h2").all_inner_texts()) == narrowed
    expect(page.locator("#_q")).to_have_value("cache")
    expect(page.locator(".popup")).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/search\?q=cache$"))
    page.go_forward()
    assert page.url == narrowed[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_reader_searches_narrows_and_reads(opened: Open, scripts):
    page = opened("/", java_script_enabled=scripts)
    page.get_by_role("searchbox" if not scripts else "combobox").fill("cache")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “cache”")
    page.locator(".facets a", has_text="hardware").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".sorts a", has_text="Oldest").click()
    expect(page.locator(".sorts [aria-current]")).to_have_text("Oldest")
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.locator(".hit h2 a").first.click()
    expect(page.locator("article.article h1")).to_be_visible()


def test_without_javascript_nothing_is_offered_that_needs_it(opened):
    page = opened(ARTICLE, java_script_enabled=False)
    expect(page.get_by_role("button")).to_have_count(1)  # To search.
    expect(page.locator(".popup, .key, .copy")).to_have_count(2)
    expect(page.locator(".popup")).to_be_hidden()
    expect(page.locator(".key")).to_be_hidden()


def test_print_leaves_out_what_paper_cannot_do(opened):
    page = opened(ARTICLE, color_scheme="light")
    page.get_by_role("button", name="Dark").click()
    page.emulate_media(media="print")
    for gone in ("search", ".contents", ".colophon", "#_colours"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
