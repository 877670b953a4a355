"""What the pages show is worked out as data."""

from dataclasses import replace

import pytest
from msgspec import structs

from backmatter.app.rendering import result_links, search_page
from backmatter.app.rendering.article_page import ContentsEntry, contents
from backmatter.app.rendering.result_links import Link
from backmatter.app.search.request import SearchRequest
from backmatter.index.model import Facet, Results, Section
from tests.build import post


def labels(links) -> list[str]:
    return [("…" if link is None else f"[{link.label}]" if link.current else link.label) for link in links]


@pytest.mark.parametrize(
    ("page", "last", "expected"),
    [
        (1, 1, ""),
        (1, 2, "[1] 2"),
        (1, 9, "[1] 2 3 … 9"),
        (4, 9, "1 2 3 [4] 5 6 … 9"),
        (5, 9, "1 … 3 4 [5] 6 7 … 9"),
        (9, 9, "1 … 7 8 [9]"),
        (50, 100, "1 … 48 49 [50] 51 52 … 100"),
    ],
)
def test_page_links_show_the_ends_and_the_neighbours(page, last, expected):
    assert " ".join(labels(result_links.page_links(SearchRequest(page=page), last))) == expected


def test_page_links_keep_what_is_asked_for():
    search_request = SearchRequest(text="go", tags=("cpu",), page=2)
    assert result_links.page_links(search_request, 2)[1] == Link("2", "/search?q=go&tag=cpu&page=2", current=True)


@pytest.mark.parametrize(
    ("search_request", "expected"),
    [
        (SearchRequest(), ["[Newest]", "Oldest"]),
        (SearchRequest(sort="oldest"), ["Newest", "[Oldest]"]),
        (SearchRequest(text="go"), ["[Best match]", "Newest", "Oldest"]),
        (SearchRequest(text="go", sort="newest"), ["Best match", "[Newest]", "Oldest"]),
    ],
)
def test_without_words_nothing_matches_best(search_request, expected):
    assert labels(result_links.sort_links(search_request)) == expected


def test_a_facet_narrows_and_an_active_one_widens_again():
    facets = {"tag": [Facet("cpu", 3), Facet("go", 2)], "year": [Facet("2025", 2), Facet("2026", 1)]}
    topics, years = result_links.facet_views(SearchRequest(text="x", tags=("go",), page=3), facets)
    assert topics.shown == (
        Link("cpu", "/search?q=x&tag=go&tag=cpu", count=3),
        Link("go", "/search?q=x", current=True, count=2),
    )
    assert labels(years.shown) == ["2026", "2025"]


def test_many_facet_values_are_one_click_away_and_very_many_are_not_listed():
    facets = {"tag": [Facet(f"t{number}", 1) for number in range(500)]}
    (topics,) = result_links.facet_views(SearchRequest(), facets)
    assert (len(topics.shown), len(topics.shown) + len(topics.more)) == (
        result_links.FACETS_SHOWN,
        result_links.FACETS_LISTED,
    )


def test_a_chip_takes_its_filter_away():
    search_request = SearchRequest(text="x", tags=("a", "b"), years=("2026",))
    assert result_links.chips(search_request) == (
        Link("a", "/search?q=x&tag=b&year=2026"),
        Link("b", "/search?q=x&tag=a&year=2026"),
        Link("2026", "/search?q=x&tag=a&tag=b"),
    )


def results(total: int) -> Results:
    return Results(
        query="",
        total=total,
        complete=total,
        page=1,
        per_page=10,
        took_ms=1.0,
        generation=1,
        relaxed=False,
        correction=None,
        did_you_mean=None,
        unfinished=None,
        operators=(),
        hits=(),
        facets={"tag": (), "year": ()},
    )


@pytest.mark.parametrize(
    ("search_request", "total", "heading", "summary"),
    [
        (SearchRequest(), 3, "Latest articles", "3 articles"),
        (SearchRequest(tags=("go",)), 1, "Articles", "1 article"),
        (SearchRequest(text=" go "), 25, "Results for “go”", "25 articles, page 1 of 3"),
        (SearchRequest(text="xyzzy"), 0, "Nothing for “xyzzy”", "0 articles"),
        (SearchRequest(text="go"), 5_000, "Results for “go”", "5,000 articles, page 1 of 100"),
    ],
)
def test_the_head_of_a_page_says_what_it_shows(search_request, total, heading, summary):
    view = search_page.search_view(search_request, results(total))
    assert (view.heading, view.summary) == (heading, summary)


def test_the_head_says_how_many_have_all_words():
    found = structs.replace(results(12), complete=3)
    assert search_page.search_view(SearchRequest(text="a b", per_page=20), found).summary == (
        "12 articles, 3 of them with all words"
    )


def test_the_last_page_in_reach_says_that_results_go_on():
    assert search_page.search_view(SearchRequest(text="go", page=100), results(5_000)).cut_off
    assert not search_page.search_view(SearchRequest(text="go", page=99), results(5_000)).cut_off
    assert not search_page.search_view(SearchRequest(text="go", page=100), results(1_000)).cut_off


def test_previous_and_next_end_with_the_pages():
    view = search_page.search_view(SearchRequest(text="go", page=1), results(20))
    assert (view.previous, view.following) == ("", "/search?q=go&page=2")
    view = search_page.search_view(SearchRequest(text="go", page=2), results(20))
    assert (view.previous, view.following) == ("/search?q=go", "")


def sections(*heads: tuple[str, int, str]) -> tuple[Section, ...]:
    return tuple(Section(title, level, anchor, 0, 0) for title, level, anchor in heads)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ([("", 0, ""), ("A", 2, "a"), ("B", 2, "b")], []),
        ([("A", 2, "a"), ("B", 3, "b"), ("C", 2, "c")], [("A", "a", 0), ("B", "b", 1), ("C", "c", 0)]),
        ([("A", 3, "a"), ("B", 3, "b"), ("C", 3, "c"), ("D", 4, "d")], [("A", "a", 0), ("B", "b", 0), ("C", "c", 0)]),
        (
            [("Title", 1, "title"), ("A", 2, "a"), ("B", 2, "b"), ("C", 2, "c")],
            [("A", "a", 0), ("B", "b", 0), ("C", "c", 0)],
        ),
        ([("A", 2, "a"), ("B", 2, ""), ("", 2, "c"), ("D", 2, "d")], []),
    ],
)
def test_contents_list_the_sections_that_can_be_linked(heads, expected):
    article = replace(post(title="Title"), sections=sections(*heads))
    assert list(contents(article)) == [ContentsEntry(*entry) for entry in expected]
