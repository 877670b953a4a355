"""Posts, queries and headers are hostile; nothing of them acts on a page."""

import json
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from backmatter.app import create_app
from tests.conftest import POSTS, make_journal

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea></search><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "<mark>a</mark>&lt;b&gt;&amp;",
    "javascript:alert(1)",
    "\u202ereversed\u2066",
    "%3Cscript%3E%0d%0aSet-Cookie:%20a=b",
]

POST = """---
title: {quoted}
date: 2026-01-01
tags: [{quoted}]
author: {quoted}
summary: {quoted}
---
Findable words and {text}

## Heading {text}

```{text}
findable {text}
```

- {text}
"""


def in_yaml(text: str) -> str:
    """Write a text as YAML does between double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def check(response) -> BeautifulSoup:
    """Give a page in which nothing acts: no script, no handler, no address of a script, no style."""
    soup = BeautifulSoup(response.text, "html.parser")
    for data in soup.find_all("script", type="application/ld+json"):
        json.loads(data.extract().string)
    (script,) = soup.find_all("script")
    assert script["src"].startswith("/assets/script.")
    assert script.string is None
    assert not soup.find(["style", "svg", "iframe", "object", "embed"])
    for tag in soup.find_all():
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"], tag
        for name in ("href", "src", "action"):
            address = str(tag.get(name, "")).strip().lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:")), tag
    return soup


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """One journal for all, as nothing here changes it."""
    journal = make_journal(tmp_path_factory.mktemp("journal"), POSTS)
    journal.index()
    return create_app(journal.settings, journal.engine).test_client()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("address", ["/", "/search", "/articles/x", "/nowhere"])
@pytest.mark.parametrize("name", ["q", "tag", "year", "sort", "page"])
def test_whatever_is_asked_is_shown_as_text(client, text, address, name):
    check(client.get(address, query_string={name: text}, follow_redirects=True))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("address", ["/", "/search/", "/articles/", "/articles/cache/", "/assets/"])
def test_whatever_address_is_made_up_is_shown_as_text(client, text, address):
    response = client.get(address + quote(text, safe=""))
    assert response.status_code == 404
    check(response)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_query_stands_on_its_page_to_the_letter(client, text):
    soup = check(client.get("/search", query_string={"q": text}))
    assert soup.select_one("input[name=q]")["value"] == text
    assert text in soup.select_one("h1").get_text()
    assert text in soup.select_one("title").get_text()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tag_that_is_asked_for_stands_on_its_page_to_the_letter(client, text):
    soup = check(client.get("/search", query_string={"tag": text}))
    assert soup.select_one("input[name=tag]")["value"] == text
    assert soup.select_one(".chip").get_text().startswith(text)


@pytest.fixture(scope="module")
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A journal in which one post is called like a hostile text, and full of it."""
    post = POST.format(quoted=in_yaml(request.param), text=request.param)
    journal = make_journal(tmp_path_factory.mktemp("hostile"), POSTS | {"hostile.md": post})
    journal.index()
    return create_app(journal.settings, journal.engine).test_client()


@pytest.mark.parametrize("hostile", HOSTILE, indirect=True)
@pytest.mark.parametrize(
    "address", ["/", "/search?q=findable+words", "/search?q=findable", "/search?q=script+alert", "/search?q=xyzzy"]
)
def test_whatever_a_post_is_called_and_holds_is_shown_as_text(hostile, address):
    check(hostile.get(address))


@pytest.mark.parametrize("hostile", HOSTILE, indirect=True)
def test_whatever_is_in_an_article_does_nothing(hostile):
    response = hostile.get("/articles/hostile")
    assert response.status_code == 200
    check(response)


@pytest.mark.parametrize(("hostile", "text"), [(text, text) for text in HOSTILE[:7]], indirect=["hostile"])
def test_titles_tags_and_authors_stand_to_the_letter(hostile, text):
    soup = check(hostile.get("/search?q=findable+words"))
    (hit,) = soup.select(".hit")
    assert hit.select_one("h2").get_text().strip() == text
    assert hit.select_one(".meta [lang='']").get_text() == text
    assert hit.select_one(".tag").get_text() == text
    assert text in [link.get_text() for link in soup.select(".facets a")]
    soup = check(hostile.get("/articles/hostile"))
    assert soup.select_one("h1").get_text() == text
    assert soup.select_one("meta[name=description]")["content"] == text


@pytest.mark.parametrize("hostile", HOSTILE[:7], indirect=True)
def test_a_hostile_tag_narrows_to_its_article(hostile):
    soup = check(hostile.get("/search?q=findable+words"))
    (link,) = soup.select(".hit .tag")
    assert len(check(hostile.get(link["href"])).select(".hit")) == 1


ADDRESSES = [
    "/",
    "/search?q=a",
    "/articles/cache",
    "/articles/x",
    "/nowhere",
    "/api/v1/search",
    "/api/v1/x",
    "/healthz",
]


@pytest.mark.parametrize("address", [*ADDRESSES, "/search?page=0", "/api/v1/search?sort=x"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_tells_the_browser_what_not_to_do(client, address, method):
    headers = client.open(address, method=method).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert {"Referrer-Policy", "Permissions-Policy", "X-Frame-Options"} <= set(headers.keys())
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", [*ADDRESSES, "//evil.example/", "/articles//evil.example", "/search/", "//"])
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL"])
def test_who_the_client_says_we_are_is_used_for_nothing(client, address, header):
    response = client.get(address, headers={header: "evil.example"})
    assert "evil.example" not in "\n".join(map(str, response.headers.values()))
    assert response.status_code not in range(300, 400)
    if "evil" not in address:
        assert "evil.example" not in response.text


@pytest.mark.parametrize("host", ["", "a b", "evil.example\\", "[::1", "a" * 5_000, "evil.example:99999"])
def test_a_host_that_is_none_breaks_nothing(client, host):
    assert client.get("/search?q=cache", headers={"Host": host}).status_code in {200, 400}


@pytest.mark.parametrize("name", ["q", "tag", "page", "year", "sort", "per_page", "unknown"])
def test_huge_parameters_are_answered(client, name):
    for address in ("/search", "/api/v1/search"):
        response = client.get(f"{address}?{name}={'%3C' * 20_000}", follow_redirects=True)
        assert response.status_code in {200, 400, 404}


@pytest.mark.parametrize("query", ["&".join("a=1" for _ in range(5_000)), "&" * 9_000, "=" * 9_000, "q&q=&=q", "%"])
def test_odd_query_strings_are_answered(client, query):
    assert client.get(f"/search?{query}").status_code == 200


@pytest.mark.parametrize("tag", ['W/"x', '"', "\\", ",,,", "x" * 9_000, '"' * 999])
def test_odd_conditions_are_answered_in_full(client, tag):
    assert client.get("/search?q=cache", headers={"If-None-Match": tag}).status_code == 200


def test_files_of_the_program_and_the_content_are_not_served(client):
    for address in (
        "/assets/../cli.py",
        "/assets/..%2fcli.py",
        "/assets/style.css",
        "/assets/",
        "/static/style.css",
        "/content/time.md",
        "/.git/config",
        "/app/__init__.py",
    ):
        assert client.get(address).status_code == 404, address
