"""The author's pages: for nobody else, and right for every eye and ear."""

import csv
import io
from base64 import b64encode

import msgspec
import pytest
from bs4 import BeautifulSoup

from backmatter.app import create_app
from backmatter.index.insights.store import DAY
from backmatter.index.settings import InsightsSettings
from tests.insights import TOKEN, clicked, record, searched

LOGIN = {"Authorization": f"Bearer {TOKEN}"}
ADDRESSES = ["/author", "/author/top.csv", "/author/ubi.jsonl"]
HOSTILE = '"><script>alert(1)</script>'


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def client(journal):
    """A journal in which something was searched for on three days."""
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
def test_nobody_without_the_secret_sees_anything(client, address, authorization):
    response = client.get(address, headers={"Authorization": authorization} if authorization else {})
    assert (response.status_code, response.headers["Cache-Control"]) == (401, "no-store")
    assert response.headers["WWW-Authenticate"].startswith("Basic")
    assert "cache" not in response.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("authorization", [f"Bearer {TOKEN}", basic("", TOKEN), basic("anybody", TOKEN)])
def test_the_secret_is_a_token_or_a_password(client, address, authorization):
    response = client.get(address + "?days=90", headers={"Authorization": authorization})
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert "cache" in response.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("authorization", ["", "Bearer", basic("", "")])
def test_without_a_secret_the_pages_are_not_there(journal, address, authorization):
    client = create_app(journal.settings, journal.engine).test_client()
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


def test_what_readers_typed_is_shown_as_text(client):
    soup = page(client)
    assert HOSTILE in soup.select_one("[aria-labelledby=nothing]").text
    assert [script["src"].startswith("/assets/") for script in soup.select("script")] == [True]
    assert not soup.select("[style], style, [onerror]")


def test_every_table_says_what_its_columns_and_rows_are(client):
    for table in page(client).select("table"):
        heads = table.select("thead th[scope=col]")
        assert heads
        for row in table.select("tbody tr"):
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


@pytest.mark.parametrize("address", ADDRESSES)
def test_statistics_that_cannot_be_read_are_no_fault_of_the_server(client, journal, address):
    journal.settings.insights_file.write_bytes(b"no database" * 1000)
    response = client.get(address, headers=LOGIN)
    assert response.status_code == 503
    assert "Statistics are unavailable" in response.text
    assert "sqlite" not in response.text
