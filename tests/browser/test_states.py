"""The pages in other states than most readers', and what assistive technology is told, as golden text."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_pages import ARTICLE, violations

GOLDEN = Path(__file__).parents[1] / "golden" / "accessibility"


def check_golden(name: str, told: str) -> None:
    """Compare with the golden text; GOLDEN=1 writes it."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN"):
        file.write_text(told + "\n", "utf-8")
    assert told + "\n" == file.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "address", "part"),
    [
        ("box", "/", "search"),
        ("results", "/search?q=monotonic+clock&exact=1", "main"),
        ("nothing", "/search?q=xyzzy", "main"),
        ("privacy", "/privacy", "main"),
        ("foot", "/", "footer"),
    ],
)
def test_assistive_technology_is_told_this_of_a_page(opened, name, address, part):
    check_golden(name, opened(address).locator(part).first.aria_snapshot())


def test_assistive_technology_is_told_this_of_suggestions(opened):
    page = opened("/")
    page.locator("#_q").press_sequentially("idemp")
    expect(page.locator("[role=option] mark").first).to_have_text("Idempotency")
    page.keyboard.press("ArrowDown")
    check_golden("suggestions", page.locator("search").aria_snapshot())


@pytest.mark.parametrize(
    ("typed", "answer", "said"),
    [
        ("idempot", None, r"^\d+ suggestions?$"),
        ("xyzzyq", None, "^No suggestions$"),
        ("a", 503, "^There are no suggestions now: the server does not answer$"),
    ],
)
def test_what_is_announced_while_somebody_types(opened, typed, answer, said):
    page = opened("/")
    if answer:
        page.route("**/suggest?*", lambda route: route.fulfill(status=answer))
    page.locator("#_q").fill(typed)
    page.wait_for_function(f"() => /{said}/.test(document.querySelector('search [role=status]').textContent)")
    assert page.locator("search [role=status]").count() == 1


def test_in_forced_colours_the_chosen_suggestion_alone_is_outlined(opened):
    page = opened("/", forced_colors="active")
    page.locator("#_q").fill("cac")
    expect(page.locator("[role=option]").nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    outlines = page.locator("[role=option]").evaluate_all(
        "options => options.map((option) => getComputedStyle(option).outlineStyle)"
    )
    assert outlines == ["solid", *["none"] * (len(outlines) - 1)]


@pytest.mark.parametrize("address", ["/search?q=cache+line", f"{ARTICLE}?q=padding"])
def test_without_its_style_a_page_is_read_from_the_top_and_hides_what_is_hidden(opened, address):
    page = opened("about:blank")
    page.route("**/*.css", lambda route: route.fulfill(content_type="text/css", body=""))
    page.goto(address)
    expect(page.locator(".popup")).to_be_hidden()
    places = page.locator("header.masthead, search, h1, footer").evaluate_all(
        "parts => parts.map((part) => part.getBoundingClientRect().top)"
    )
    assert places == sorted(places)
    page.locator("#_q").fill("clock")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Results for “clock”")


def test_on_a_slow_network_a_reader_types_on_and_searches(opened):
    page = opened("/")
    waiting: list[Route] = []
    page.route("**/suggest?*", lambda route: waiting.append(route))
    page.locator("#_q").press_sequentially("clo")
    expect(page.locator(".popup")).to_be_hidden()
    page.keyboard.type("ck")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=clock")
    expect(page.locator("h1")).to_have_text("Results for “clock”")
    assert waiting


def test_what_further_sections_say_is_shown_among_the_results(opened):
    page = opened("/search?q=cache")
    hit = page.locator(".hit").first
    hit.locator(".more").click()
    expect(hit.locator(".passages mark").first).to_be_visible()
    expect(hit.locator(".passages a").first).to_be_focused()
    expect(hit.locator(".sections")).to_have_count(0)
    assert violations(page) == []


def test_without_a_script_they_are_a_page_of_their_own(opened):
    page = opened("/search?q=cache", java_script_enabled=False)
    page.locator(".hit .more").first.click()
    expect(page.locator("h1")).to_have_text("Sections for “cache”")
    expect(page.locator(".passages mark").first).to_be_visible()


def test_a_range_of_months_is_chosen_beside_the_results(opened):
    page = opened("/search?q=cache&sort=newest")
    page.locator(".months [name=from]").fill("2026-03")
    page.locator(".months [name=to]").fill("2026-05")
    page.locator(".months button").click()
    page.wait_for_url("**/search?q=cache&sort=newest&from=2026-03&to=2026-05")
    expect(page.locator(".chip")).to_have_text("Mar 2026 – May 2026: remove this filter ×")
    assert violations(page) == []
