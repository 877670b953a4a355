"""What whoever keeps the server running learns of it, and what not."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from backmatter.app import create_app
from backmatter.index.settings import ServerSettings
from tests.conftest import POSTS, make_journal
from tests.insights import TOKEN
from tests.serving import PATIENCE, ask, running

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_journal(tmp_path, POSTS)
    return tmp_path


def test_the_figures_are_of_all_workers_together(folder, monkeypatch):
    monkeypatch.setenv("BACKMATTER_SERVER_METRICS_TOKEN", TOKEN)
    with running(folder, workers=2) as (_, port):
        for _ in range(20):
            ask(port, "/search?q=private+matters")
        ask(port, "/nowhere")
        shown = {ask(port, "/metrics", **BEARER)[1] for _ in range(5)}
    for text in shown:
        figures = dict(re.findall(r"^(backmatter_\S+) (\S+)$", text, re.MULTILINE))
        assert figures['backmatter_requests_total{method="GET",route="/search",status="200"}'] == "20.0"
        assert figures['backmatter_requests_total{method="",route="",status="404"}'] == "1.0"
        assert figures['backmatter_request_seconds_count{route="/search"}'] == "20.0"
        assert figures["backmatter_generation"] == "1.0"
        assert "private" not in text


def test_figures_are_for_whoever_knows_the_token(journal):
    settings = msgspec.structs.replace(journal.settings, server=ServerSettings(metrics_token=TOKEN))
    client = create_app(settings, journal.engine).test_client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401
    client.get("/")
    assert 'route="/",status="200"} 1.0' in client.get("/metrics", headers=BEARER).text
    without = create_app(journal.settings, journal.engine).test_client()
    assert without.get("/metrics", headers={"Authorization": "Bearer"}).status_code == 404


def logged(folder: Path) -> list[dict[str, object]]:
    """Return the lines that some requests leave in the log; stopping a worker may leave others."""
    with running(folder, workers=1) as (process, port):
        ask(port, "/search?q=private+matters")
        ask(port, "/articles/cache?q=x")
        ask(port, "/private")
        ask(port, "/api/v1/search", "POST", b'{"q": "private too"}', **{"Content-Type": "application/json"})
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)
    lines = map(json.loads, output.splitlines())
    return [line for line in lines if line["event"] == "request"]


def test_a_line_of_the_log_is_a_request_without_what_is_searched_for(folder, monkeypatch):
    monkeypatch.setenv("BACKMATTER_SERVER_LOG", "requests")
    lines = logged(folder)
    seen = [(line["event"], line["method"], line["route"], line["status"]) for line in lines]
    assert seen == [
        ("request", "GET", "/search", 200),
        ("request", "GET", "/articles/<path:slug>", 200),
        ("request", "", "", 404),
        ("request", "POST", "/api/v1/search", 200),
    ]
    assert "private" not in str(lines)


def test_what_is_searched_for_is_logged_only_where_that_is_asked_for(folder, monkeypatch):
    monkeypatch.setenv("BACKMATTER_SERVER_LOG", "queries")
    assert [line.get("query") for line in logged(folder)] == ["private matters", "x", None, "private too"]
