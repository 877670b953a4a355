"""Pages in Arabic and Hebrew: they run from right to left, and what is written from left to right in them stays so."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open

RIGHT_TO_LEFT = ["ar", "he"]
SIZES = [(390, 844), (1280, 900)]

# Where the parts of a text begin and end: the left edge of each.
EDGES = """
([selector, ...parts]) => {
  const node = document.querySelector(selector).firstChild;
  return parts.map((part) => {
    const range = document.createRange();
    range.setStart(node, node.data.indexOf(part));
    range.setEnd(node, node.data.indexOf(part) + part.length);
    return range.getBoundingClientRect().left;
  });
}
"""


def left(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
@pytest.mark.parametrize("address", ["/", "/search?q=cache", "/articles/just-about-go-time?q=clock", "/privacy", "/no"])
def test_nothing_is_wider_than_the_screen_and_the_button_follows_the_field(opened, language, address):
    page = opened(address, locale=language)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert left(page, ".search button[type=submit]") < left(page, "#_q")


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_facets_are_beside_the_results_on_the_left_and_english_posts_as_they_are_written(opened: Open, language):
    page = opened("/search?q=cache", locale=language, viewport={"width": 1280, "height": 900})
    assert left(page, ".facets") < left(page, ".hit")
    assert page.evaluate("getComputedStyle(document.querySelector('.hit article')).direction") == "ltr"
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_day_is_read_from_right_to_left_below_an_english_title(opened: Open, language):
    page = opened("/articles/just-about-go-time", locale=language)
    day, month, year = page.locator(".meta time").first.inner_text().split()
    edges = page.evaluate(EDGES, [".meta time", day, month, year])
    assert edges == sorted(edges, reverse=True)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_the_list_of_suggestions_is_below_the_field(opened: Open, language):
    page = opened("/", locale=language)
    page.locator("#_q").press_sequentially("cac")
    page.locator("[role=option]").first.wait_for()
    popup, field = (page.locator(selector).bounding_box() for selector in (".popup", "#_q"))
    assert abs(popup["x"] + popup["width"] - field["x"] - field["width"]) <= 1


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_an_empty_field_begins_on_the_right_and_what_is_typed_as_it_is_written(opened: Open, language):
    page = opened("/", locale=language, viewport={"width": 1280, "height": 900})
    field = page.locator("#_q")
    direction = "element => getComputedStyle(element).direction"
    assert field.evaluate(direction) == "rtl"
    field.fill("cache")
    assert field.evaluate(direction) == "ltr"
