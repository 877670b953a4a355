"""The dialog of the component on the author's own site: a whole search in place, in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hosts import fetch, served

HOST_PAGE = "/strict.html"


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """The folder of the pages, their address, and that of the search."""
    folder = tmp_path_factory.mktemp("hosts")
    with served(folder) as (address, search):
        yield folder / "site", address, search


@pytest.fixture
def page(chromium: Browser, hosts: tuple[Path, str, str]) -> Iterator[Page]:
    """A page under a policy as strict as there is; nothing may be reported while it is used."""
    context = chromium.new_context(base_url=hosts[1])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(HOST_PAGE)
    yield page
    context.close()
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []


def trigger(page: Page) -> Any:
    return page.locator("backmatter-search .trigger")


def field(page: Page) -> Any:
    return page.locator("backmatter-search dialog input")


def results(page: Page) -> Any:
    return page.locator("backmatter-search .result")


def summary(page: Page) -> Any:
    return page.locator("backmatter-search .summary")


def state(page: Page, name: str = "backmatter") -> dict[str, list[str]]:
    """Return what is searched, as the address of the page says it."""
    given = parse_qs(urlsplit(page.url).query, keep_blank_values=True)
    return parse_qs(given[name][0]) if name in given else {}


def search(page: Page, text: str) -> None:
    trigger(page).click()
    page.keyboard.type(text)
    page.wait_for_function(
        "text => new URL(location).searchParams.get('backmatter') === new URLSearchParams({q: text}).toString()",
        arg=text,
    )
    # The address has what was typed while the dialog was loaded, before there are results.
    expect(summary(page)).not_to_be_empty()


def test_the_button_opens_a_search_with_the_newest_articles(page):
    trigger(page).click()
    expect(field(page)).to_be_focused()
    expect(summary(page)).to_have_text("10 articles")
    assert results(page).count() == 10


def test_results_have_passages_with_marks_sections_and_what_they_lack(page):
    search(page, "cache gardening")
    first = results(page).first
    expect(first.locator(".title")).to_have_attribute("href", re.compile("#.*:~:text="))
    expect(first.locator(".passage mark").first).to_have_text("cache", ignore_case=True)
    expect(first.locator(".missing")).to_have_text("Missing: gardening")
    assert first.locator(".sections a").count() > 0


def test_an_article_that_is_served_here_opens_with_its_words_marked(page, hosts):
    search(page, "false sharing")
    page.keyboard.press("Enter")
    expect(results(page).first.locator(".title")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{hosts[2]}/articles/**")
    expect(page.locator(".body mark").first).to_be_visible()


def test_filters_order_and_pages_are_in_the_address_and_the_back_button_goes_through_them(page):
    search(page, "go")
    page.locator("backmatter-search summary").click()
    page.get_by_role("button", name="performance").click()
    expect(page.get_by_role("button", name="performance")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="performance")).to_be_focused()
    page.get_by_role("button", name="Newest").click()
    expect(page.get_by_role("button", name="Newest")).to_have_attribute("aria-pressed", "true")
    assert state(page) == {"q": ["go"], "tag": ["performance"], "sort": ["newest"]}
    page.go_back()
    expect(page.get_by_role("button", name="Best match")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.get_by_role("button", name="performance")).to_have_attribute("aria-pressed", "false")
    assert state(page) == {"q": ["go"]}
    page.go_back()
    expect(field(page)).to_be_hidden()
    assert page.url.endswith(HOST_PAGE)
    page.go_forward()
    expect(field(page)).to_have_value("go")


def test_the_header_of_the_site_does_not_set_the_height_of_lines(page):
    search(page, "go")
    for element in (trigger(page), field(page), results(page).first):
        size, line = element.evaluate(
            "e => [getComputedStyle(e).fontSize, getComputedStyle(e).lineHeight].map(parseFloat)"
        )
        assert line == pytest.approx(1.5 * size)


def test_closing_leaves_the_page_as_it_was(page):
    search(page, "go")
    page.get_by_role("button", name="Newest").click()
    expect(page.get_by_role("button", name="Newest")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{HOST_PAGE}")
    expect(field(page)).to_be_hidden()
    expect(trigger(page)).to_be_focused()


def test_an_address_opens_the_dialog(page):
    page.goto(f"{HOST_PAGE}?a=1&backmatter=q%3Dcache%26sort%3Dnewest%26year%3D2026")
    expect(field(page)).to_have_value("cache")
    expect(page.get_by_role("button", name="Newest")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="2026")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="close", exact=True).click()
    page.wait_for_url(f"**{HOST_PAGE}?a=1")


def test_an_address_of_a_page_beyond_the_last_shows_the_first(page):
    page.goto(f"{HOST_PAGE}?backmatter=q%3Dcache%26page%3D9")
    expect(results(page).first.locator("mark").first).to_be_visible()
    assert state(page) == {"q": ["cache"]}


@pytest.mark.parametrize(
    ("keys", "focused"),
    [
        (["ArrowDown"], 0),
        (["ArrowDown", "ArrowUp"], -1),
        (["ArrowUp"], -1),
        (["ArrowDown", "ArrowDown"], 1),
        (["ArrowDown", "x"], -1),
    ],
)
def test_arrows_lead_down_the_links_and_typing_leads_back(page, keys, focused):
    search(page, "cache")
    for key in keys:
        page.keyboard.press(key)
    links = page.locator("backmatter-search .title, backmatter-search .sections a")
    expect(field(page) if focused < 0 else links.nth(focused)).to_be_focused()


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_its_keys_open_it_unless_the_reader_types_elsewhere(page, key):
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.locator("textarea").focus()
    page.keyboard.press(key)
    expect(field(page)).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press(key)
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")


def test_no_key_that_is_pressed_in_it_reaches_the_page(page):
    page.evaluate(
        "globalThis.seen = []; for (const type of ['keydown', 'keypress', 'keyup'])"
        "document.addEventListener(type, (event) => seen.push(event.key))"
    )
    search(page, "a/b")
    page.evaluate("seen.length = 0")
    for key in ("s", "ArrowLeft", "ArrowDown", "ArrowUp", "Control+k", "/"):
        page.keyboard.press(key)
    page.keyboard.down("Escape")
    assert page.evaluate("seen") == []


def test_recent_searches_are_kept_and_cleared(page):
    search(page, "goroutine")
    page.keyboard.press("Enter")
    expect(results(page).first.locator(".title")).to_be_focused()
    page.keyboard.press("Escape")
    trigger(page).click()
    page.get_by_role("button", name="goroutine").click()
    expect(field(page)).to_have_value("goroutine")
    expect(results(page).first.locator("mark").first).to_be_visible()
    page.keyboard.press("Escape")
    trigger(page).click()
    page.get_by_role("button", name="Clear recent searches").click()
    expect(page.get_by_text("Recent searches", exact=True)).to_have_count(0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conecton", "Did you mean connection?|Search instead for conecton."),
        ("zzzzqqq", "No article matches."),
        ("cache gardening zebra", "No article has all of these words. These have some of them."),
    ],
)
def test_it_says_what_was_searched_instead(page, text, said):
    search(page, text)
    notices = [summary(page).inner_text(), *page.locator("backmatter-search .notice").all_inner_texts()]
    assert set(notices) & set(said.split("|"))


def test_a_server_that_does_not_answer_is_said_to(page):
    trigger(page).click()
    page.route("**/api/v1/search?q=down&*", lambda route: route.abort())
    page.keyboard.insert_text("down")
    expect(summary(page)).to_have_text("There are no results now: the server does not answer")


def test_what_is_typed_while_the_dialog_is_loaded_is_searched(page):
    held: list[Any] = []
    page.route("**/backmatter-dialog.js*", lambda route: held.append(route))
    with page.expect_request("**/backmatter-dialog.js*"):
        trigger(page).click()
    page.keyboard.type("cache")
    held[0].continue_()
    expect(results(page).first.locator("mark").first).to_be_visible()
    expect(field(page)).to_have_value("cache")
    assert state(page) == {"q": ["cache"]}


def test_the_dialog_is_loaded_before_its_button_is_pressed(page):
    with page.expect_response("**/backmatter-dialog.js*"):
        trigger(page).focus()
    expect(field(page)).to_be_hidden()


def test_dates_and_what_is_missing_are_read_in_the_direction_of_their_language(page):
    page.goto("/rtl.html")
    search(page, "cache gardening")
    first = results(page).first
    assert first.locator(".meta").inner_text().startswith("\u2068")
    directions = [
        element.evaluate("element => getComputedStyle(element).direction")
        for element in (first.locator(".meta"), first.locator(".missing"))
    ]
    assert directions == ["ltr", "rtl"]


def test_where_the_dialog_cannot_be_loaded_the_button_leads_to_the_page_of_results(page, hosts):
    page.route("**/backmatter-dialog.js*", lambda route: route.abort())
    trigger(page).click()
    expect(page).to_have_url(f"{hosts[2]}/search")


def test_the_page_is_told_and_can_keep_it_closed(page):
    page.evaluate(
        "document.addEventListener('backmatter:open', (event) => { "
        "globalThis.told = event.detail; event.preventDefault(); })"
    )
    page.evaluate("document.querySelector('backmatter-search').open('cache')")
    assert page.evaluate("told") == {"query": "cache"}
    expect(field(page)).to_be_hidden()


def test_a_header_that_cuts_off_and_capitals_do_not_reach_it(page):
    search(page, "cache")
    style = (
        "element => { const { textTransform, position } = getComputedStyle(element); return [textTransform, position] }"
    )
    assert page.locator("backmatter-search dialog").evaluate(style) == ["none", "fixed"]
    assert page.evaluate("document.querySelector('header').offsetHeight") < 100
    assert field(page).bounding_box()["y"] < 200
    assert results(page).first.bounding_box()["height"] > 60


@pytest.mark.parametrize(("host", "is_dark"), [("strict", False), ("dark", True)])
def test_it_is_dark_on_a_dark_page(page, host, is_dark):
    page.goto(f"/{host}.html")
    search(page, "cache")
    color = page.locator("backmatter-search dialog").evaluate("element => getComputedStyle(element).color")
    assert (color == "rgb(255, 255, 255)") == is_dark


def test_in_forced_colours_the_chosen_order_alone_has_a_border(page):
    page.emulate_media(forced_colors="active")
    search(page, "cache")
    ground = page.locator("backmatter-search dialog").evaluate("element => getComputedStyle(element).backgroundColor")
    borders = [
        page.get_by_role("button", name=name).evaluate("element => getComputedStyle(element).borderTopColor") == ground
        for name in ("Best match", "Newest", "Oldest")
    ]
    assert borders == [False, True, True]


def test_a_pills_radius_makes_no_ellipse_of_it(page):
    page.add_style_tag(url="/dark.css")
    page.evaluate("document.querySelector('backmatter-search').style.setProperty('--backmatter-radius', '999px')")
    trigger(page).click()
    radius = "element => getComputedStyle(element).borderRadius"
    assert page.locator("backmatter-search dialog").evaluate(radius) == "16px"
    assert trigger(page).evaluate(radius) == "999px"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_into_a_narrow_window(page, width):
    page.set_viewport_size({"width": width, "height": 600})
    search(page, "cache")
    page.locator("backmatter-search summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("backmatter-search dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    inside = "element => element.scrollWidth <= element.clientWidth"
    assert page.locator("backmatter-search .results").evaluate(inside)


def test_two_on_a_page_each_have_their_parameter_and_one_key_opens_one(page):
    page.evaluate(
        "const second = document.querySelector('backmatter-search').cloneNode(); second.id = 'second';\n"
        "document.querySelector('main').append(second)"
    )
    page.keyboard.press("Control+k")
    expect(page.locator("backmatter-search dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{HOST_PAGE}")
    page.locator("#second .trigger").click()
    page.keyboard.type("cache")
    page.wait_for_url("**second=q%3Dcache")
    assert state(page, "second") == {"q": ["cache"]}
    assert state(page) == {}


def test_it_works_inside_a_shadow_root_in_the_language_around_it(page):
    page.evaluate("""() => {
      const outer = document.createElement("div");
      outer.lang = "de";
      const inner = document.querySelector("backmatter-search").cloneNode();
      inner.id = "inner";
      outer.attachShadow({ mode: "open" }).append(inner);
      document.querySelector("main").append(outer);
    }""")
    inner = page.locator("#inner")
    inner.locator(".trigger").click()
    page.keyboard.type("cache")
    expect(inner.locator(".result mark").first).to_be_visible()
    expect(inner.locator("dialog")).to_have_accessible_name("Artikel durchsuchen")


def test_an_element_that_is_not_shown_does_not_open_by_keys(page):
    page.evaluate("document.querySelector('header').hidden = true")
    page.keyboard.press("Control+k")
    assert not page.evaluate("document.querySelector('backmatter-search').shadowRoot.querySelector('dialog').open")


def is_at(page: Page, heading: str) -> None:
    """Wait for the end of a visit of Turbo, which reports one that the next visit breaks off as an error."""
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator("html")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("host", ["turbo", "htmx"])
def test_scripts_that_replace_the_page_and_its_history_go_along(page, hosts, host):
    fetch(hosts[0], host)
    page.goto(f"/{host}.html")
    page.evaluate("globalThis.isSame = true")
    search(page, "cache")
    page.go_back()
    expect(field(page)).to_be_hidden()
    is_at(page, host)
    trigger(page).click()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/{host}.html")
    is_at(page, host)
    page.get_by_role("link", name="Another page").click()
    is_at(page, "other")
    search(page, "goroutine")
    expect(results(page).first.locator("mark").first).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("**/other.html")
    is_at(page, "other")
    page.go_back()
    is_at(page, host)
    assert page.evaluate("globalThis.isSame")
    search(page, "cache")
    expect(results(page).first).to_be_visible()


def test_a_page_with_view_transitions_keeps_it_in_the_history(page):
    page.goto("/transitions.html")
    search(page, "cache")
    results(page).first.locator(".title").click()
    page.wait_for_url("**/articles/**")
    page.go_back()
    expect(field(page)).to_have_value("cache")
    expect(results(page).first.locator("mark").first).to_be_visible()
