"""The pages in a browser: for everyone, in both themes, with and without JavaScript, within their budgets."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.conftest import Open

ARTICLE = "/articles/go-struct-field-alignment"
RESULTS = "/search?q=cache+line"
PAGES = [
    "/",
    RESULTS,
    "/search?tag=go&year=2026",
    "/search?q=monotonik",
    "/search?q=in:code+sizeof",
    "/search?q=ذاكرة",
    ARTICLE,
    f"{ARTICLE}?q=padding",
    "/privacy",
    "/nowhere",
]
WIDTHS = [320, 390, 768, 1280, 2560]
PHONE = {"width": 390, "height": 844}
WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])

# Bytes as they travel: the script and the style are to be small, and a page lighter than a picture.
MOST_OF_ASSET = 10_000
MOST_OF_PAGE = 60_000
MOST_REQUESTS = 4


# On a gradient axe-core tells no contrast: the shadows of what goes on sideways are taken away first.
WITHOUT_SHADOWS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { background-image: none !important; }");
  document.adoptedStyleSheets.push(sheet);
}"""
# Whether fingers can tell links apart is not asked by itself.
RULES = "axe.run({ rules: { 'target-size': { enabled: true } } })"
CONTRAST = "axe.run({ runOnly: ['color-contrast', 'link-in-text-block'] })"


def violations(page: Page) -> list[str]:
    """Give what axe-core finds, each with its first element."""
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    page.evaluate(WITHOUT_SHADOWS)
    return broken(page, RULES)


def broken(page: Page, rules: str) -> list[str]:
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in page.evaluate(rules)["violations"]]


@pytest.mark.parametrize(("width", "motion"), [(390, "no-preference"), (1280, "reduce")])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_to_complain_about_in_both_themes(opened, address, width, motion):
    page = opened(address, viewport={"width": width, "height": 900}, color_scheme="light", reduced_motion=motion)
    assert violations(page) == []
    # A theme changes nothing but colours.
    page.emulate_media(color_scheme="dark")
    assert broken(page, CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_open_suggestions(opened, scheme):
    page = opened("/", color_scheme=scheme)
    page.locator("#_q").fill("cac")
    expect(page.locator(".popup")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_box_over_an_article(opened, scheme):
    page = opened(ARTICLE, color_scheme=scheme)
    page.evaluate("scrollTo(0, 1500)")
    page.keyboard.press("/")
    page.keyboard.type("cac")
    expect(page.locator("dialog [role=option]").first).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_wider_than_the_screen(opened, address):
    page = opened(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", ["/", RESULTS, f"{ARTICLE}?q=padding", "/nowhere"])
def test_german_words_fit_and_are_for_everyone(opened, address):
    page = opened(address, viewport={"width": 320, "height": 800}, locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert right(page.locator(".name")) <= page.locator("#_colours").bounding_box()["x"]
    assert violations(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_text_twice_as_large_stays_within_the_screen_and_hides_nothing(opened, address):
    page = opened(address)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in (390, 640):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert right(page.locator(".name")) <= page.locator("#_colours").bounding_box()["x"]
        assert page.locator("#_q").bounding_box()["width"] > width / 3
        skip = page.locator(".skip").bounding_box()
        assert skip["y"] + skip["height"] <= 0


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
    entries = page.evaluate(
        "performance.getEntriesByType('resource').map(({ name, transferSize }) => [name, transferSize])"
    )
    assert [name for name, _ in entries if name.endswith(".js")]
    # The icon is asked for when the browser has nothing else to do, which may be on the second page only.
    fresh = [name for name, size in entries if size and not name.endswith(".svg")]
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


@WITH_AND_WITHOUT
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


@WITH_AND_WITHOUT
def test_a_reader_who_finds_nothing_goes_on_from_there(opened, scripts):
    page = opened("/search?q=monotonik&exact=1", java_script_enabled=scripts)
    page.locator(".ways a").click()
    expect(page.locator(".hit h2").first).to_have_text("Just About Go Time")
    page.go_back()
    page.locator(".facets a", has_text="hardware").click()
    expect(page.locator(".chip")).to_have_text(re.compile("^hardware"))


@WITH_AND_WITHOUT
def test_on_a_phone_filters_are_folded_above_the_results(opened, scripts):
    page = opened(RESULTS, viewport=PHONE, java_script_enabled=scripts)
    filters = page.get_by_text("Filters")
    assert top(filters) < top(page.locator(".hit").first)
    expect(page.locator(".facets a").first).to_be_hidden()
    filters.click()
    page.locator(".facets a", has_text="hardware").click()
    expect(page.locator(".chip")).to_have_count(1)


def test_on_a_phone_the_tab_key_goes_the_way_of_the_eye(opened):
    page = opened(RESULTS, viewport=PHONE)
    page.locator(".sorts a").last.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Filters")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".hit a").first).to_be_focused()


def test_beside_the_results_filters_are_open_and_come_after_them(opened):
    page = opened(RESULTS)
    expect(page.get_by_text("Filters")).to_be_hidden()
    expect(page.locator(".facets a").first).to_be_visible()
    assert top(page.locator(".facets")) < top(page.locator(".hit").first)
    page.locator(".sorts a").last.focus()
    page.keyboard.press("Tab")
    expect(page.locator(".hit a").first).to_be_focused()


def top(part: Locator) -> float:
    """Give where a part of a page begins."""
    return part.bounding_box()["y"]


def right(part: Locator) -> float:
    """Give where a part of a page ends at its right."""
    box = part.bounding_box()
    return box["x"] + box["width"]


def test_where_there_is_no_mouse_no_button_lies_on_code(opened):
    page = opened(ARTICLE, viewport=PHONE, has_touch=True, is_mobile=True)
    code = page.locator(".listing pre").first.bounding_box()
    assert top(page.locator(".copy").first) >= code["y"] + code["height"]


def test_code_that_goes_on_sideways_says_so_until_it_is_at_its_end(opened):
    """A cover of the ground's colour lies over the shadow, and moves with the text."""
    page = opened(ARTICLE, viewport=PHONE)
    shown = "pre => getComputedStyle(pre).backgroundAttachment"
    assert page.locator(".body pre").first.evaluate(shown) == "local, local, scroll, scroll, scroll"


@pytest.mark.parametrize("address", ["/", RESULTS, ARTICLE, "/nowhere"])
def test_the_first_key_leads_past_the_head_of_the_page(opened, address):
    page = opened(address, reduced_motion="reduce")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert top(skip) > 0
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#_q")).to_be_focused()


def test_without_javascript_nothing_is_offered_that_needs_it(opened):
    page = opened(ARTICLE, java_script_enabled=False)
    expect(page.get_by_role("button")).to_have_count(1)  # To search.
    expect(page.locator(".popup, .key, .copy")).to_have_count(2)
    expect(page.locator(".popup")).to_be_hidden()
    expect(page.locator(".key")).to_be_hidden()


@pytest.mark.parametrize(
    ("address", "gone", "left"),
    [
        (f"{ARTICLE}?q=padding", "search .contents .colophon #_colours .marks .copy .neighbours", "h1 .body mark pre"),
        (RESULTS, "search .colophon .facets .sorts .feeds", "h1 .summary .hit h2 .passage .sections"),
    ],
)
def test_print_leaves_out_what_paper_cannot_do(opened, address, gone, left):
    page = opened(address, color_scheme="light", viewport={"width": 700, "height": 900})
    page.get_by_role("button", name="Dark").click()
    page.emulate_media(media="print")
    for place in gone.split():
        expect(page.locator(place).first).to_be_hidden()
    for place in left.split():
        expect(page.locator(place).first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.evaluate("[...document.querySelectorAll('pre')].every(pre => pre.scrollWidth <= pre.clientWidth)")


def test_a_heading_leads_to_itself_and_its_mark_is_not_read_aloud(opened):
    page = opened(ARTICLE)
    heading = page.locator(".body h2").first
    expect(heading).to_have_accessible_name(heading.inner_text())
    heading.get_by_role("link").click()
    assert page.url.endswith("#" + heading.get_attribute("id"))
