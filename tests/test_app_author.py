"""The author's pages: for nobody else, and right for every eye and ear."""

import csv
import io
import shutil
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from bs4 import BeautifulSoup

from backmatter.app import create_app
from backmatter.app.rendering.charts import axis_top, column_chart
from backmatter.index.insights.report import Day
from backmatter.index.insights.store import DAY
from backmatter.index.settings import InsightsSettings
from tests.conftest import make_journal
from tests.insights import TOKEN, clicked, record, searched

LOGIN = {"Authorization": f"Bearer {TOKEN}"}
STATISTICS = ["/author", "/author/top.csv", "/author/ubi.jsonl"]
ADDRESSES = [*STATISTICS, "/author/drafts?q=cache", "/author/drafts/draft.md"]
HOSTILE = '"><script>alert(1)</script>'


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def client(journal):
    """A journal in which something was searched for on three days."""
    return searched_client(journal)


@pytest.fixture(scope="module")
def shared(indexed_folder, tmp_path_factory):
    """A journal for tests that change nothing."""
    folder = tmp_path_factory.mktemp("author")
    shutil.copytree(indexed_folder, folder, dirs_exist_ok=True)
    return make_journal(folder, {})


@pytest.fixture(scope="module")
def reader(shared):
    """One like `client`, for such tests."""
    return searched_client(shared)


def searched_client(journal):
    settings = msgspec.structs.replace(journal.settings, insights=InsightsSettings(token=TOKEN))
    for day in range(3):
        record(settings.insights_file, searched("cache", day * DAY), clicked("cache", day * DAY))
        record(settings.insights_file, searched(HOSTILE, day * DAY, total=0))
    return create_app(settings, journal.engine).test_client()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", f"Bearer {TOKEN}x", basic("author", ""), basic(TOKEN, "x"), "Basic !", "Basic w4E6w4E="],
)
def test_nobody_without_the_secret_sees_anything(reader, address, authorization):
    response = reader.get(address, headers={"Authorization": authorization} if authorization else {})
    assert (response.status_code, response.headers["Cache-Control"]) == (401, "no-store")
    assert response.headers["WWW-Authenticate"].startswith("Basic")
    assert "cache" not in response.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("authorization", [f"Bearer {TOKEN}", basic("", TOKEN), basic("anybody", TOKEN)])
def test_the_secret_is_a_token_or_a_password(reader, address, authorization):
    address += f"{'&' if '?' in address else '?'}days=90"
    response = reader.get(address, headers={"Authorization": authorization})
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert "cache" in response.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("authorization", ["", "Bearer", basic("", "")])
def test_without_a_secret_the_pages_are_not_there(shared, address, authorization):
    client = create_app(shared.settings, shared.engine).test_client()
    assert client.get(address, headers={"Authorization": authorization}).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"), [("/author?days=x", 400), ("/author?days=8", 400), ("/author/x.csv", 404)]
)
def test_what_is_not_there_is_said(client, address, status):
    assert client.get(address, headers=LOGIN).status_code == status


def test_before_anybody_searched_the_page_says_what_will_be_there(journal):
    settings = msgspec.structs.replace(journal.settings, insights=InsightsSettings(token=TOKEN))
    soup = page(create_app(settings, journal.engine).test_client())
    assert soup.select_one(".report > p").text.startswith("No searches since ")
    assert not soup.select("figure, [id=top]")
    about = {tag.dt.text: tag.dd.text for tag in soup.select(".none > div")}
    assert about["Top queries"] == "What readers look for most."
    assert about["Posts that failed"] == "Posts that could not be read."
    assert [tag.text for tag in soup.select("section table th[scope=row]")][-1] == "draft.md"


def page(client) -> BeautifulSoup:
    return BeautifulSoup(client.get("/author?days=90", headers=LOGIN).text, "html.parser")


def drafts(client, rest: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/author/drafts{rest}", headers=LOGIN).text, "html.parser")


def test_every_plot_has_a_text_and_a_table_behind_it(client):
    (figure,) = page(client).select("figure")
    assert figure.svg["role"] == "img"
    assert figure.svg["aria-label"].startswith("Searches per day from ")
    assert len(figure.svg.select("g")) == len(figure.parent.select("tbody tr")) == 90


def test_bars_are_as_high_as_their_numbers(client):
    found = [tag for tag in page(client).select("rect.found") if tag["height"] != "0.0"]
    vain = [tag for tag in page(client).select("rect.vain") if tag["height"] != "0.0"]
    assert {tag["height"] for tag in (*found, *vain)} == {"80.0"}
    assert len(found) == len(vain) == 3


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (2, 2), (3, 4), (7, 8), (9, 10), (10, 10), (11, 20), (450, 600)]
)
def test_an_axis_ends_at_a_round_number(highest, top):
    assert axis_top(highest) == top


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (7, ["1 Jan", "2 Jan", "3 Jan", "4 Jan", "5 Jan", "6 Jan", "7 Jan"]),
        (30, ["1 Jan", "6 Jan", "11 Jan", "16 Jan", "21 Jan", "26 Jan"]),
        (90, ["1 Jan", "16 Jan", "31 Jan", "15 Feb", "2 Mar", "17 Mar"]),
    ],
)
def test_a_plot_has_a_scale_and_as_many_dates_as_a_phone_has_room_for(days, expected):
    first = datetime(2026, 1, 1, tzinfo=UTC)
    plot = column_chart([Day(f"{first + timedelta(days=day):%Y-%m-%d}", 1100, 0, 0) for day in range(days)])
    assert (plot.scale, list(plot.dates)) == (("2,000", "1,000", "0"), expected)


def test_a_query_is_a_link_that_searches_it(client):
    links = page(client).select("[aria-labelledby=top] tbody a")
    assert [(link.text, link["href"]) for link in links if link.text == "cache"] == [("cache", "/search?q=cache")]


def test_the_page_is_in_the_language_of_the_author(client):
    text = client.get("/author?days=90", headers={**LOGIN, "Accept-Language": "de"}).text
    soup = BeautifulSoup(text, "html.parser")
    assert soup.h1.text == "Wonach gesucht wird"
    assert soup.select_one("#top").text == "Häufigste Suchanfragen"
    assert "Ohne Treffer" in {tag.text for tag in soup.select("th")}


def rows_with_heads(client):
    """Return the rows of all tables, each with the heads above it."""
    tables = page(client).select("table")
    found = [(row, table.select("thead th[scope=col]")) for table in tables for row in table.select("tbody tr")]
    assert found
    return found


def test_each_cell_says_what_it_is_where_rows_are_stacked(client):
    for row, heads in rows_with_heads(client):
        assert [cell["data-title"] for cell in row.find_all(["th", "td"])] == [head.text for head in heads]


def test_the_author_finds_drafts_by_their_words_and_reads_them(client):
    soup = drafts(client, "?q=future")
    (link,) = soup.select(".hit h2 a")
    assert (link.text, link["href"].partition("#")[0]) == ("Secret plans", "/author/drafts/draft.md?q=future")
    assert [tag.text for tag in soup.select(".hit .meta span")] == ["draft.md", "a draft"]
    assert soup.select_one(".passage mark").text == "future"
    shown = drafts(client, "/draft.md?q=future")
    assert (shown.h1.text, shown.select_one(".body mark").text) == ("Secret plans", "future")
    assert shown.select_one(".marks .back")["href"] == "/author/drafts?q=future"


@pytest.mark.parametrize("path", ["cache.md", "../index", "nowhere.md"])
def test_only_what_is_held_back_is_read_as_a_draft(client, path):
    assert client.get(f"/author/drafts/{path}", headers=LOGIN).status_code == 404


def test_drafts_are_searched_as_they_were_at_the_last_run(client, journal):
    assert len(drafts(client, "").select(".hit")) == 1
    journal.write(idea="---\ntitle: An idea\ndraft: true\n---\nOf marmalade.\n")
    assert [tag.text for tag in drafts(client, "?q=marmalade").select(".hit h2")] == ["An idea"]
    journal.write(idea="# An idea\n\nOf marmalade.\n", draft="# Plans\n\nPublic.\n")
    assert "No post is held back." in drafts(client, "").text


def test_readers_find_no_draft_after_the_author_has_searched_it(client):
    drafts(client, "?q=future")
    assert "Secret plans" not in client.get("/search?q=future").text
    assert client.get("/articles/draft").status_code == 404


def test_what_readers_typed_is_shown_as_text(client):
    soup = page(client)
    assert HOSTILE in soup.select_one("[aria-labelledby=nothing]").text
    assert [script["src"].startswith("/assets/") for script in soup.select("script")] == [True]
    assert not soup.select("[style], style, [onerror]")


def test_every_table_says_what_its_columns_and_rows_are(client):
    for row, heads in rows_with_heads(client):
        assert len(row.find_all(["th", "td"])) == len(heads)
        assert len(row.select("th[scope=row]")) == 1


def test_every_table_is_there_as_csv(client):
    links = [link["href"] for link in page(client).select(".export a") if ".csv" in link["href"]]
    assert {"/author/days.csv?days=90", "/author/top.csv?days=90"} <= set(links)
    for link in links:
        text = client.get(link, headers=LOGIN).text
        assert len({len(row) for row in csv.reader(io.StringIO(text))}) == 1


def test_no_secret_shapes_a_tag(journal, client):
    open_to_all = create_app(journal.settings, journal.engine).test_client()
    assert client.get("/search?q=cache").headers["ETag"] == open_to_all.get("/search?q=cache").headers["ETag"]


@pytest.mark.parametrize("address", STATISTICS)
def test_statistics_that_cannot_be_read_are_no_fault_of_the_server(client, journal, address):
    journal.settings.insights_file.write_bytes(b"no database" * 1000)
    response = client.get(address, headers=LOGIN)
    assert response.status_code == 503
    assert "Statistics are unavailable" in response.text
    assert "sqlite" not in response.text
