"""A result leads to the sentence that answers, and to the place of its section where that cannot be told apart."""

import pytest
from playwright.sync_api import expect

from tests.browser.landing import SIGN, first_link, land

QUERIES = [
    "cache line",
    "monotonic clock",
    '"escape analysis"',
    "in:code sizeof",
    "docker layers",
    "garbage collector",
    "idempotency key",
    "padding",
    "false sharing",
    "daylight saving",
    "goroutine stack",
    "estimate",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_result_leads_to_the_one_place_that_it_quotes(opened, query):
    page = opened(f"/search?q={query}", reduced_motion="reduce")
    link = first_link(page)
    assert SIGN in link
    assert land(page, link) == (1, True)


def test_the_article_marks_the_words_until_the_reader_takes_the_marks_away(opened):
    page = opened("/search?q=padding", reduced_motion="reduce")
    land(page, first_link(page))
    expect(page.locator(".body mark").first).to_be_visible()
    here = page.evaluate("scrollY")
    page.locator(".unmark").evaluate("link => link.click()")
    expect(page.locator(".marks")).to_be_hidden()
    assert (
        page.locator(".body mark").first.evaluate("mark => getComputedStyle(mark).backgroundColor")
        == "rgba(0, 0, 0, 0)"
    )
    assert "q=" not in page.url
    assert abs(page.evaluate("scrollY") - here) < 100


def test_without_javascript_marks_are_taken_away_by_a_link(opened):
    page = opened("/articles/go-struct-field-alignment?q=padding", java_script_enabled=False)
    expect(page.locator(".body mark").first).to_be_visible()
    page.locator(".unmark").click()
    expect(page.locator(".body mark, .marks")).to_have_count(0)


def test_a_browser_that_knows_no_quotations_is_led_to_the_section(opened):
    page = opened("about:blank")
    page.add_init_script("delete Document.prototype.fragmentDirective")
    page.goto("/search?q=padding")
    link = page.locator(".hit .sections a").first
    expect(link).not_to_have_attribute("href", SIGN)
    assert SIGN not in link.get_attribute("href")
    assert "#" in link.get_attribute("href")
