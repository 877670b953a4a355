"""A result leads to the sentence that answers, and to the place of its section where that cannot be told apart."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.landing import SIGN, first_link, land
from tests.serving import running

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


FILLER = "\n\n".join(f"The filler number {number} is long enough for the page to scroll." for number in range(40))
BORDERS = f"""---
title: Borders
---
{FILLER}

## Table

| Name | Value |
|---|---|
| puffin | 12 |
| cougar | in it x |
| kodkod | 1 |

{FILLER.replace("filler", "other")}

See the guide for reasons[^1]. Then more words of it follow here.

We like walnuts -- they are nuts -- and "almonds" too; so pecans -> cashews go... to hazelnuts.

The formula $x_1 + y^2$ is of pistachios.

{FILLER.replace("filler", "third")}

[^1]: A note.
"""


@pytest.fixture(scope="module")
def borders(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a journal whose article has a table, a footnote, a formula, and signs that typography changes."""
    folder = tmp_path_factory.mktemp("borders")
    (folder / "content").mkdir()
    (folder / "content" / "borders.md").write_text(BORDERS, "utf-8")
    with running(folder, workers=1) as (_, port):
        context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", reduced_motion="reduce")
        yield context.new_page()
        context.close()


@pytest.mark.parametrize(
    "word",
    "puffin cougar kodkod 12 guide reasons walnuts almonds pecans cashews hazelnuts pistachios".split(),
)
def test_a_link_leads_into_table_rows_and_across_signs_that_the_page_changes(borders: Page, word: str):
    borders.goto(f"/search?q={word}")
    link = first_link(borders)
    assert link
    assert SIGN in link
    assert land(borders, link) == (1, True)


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
