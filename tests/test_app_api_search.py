"""Searches by programs: chosen fields, a cursor over all matches, and queries that are sent as JSON."""

from collections.abc import Iterator

import msgspec
import pytest
from flask.testing import FlaskClient

from backmatter.app import create_app
from backmatter.app.routes.api_search import HIT_FIELDS, MAX_SEARCH_BYTES
from backmatter.app.search.result_pages import MAX_REACHABLE
from backmatter.index.query.parser import MAX_QUERY_LENGTH
from backmatter.index.settings import InsightsSettings
from tests.conftest import Journal, make_journal
from tests.test_app_api import SEARCH, check

SECRET = "an example".replace(" ", "-") * 2
AUTHOR = {"Authorization": f"Bearer {SECRET}"}
JSON = "application/json"
# Only a hit of several journals names its own.
ALWAYS = [name for name in HIT_FIELDS if name != "journal"]


def author_of(journal: Journal, **more: object) -> FlaskClient:
    """Return a client of a server that has an author."""
    settings = msgspec.structs.replace(journal.settings, insights=InsightsSettings(token=SECRET), **more)
    return create_app(settings, journal.engine).test_client()


@pytest.fixture
def author(journal: Journal) -> FlaskClient:
    return author_of(journal)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal with more posts than pages of results reach, and two orders of keys."""
    heads = "---\ntitle: Note {0}\ndate: 20{1:02}-01-02\nseries: {2}\nrating: {3}\ntags: [t{2}]\n---\n"
    posts = {
        f"{number}.md": heads.format(number, 10 + number % 16, "abc"[number % 3], number % 6) + "A common word.\n"
        for number in range(MAX_REACHABLE + 50)
    }
    made = make_journal(tmp_path_factory.mktemp("many"), posts)
    made = Journal(made.content, msgspec.structs.replace(made.settings, facets=("series", "rating")), made.engine)
    made.index()
    return made


def test_a_passage_leads_to_its_sentence_where_that_is_asked_for(client):
    (plain, *_), (quoted, *_) = (
        check(client.get(f"{SEARCH}?q=monotonic&quoted={flag}")).json["hits"] for flag in (0, 1)
    )
    assert plain["passage"]["url"] == plain["url"]
    assert quoted["passage"]["url"].startswith(f"{plain['url']}#:~:text=")
    assert quoted["url"] == plain["url"]


# Fields


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fields=url", ["url"]),
        ("fields=url,title", ["url", "title"]),
        ("fields=title,+url&fields=date", ["url", "title", "date"]),
        ("fields=" + ",".join(HIT_FIELDS), ALWAYS),
        ("fields=", ALWAYS),
    ],
)
def test_hits_have_the_fields_that_are_asked_for(client, query, expected):
    found = check(client.get(f"{SEARCH}?q=cache&{query}")).json
    assert [list(hit) for hit in found["hits"]] == [expected, expected]
    assert found["total"] == 2


def test_a_field_that_no_hit_has_is_refused_with_those_that_there_are(client):
    problem = check(client.get(f"{SEARCH}?fields=url,secret")).json
    assert (problem["code"], problem["parameter"]) == ("invalid_parameter", "fields")
    assert problem["allowed"] == "some of " + ", ".join(HIT_FIELDS)


# Cursor


def pages(client: FlaskClient, address: str) -> Iterator[dict]:
    cursor = "*"
    while cursor:
        page = check(client.get(f"{address}&cursor={cursor}", headers=AUTHOR)).json
        yield page
        cursor = page["next"]


@pytest.mark.parametrize("query", ["q=common", "q=", "q=common&sort=oldest", "q=word+nowhere", "q=common&series=a"])
def test_a_cursor_reads_every_match_once_and_in_the_order_of_the_pages(many, query):
    client = author_of(many)
    read = list(pages(client, f"{SEARCH}?{query}&per_page=100&fields=path"))
    paths = [hit["path"] for page in read for hit in page["hits"]]
    assert len(set(paths)) == len(paths) == read[0]["total"]
    by_page = client.get(f"{SEARCH}?{query}&per_page=100&page=2").json
    assert [hit["path"] for hit in by_page["hits"]] == paths[100:200]


def test_without_a_cursor_the_first_results_are_reached_and_no_more(many):
    address = f"{SEARCH}?q=common&per_page=100&page={MAX_REACHABLE // 100 + 1}"
    assert author_of(many).get(address, headers=AUTHOR).json["code"] == "page_not_found"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_only_the_author_has_a_cursor(author, client, headers):
    for asked in (author, client):
        response = check(asked.get(f"{SEARCH}?q=cache&cursor=*", headers=headers))
        assert (response.status_code, response.json["code"]) == (401, "login_required")


def test_an_answer_to_the_author_is_for_nobody_else(author):
    assert author.get(f"{SEARCH}?q=cache&cursor=*", headers=AUTHOR).status_code == 200
    assert author.get(f"{SEARCH}?q=cache&cursor=*").status_code == 401


def test_a_cursor_of_an_older_generation_says_how_to_go_on(journal, author):
    cursor = author.get(f"{SEARCH}?q=cache&per_page=1&cursor=*", headers=AUTHOR).json["next"]
    journal.write(new="# New\n\nA cache again.\n")
    response = check(author.get(f"{SEARCH}?q=cache&per_page=1&cursor={cursor}", headers=AUTHOR))
    assert (response.status_code, response.json["code"]) == (410, "cursor_expired")
    assert "cursor=*" in response.json["detail"]


@pytest.mark.parametrize("change", ["q=docker&per_page=1", "q=cache&per_page=2", "q=cache&per_page=1&fields=url"])
def test_a_cursor_is_of_one_search(author, change):
    cursor = author.get(f"{SEARCH}?q=cache&per_page=1&cursor=*", headers=AUTHOR).json["next"]
    response = check(author.get(f"{SEARCH}?{change}&cursor={cursor}", headers=AUTHOR))
    assert (response.status_code, response.json["parameter"]) == (400, "cursor")


@pytest.mark.parametrize("cursor", ["x", "1.2", "1.0." + "0" * 24, "1.2." + "0" * 24, "1.2." + "0" * 23 + "é"])
def test_what_is_no_cursor_is_refused(author, cursor):
    response = check(author.get(SEARCH, query_string={"cursor": cursor}, headers=AUTHOR))
    assert (response.status_code, response.json["parameter"]) == (400, "cursor")


def test_a_pinned_article_is_where_it_ranks_as_a_cursor_lists_it(journal):
    client = author_of(journal, pins=(("cache", "2025/docker.md"),))
    first = f"{SEARCH}?q=cache&fields=path"
    assert client.get(first).json["hits"][0]["path"] == "2025/docker.md"
    assert client.get(f"{first}&cursor=*", headers=AUTHOR).json["hits"][0]["path"] == "cache.md"


# Sent as JSON


def without_time(results: dict) -> dict:
    return results | {"took_ms": 0}


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("", {}),
        ("?q=cache", {"q": "cache"}),
        ("?q=cache&tag=go&tag=time", {"q": "cache", "tag": ["go", "time"]}),
        ("?q=cache&tag=go", {"q": "cache", "tag": "go"}),
        ("?year=2026&year=2025&page=2&per_page=1", {"year": [2026, "2025"], "page": 2, "per_page": 1.0}),
        ("?q=monotonic&explain=1&exact=1", {"q": "monotonic", "explain": True, "exact": True}),
        ("?q=monotonic&quoted=1", {"q": "monotonic", "quoted": 1}),
        ("?q=cache&exact=0&sort=", {"q": "cache", "exact": False, "sort": None, "language": []}),
        ("?q=cache&fields=url,title", {"q": "cache", "fields": ["url", "title"]}),
        ("?q=cache&other=1", {"q": "cache", "other": ["x", 1, None]}),
    ],
)
def test_a_search_that_is_sent_as_json_is_the_one_of_the_address(client, address, body):
    sent = check(client.post(SEARCH, json=body))
    assert sent.status_code == 200
    assert without_time(sent.json) == without_time(client.get(SEARCH + address).json)


def test_the_longest_query_fits_whatever_its_letters_are_escaped_to(client):
    longest = "𝐱" * MAX_QUERY_LENGTH
    assert check(client.post(SEARCH, json={"q": longest})).json["query"] == longest


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_of_another_site_can_send_is_refused(client, content_type):
    response = check(client.post(SEARCH, data=b'{"q": "cache"}', content_type=content_type))
    assert (response.status_code, response.json["code"]) == (415, "unsupported_media_type")
    assert "application/json" in response.json["detail"]


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b'{"q": "cache"', "body"),
        (b'{"q": {"text": "cache"}}', "body"),
        (b'{"tag": [["go"]]}', "body"),
        (b'{"per_page": 1.5}', "per_page"),
        (b'{"per_page": 1e400}', "body"),
        (b'{"tag": [1e300, {}]}', "body"),
        (b'{"q": "\\ud800"}', "body"),
        (b'{"q": "\xff"}', "body"),
        (b'{"page": 1' + b"0" * 9_000 + b"}", "body"),
        (b"[" * 60_000, "body"),
        (b'{"sort": "best"}', "sort"),
        (b'{"per_page": true, "exact": 5}', "exact"),
        (b'{"fields": ["nothing"]}', "fields"),
    ],
)
def test_a_body_that_is_no_search_is_a_problem(client, body, parameter):
    response = check(client.post(SEARCH, data=body, content_type=JSON))
    assert (response.status_code, response.json["code"], response.json["parameter"]) == (
        400,
        "invalid_parameter",
        parameter,
    )


def test_a_body_is_bounded(client):
    response = check(client.post(SEARCH, data=b" " * (MAX_SEARCH_BYTES + 1), content_type=JSON))
    assert (response.status_code, response.json["code"]) == (413, "body_too_large")


def test_the_author_may_send_a_cursor_too(author):
    first = check(author.post(SEARCH, json={"q": "cache", "per_page": 1, "cursor": "*"}, headers=AUTHOR)).json
    sent = {"q": "cache", "per_page": 1, "cursor": first["next"]}
    last = check(author.post(SEARCH, json=sent, headers=AUTHOR)).json
    assert [page["hits"][0]["path"] for page in (first, last)] == ["cache.md", "time.md"]
    assert last["next"] is None


# The query language


@pytest.mark.parametrize(
    ("asked", "same_as"),
    [
        ({"q": "rating:3..5"}, {"rating": "3..5"}),
        ({"q": "rating:3.."}, {"rating": "3.."}),
        ({"q": "rating:..2"}, {"rating": "..2"}),
        ({"q": "series:a OR series:b"}, {"series": ["a", "b"]}),
        ({"q": "year:2011 OR year:2012"}, {"year": ["2011", "2012"]}),
        ({"q": "rating:1 OR rating:4..5"}, {"rating": ["1", "4..5"]}),
        ({"q": "series:a rating:3"}, {"series": "a", "rating": "3"}),
        ({"q": "after:2012 before:2014"}, {"year": ["2012", "2013"]}),
        ({"q": "tag:ta OR tag:tb"}, {"series": ["a", "b"]}),
        ({"q": "-series:a"}, {"series": ["b", "c"]}),
    ],
)
def test_ranges_and_alternatives_are_the_same_in_the_query_and_as_parameters(many, asked, same_as):
    client = author_of(many)
    results = [client.post(SEARCH, json=each | {"fields": ["path"]}).json for each in (asked, same_as)]
    assert results[0]["total"] == results[1]["total"] > 0
    assert results[0]["hits"] == results[1]["hits"]


def test_facets_count_every_key_that_the_settings_name(many):
    facets = author_of(many).get(f"{SEARCH}?q=common&rating=3..5").json["facets"]
    assert {facet["value"]: facet["count"] for facet in facets["rating"]} == {"3": 175, "4": 175, "5": 175}
    assert {facet["value"]: facet["count"] for facet in facets["series"]} == {"a": 175, "b": 175, "c": 175}
