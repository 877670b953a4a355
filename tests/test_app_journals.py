"""Several journals in one real server, and the commands for them: each has its own readers, and nothing of another."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import run_command
from tests.serving import (
    BACKMATTER,
    PATIENCE,
    ask,
    running_as_set,
    until,
    wait_for_a_minute_of_the_rate_limit,
)

SETTINGS = """
[server]
public_url = "https://search.example.org"
metrics_token = "token-of-the-metrics"
proxies = 1

[[journal]]
name = "go"
path = "/go"
content = ["go"]
[journal.server]
origins = ["https://go.example.org"]
rate_limit = 3
[journal.hooks]
secret = "secret-of-the-go-journal"
[journal.insights]
token = "token-of-the-go-author"

[[journal]]
name = "rust"
path = "/go/rust"
content = ["rust"]
[journal.hooks]
secret = "secret-of-the-rust-journal"
[journal.insights]
token = "token-of-the-rust-author"

[[journal]]
name = "garden"
host = "garden.example.org"
content = ["garden"]
language = "de"
"""
POSTS = {"go": "Channels share a cache.", "rust": "Borrowed cache lines.", "garden": "Kohl im Cache."}
ADDRESSES = {"go": ("/go", "any.example"), "rust": ("/go/rust", "any.example"), "garden": ("", "garden.example.org")}
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def make_journals(folder: Path, settings: str = SETTINGS) -> Path:
    """Write settings and a post for each journal, all of the same name."""
    for name, text in POSTS.items():
        (folder / name).mkdir(parents=True)
        write(folder, name, "post", text)
    (folder / "backmatter.toml").write_text(settings, "utf-8")
    return folder


def write(folder: Path, journal: str, stem: str, text: str) -> None:
    post = f"---\ntitle: {stem.title()} of {journal}\ndate: 2026-06-09\n---\n{text}\n"
    (folder / journal / f"{stem}.md").write_text(post, "utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_journals(tmp_path_factory.mktemp("journals"))


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """A server of all of them, which found no index and made three."""
    with running_as_set(folder, workers=1) as (_, port):
        yield port


def get(port: int, journal: str, page: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    root, host = ADDRESSES[journal]
    response, body = ask(port, root + page, method, **{"Host": host, **headers})
    return response.status, body


@pytest.mark.parametrize("journal", ADDRESSES)
def test_each_journal_answers_at_its_own_address_with_its_own_posts(port, journal):
    _, body = get(port, journal, "/api/v1/search?q=cache")
    results = json.loads(body)
    assert [(hit["title"], hit["url"]) for hit in results["hits"]] == [
        (f"Post of {journal}", f"{ADDRESSES[journal][0]}/articles/post")
    ]
    status, page = get(port, journal, "/articles/post")
    assert status == 200
    assert POSTS[journal] in page
    assert not [text for other, text in POSTS.items() if other != journal and text in page]


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("any.example", "/go", "go"),
        ("any.example", "/go/", "go"),
        ("any.example", "/go/search?q=cache", "go"),
        ("any.example", "/go/rust", "rust"),
        ("127.0.0.1", "/go/rust/search?q=cache", "rust"),
        ("garden.example.org", "/", "garden"),
        ("GARDEN.example.org:8000", "/", "garden"),
        ("garden.example.org.", "/search?q=cache", "garden"),
        ("[::1]:8000", "/go/", "go"),
    ],
)
def test_host_and_path_say_which_journal_is_asked(port, host, path, expected):
    response, body = ask(port, path, Host=host)
    assert response.status == 200
    assert f'<span class="name">{expected}</span>' in body


@pytest.mark.parametrize(
    ("host", "path", "status", "code"),
    [
        ("any.example", "/", 404, "journal_not_found"),
        ("any.example", "/gopher/", 404, "journal_not_found"),
        ("any.example", "/articles/post", 404, "journal_not_found"),
        ("any.example", "//go/", 404, "journal_not_found"),
        ("any.example", "/readyz", 404, "journal_not_found"),
        ("go", "/", 404, "journal_not_found"),
        ("garden.example.org.evil.example", "/", 404, "journal_not_found"),
        ("evil.example#garden.example.org", "/", 400, "host_invalid"),
        ("garden.example.org/", "/", 400, "host_invalid"),
        ("user@garden.example.org", "/", 400, "host_invalid"),
        ("garden.example.org, any.example", "/go/", 400, "host_invalid"),
        ("[garden.example.org", "/", 400, "host_invalid"),
    ],
)
def test_what_is_no_journals_address_names_none(port, host, path, status, code):
    response, body = ask(port, path, Host=host)
    assert (response.status, json.loads(body)["code"]) == (status, code)
    assert not [name for name in POSTS if name in body]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL", "Forwarded", "X_Host"])
def test_no_other_header_chooses_a_journal_or_an_address(port, header):
    plain = get(port, "go", "/opensearch.xml")
    assert get(port, "go", "/opensearch.xml", **{header: "garden.example.org"}) == plain


def test_a_host_of_one_journal_has_no_other(port):
    assert ask(port, "/go/", Host="garden.example.org")[0].status == 404


@pytest.mark.parametrize("journal", ["go", "rust"])
def test_every_address_on_a_page_is_the_journals(port, journal):
    pages = ["/", "/search?q=cache", "/search?q=nothing-has-it", "/articles/post", "/nowhere", "/privacy"]
    text = "".join(get(port, journal, page)[1] for page in pages)
    found = set(re.findall(r'(?:href|src|action|data-clicks)="(/[^"]*)"', text))
    assert len(found) > 10
    assets = [address for address in found if "/assets/" in address]
    assert [ask(port, address)[0].status for address in assets] == [200] * 3
    assert not [address for address in found if not f"{address}/".startswith(f"{ADDRESSES[journal][0]}/")]


@pytest.mark.parametrize(
    ("journal", "home"),
    [
        ("go", "https://search.example.org/go"),
        ("rust", "https://search.example.org/go/rust"),
        ("garden", "https://garden.example.org"),
    ],
)
@pytest.mark.parametrize(
    ("page", "end"),
    [
        ("/opensearch.xml", "/search?q={searchTerms}"),
        ("/sitemap.xml", "/articles/post</loc>"),
        ("/robots.txt", "/sitemap.xml"),
        ("/search.atom?q=cache", "/articles/post"),
        ("/search.json?q=cache", '/search.json?q=cache"'),
        ("/llms.txt", "/articles/post.md"),
        ("/", '/">'),
    ],
)
def test_absolute_addresses_are_those_of_the_journal(port, journal, home, page, end):
    assert home + end in get(port, journal, page)[1]


def test_a_cached_answer_or_a_tag_of_one_journal_is_none_of_another(port):
    answers = {}
    for _ in range(2):
        for journal, (root, host) in ADDRESSES.items():
            response, body = ask(port, f"{root}/search?q=cache", Host=host)
            answers.setdefault(journal, []).append((response.headers["ETag"], body))
    assert all(first == second for first, second in answers.values())
    assert len({first for first, _ in answers.values()}) == len(ADDRESSES)
    for journal in ADDRESSES:
        tags = ", ".join(first[0] for other, (first, _) in answers.items() if other != journal)
        assert get(port, journal, "/search?q=cache", **{"If-None-Match": tags})[0] == 200


@pytest.mark.parametrize(
    ("journal", "page", "method", "secret", "status"),
    [
        ("go", "/api/v1/reindex", "POST", "secret-of-the-go-journal", 202),
        ("rust", "/api/v1/reindex", "POST", "secret-of-the-go-journal", 401),
        ("go", "/api/v1/reindex", "POST", "secret-of-the-rust-journal", 401),
        ("garden", "/api/v1/reindex", "POST", "secret-of-the-go-journal", 404),
        ("go", "/author", "GET", "token-of-the-go-author", 200),
        ("rust", "/author", "GET", "token-of-the-go-author", 401),
        ("garden", "/author", "GET", "token-of-the-go-author", 404),
        ("go", "/author", "GET", "secret-of-the-go-journal", 401),
    ],
)
def test_a_secret_of_one_journal_opens_nothing_of_another(port, journal, page, method, secret, status):
    assert get(port, journal, page, method, Authorization=f"Bearer {secret}")[0] == status


def test_a_job_of_one_journal_is_not_told_by_another_and_indexes_its_posts_alone(port, folder):
    write(folder, "rust", "later", "Lifetimes.")
    write(folder, "garden", "later", "Karotten.")
    response, _ = ask(port, "/go/rust/api/v1/reindex", "POST", Authorization="Bearer secret-of-the-rust-journal")
    job = response.headers["Location"]
    assert job.startswith("/go/rust/api/v1/reindex/")
    assert ask(port, job.replace("/go/rust/", "/go/"))[0].status == 404
    until(lambda: "Later of rust" in get(port, "rust", "/api/v1/search?q=lifetimes")[1])
    assert json.loads(get(port, "garden", "/api/v1/search?q=karotten")[1])["total"] == 0


def test_another_site_may_ask_only_the_journal_that_allows_it(port):
    allowed = [
        ask(port, f"{root}/api/v1/suggest?q=c", Host=host, Origin="https://go.example.org")[0].headers.get(
            "Access-Control-Allow-Origin"
        )
        for root, host in ADDRESSES.values()
    ]
    assert allowed == ["https://go.example.org", None, None]


def test_requests_to_one_journal_use_up_nobody_elses(port):
    wait_for_a_minute_of_the_rate_limit()
    client = {"X-Forwarded-For": "8.8.8.8"}
    assert [get(port, "go", "/search", **client)[0] for _ in range(4)] == [200, 200, 200, 429]
    assert get(port, "rust", "/search", **client)[0] == 200


def test_searches_are_counted_for_the_journal_in_which_they_were_made(port, folder):
    def counted() -> list[int]:
        reports = [
            run_command(folder, "insights", "--json", "--journal", journal).stdout for journal in ("rust", "garden")
        ]
        return [json.loads(report)["searches"] for report in reports]

    before = counted()
    get(port, "rust", "/search?q=ownership", **READER)
    for text in ("tomaten", "erbsen"):
        get(port, "garden", f"/search?q={text}", **READER)
    until(lambda: counted() == [before[0] + 1, before[1] + 2])


def test_health_and_metrics_of_the_server_are_there_by_any_name(port):
    assert ask(port, "/healthz", Host="10.0.0.1")[0].status == 200
    response, body = ask(port, "/metrics", Host="10.0.0.1", Authorization="Bearer token-of-the-metrics")
    assert response.status == 200
    assert {f'backmatter_generation{{journal="{name}"}}' for name in POSTS} <= set(re.findall(r"^(\S+) ", body, re.M))
    assert get(port, "go", "/readyz")[0] == 200


def test_a_damaged_index_is_told_to_its_own_readers_alone(tmp_path):
    make_journals(tmp_path)
    assert run_command(tmp_path, "index").returncode == 0
    for file in (tmp_path / ".backmatter/rust/index").iterdir():
        file.write_bytes(b"no index")
    (tmp_path / "rust/post.md").unlink()
    (tmp_path / "rust").rmdir()
    (tmp_path / "rust").write_text("no folder")
    with running_as_set(tmp_path, workers=1) as (_, port):
        assert (get(port, "rust", "/search?q=cache")[0], get(port, "rust", "/readyz")[0]) == (503, 503)
        assert (get(port, "go", "/search?q=cache")[0], get(port, "go", "/readyz")[0]) == (200, 200)
        assert ask(port, "/healthz")[0].status == 200


# Commands


def test_commands_are_run_for_every_journal_or_for_one(tmp_path):
    make_journals(tmp_path)
    done = run_command(tmp_path, "index", "--json")
    assert (done.returncode, done.stderr.split()) == (0, ["go:", "rust:", "garden:"])
    reports = [json.loads(part) for part in re.split(r"\n(?={)", done.stdout)]
    assert [report["added"] for report in reports] == [["post.md"]] * 3
    assert "Post of rust" in run_command(tmp_path, "search", "--journal", "rust", "cache").stdout
    assert run_command(tmp_path, "check").stderr.split() == ["go:", "rust:", "garden:"]
    assert run_command(tmp_path, "doctor", "--journal", "go").stderr == ""
    assert "go, rust, garden" in run_command(tmp_path, "--help").stdout


def test_what_fails_for_one_journal_is_done_for_the_others(tmp_path):
    make_journals(tmp_path)
    (tmp_path / "go/post.md").unlink()
    (tmp_path / "go").rmdir()
    done = run_command(tmp_path, "index")
    assert done.returncode == 2
    assert "go" in done.stderr.splitlines()[1]
    assert "Post of garden" in run_command(tmp_path, "search", "--journal", "garden", "cache").stdout


def test_a_command_for_one_journal_asks_which(tmp_path):
    make_journals(tmp_path)
    done = run_command(tmp_path, "backup", "all.zip")
    assert done.returncode == 2
    assert done.stderr == "backmatter: there are several journals; name one with --journal: go, rust, garden\n"


def test_all_journals_are_watched(tmp_path):
    make_journals(tmp_path)
    watching = subprocess.Popen(
        [BACKMATTER, "watch"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert watching.stdout
    try:
        said = {watching.stdout.readline().split()[1] for _ in range(6)}
        write(tmp_path, "rust", "later", "Lifetimes.")
        until(lambda: "Later of rust" in run_command(tmp_path, "search", "--journal", "rust", "lifetimes").stdout)
    finally:
        watching.terminate()
        watching.communicate(timeout=PATIENCE)
    assert set(POSTS) <= said
