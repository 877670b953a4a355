"""Requests are read into one normal form and written as addresses again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Request

from backmatter.app.errors import BadParameter, NoSuchPage
from backmatter.app.search.parameters import MAX_FILTERS, read_per_page, read_search_request
from backmatter.app.search.request import SearchRequest
from backmatter.app.search.result_pages import last_page


def args(address: str) -> MultiDict[str, str]:
    """Give an address's parameters as a server reads them."""
    return Request({"QUERY_STRING": address.partition("?")[2]}).args


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", SearchRequest()),
        ("q=", SearchRequest()),
        ("q=go+time", SearchRequest(text="go time")),
        ("q=a&q=b", SearchRequest(text="a")),
        ("q=a&page=3", SearchRequest(text="a", page=3)),
        ("page=&sort=&tag=&year=", SearchRequest()),
        ("tag=go&tag=cpu&tag=go", SearchRequest(tags=("cpu", "go"))),
        ("tag=+go+", SearchRequest(tags=("go",))),
        ("year=2026&year=2025", SearchRequest(years=("2025", "2026"))),
        ("sort=oldest", SearchRequest(sort="oldest")),
        ("from=2026-03&to=", SearchRequest(first_month="2026-03")),
        ("q=a&exact=1", SearchRequest(text="a", exact=True)),
        ("q=a&exact=0", SearchRequest(text="a")),
        ("utm_source=x&callback=alert&Q=b&per_page=50", SearchRequest()),
        ("q=%ff%00", SearchRequest(text="%FF\0")),
        ("page=100", SearchRequest(page=100)),
    ],
)
def test_parameters_are_read_into_one_normal_form(query, expected):
    assert read_search_request(args("/?" + query), 10) == expected


def test_keys_that_the_settings_name_are_parameters_and_orders():
    facets = ("series", "rating")
    found = read_search_request(args("/?series=b&series=a&rating=3&other=x&sort=-rating"), 10, facets)
    assert found.chosen == (("series", "a"), ("series", "b"), ("rating", "3"))
    assert found.url() == "/search?series=a&series=b&rating=3&sort=-rating"
    assert found.adding("year")("2026") == "/search?year=2026&series=a&series=b&rating=3&sort=-rating"
    with pytest.raises(BadParameter, match="sort"):
        read_search_request(args("/?sort=seen"), 10, facets)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=random", "sort"),
        ("sort=NEWEST", "sort"),
        ("exact=yes", "exact"),
        ("year=26", "year"),
        ("year=20261", "year"),
        ("year=٢٠٢٦", "year"),
        ("year=2026%0A", "year"),
        ("from=2026", "from"),
        ("to=2026-13", "to"),
        ("to=0000-01", "to"),
        ("language=x", "language"),
        ("language=en_US", "language"),
        ("&".join(f"tag={number}" for number in range(MAX_FILTERS + 1)), "tag"),
        ("&".join(f"year={2000 + number}" for number in range(MAX_FILTERS + 1)), "year"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_parameter(query, parameter):
    with pytest.raises(BadParameter) as caught:
        read_search_request(args("/?" + iri_to_uri(query)), 10)
    assert caught.value.parameter == parameter


@pytest.mark.parametrize("page", ["0", "-1", "1.0", "01", "x", " 1", "+1", "1e3", "²", "١", "101", "9" * 400])
def test_a_bad_page_is_no_page(page):
    with pytest.raises(NoSuchPage):
        read_search_request(MultiDict([("page", page)]), 10)


@pytest.mark.parametrize(("text", "expected"), [("", 10), ("1", 1), ("100", 100)])
def test_results_on_a_page_can_be_chosen(text, expected):
    assert read_per_page(MultiDict([("per_page", text)]), 10) == expected


@pytest.mark.parametrize("text", ["0", "101", "-5", "ten", "1 ", "9" * 50])
def test_results_on_a_page_have_bounds(text):
    with pytest.raises(BadParameter, match="per_page"):
        read_per_page(MultiDict([("per_page", text)]), 10)


@pytest.mark.parametrize(
    ("total", "per_page", "expected"),
    [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (999, 10, 100), (50_000, 10, 100), (50_000, 7, 142)],
)
def test_the_last_page_is_within_reach(total, per_page, expected):
    assert last_page(total, per_page) == expected


@pytest.mark.parametrize(
    ("search_request", "changes", "expected"),
    [
        (SearchRequest(), {}, "/search"),
        (SearchRequest(text="go"), {}, "/search?q=go"),
        (SearchRequest(text="go", page=4), {}, "/search?q=go"),
        (SearchRequest(text="go", page=4), {"sort": "newest"}, "/search?q=go&sort=newest"),
        (SearchRequest(text="go", tags=("a", "b")), {"tags": ("b",)}, "/search?q=go&tag=b"),
        (SearchRequest(first_month="2026-03", last_month="2026-05"), {}, "/search?from=2026-03&to=2026-05"),
        (SearchRequest(years=("2026",), sort="oldest"), {}, "/search?year=2026&sort=oldest"),
        (SearchRequest(text='"><script>'), {}, "/search?q=%22%3E%3Cscript%3E"),
        (SearchRequest(text="a&page=9#x\r\nSet-Cookie: y"), {}, "/search?q=a%26page%3D9%23x%0D%0ASet-Cookie%3A+y"),
    ],
)
def test_a_search_has_an_address(search_request, changes, expected):
    assert search_request.url(**changes) == expected


# What UTF-8 cannot hold never arrives.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TAGS = st.sets(TEXT.map(str.strip).filter(bool), max_size=4).map(lambda tags: tuple(sorted(tags)))


ASKINGS = st.builds(
    SearchRequest,
    text=TEXT,
    tags=TAGS,
    years=st.sampled_from([(), ("2026",), ("1999", "2026")]),
    languages=st.sampled_from([(), ("de",), ("en", "zh-Hans")]),
    page=st.integers(1, 100),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    exact=st.booleans(),
)


@given(ASKINGS)
def test_an_address_is_read_as_the_search_that_it_was_written_for(search_request):
    assert (
        read_search_request(args(search_request.page_url(search_request.page)), search_request.per_page)
        == search_request
    )


@given(ASKINGS, TEXT.filter(bool))
def test_an_address_with_one_value_more_is_the_one_written_at_length(search_request, value):
    assert search_request.adding("tag")(value) == search_request.url(tags=(*search_request.tags, value))
    assert search_request.adding("year")("2001") == search_request.url(years=(*search_request.years, "2001"))
    assert search_request.adding("language")("ja") == search_request.url(languages=(*search_request.languages, "ja"))
    assert search_request.adding("sort")("oldest") == search_request.url(sort="oldest")
