"""Compressed responses: the same body in each coding, and none of what has a secret."""

import gzip
import re

import brotli
import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace

from backmatter.app import create_app
from backmatter.app.context import journal as opened
from backmatter.app.response_cache import ENTRY_BYTES
from backmatter.app.server.ahead import compress_files
from backmatter.app.server.compression import compress_file
from backmatter.index.settings import HookSettings, InsightsSettings, ServerSettings
from tests.conftest import POSTS, make_journal

DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress}
PAGES = [
    *("/", "/search?q=cache", "/articles/cache", "/articles/cache?q=line", "/privacy"),
    *("/api/v1/search?q=cache", "/api/v1/suggest?q=cac", "/api/v1/articles/cache/related", "/api/v1/openapi.json"),
    *("/search.atom?q=cache", "/search.json?q=cache", "/llms.txt", "/sitemap.xml", "/opensearch.xml"),
]
COMPONENT = "/backmatter-search.js"
COMPONENTS = (COMPONENT, "/backmatter-dialog.js", "/backmatter-words-de.js")
# What a search took; each coding is that of a search of its own.
TOOK = re.compile(rb'"took_ms":[\d.]+')
SECRET = "a secret of some length"  # noqa: S105 - of these tests


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """One journal for all, as nothing here changes it; it has every page that asks for a secret."""
    journal = make_journal(tmp_path_factory.mktemp("journal"), POSTS)
    journal.index()
    settings = replace(
        journal.settings,
        server=ServerSettings(metrics_token=SECRET),
        insights=InsightsSettings(token=SECRET),
        hooks=HookSettings(secret=SECRET),
    )
    return create_app(settings, journal.engine).test_client()


def assets(client: FlaskClient) -> list[str]:
    return re.findall(r'"(/assets/[^"]+)"', client.get("/").text)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("br;q=0, gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("zstd, deflate, compress", None),
        ("br;q=x,,\x7f;;", None),
        ("gzip" * 5_000, None),
    ],
)
def test_a_client_is_sent_the_coding_that_it_likes_best(client, accepted, expected):
    for address in ("/search?q=cache", COMPONENT, assets(client)[0]):
        response = client.get(address, headers={"Accept-Encoding": accepted})
        assert response.status_code == 200
        assert response.headers.get("Content-Encoding") == expected


@pytest.mark.parametrize("address", [*PAGES, COMPONENT])
@pytest.mark.parametrize("coding", DECODERS)
def test_a_body_is_the_same_in_each_coding_and_caches_are_told_of_them(client, coding, address):
    plain, coded = (client.get(address, headers={"Accept-Encoding": accepted}) for accepted in ("", coding))
    assert TOOK.sub(b"", DECODERS[coding](coded.data)) == TOOK.sub(b"", plain.data)
    assert len(coded.data) == int(coded.headers["Content-Length"]) < len(plain.data)
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in coded.vary


@pytest.mark.parametrize("coding", DECODERS)
def test_style_sheet_and_script_are_as_small_as_they_can_be(client, coding):
    smallest = {"br": lambda body: brotli.compress(body, quality=11), "gzip": lambda body: gzip.compress(body, mtime=0)}
    for address in [*assets(client), COMPONENT]:
        coded = client.get(address, headers={"Accept-Encoding": coding})
        assert coded.data == smallest[coding](client.get(address).data)
        assert "Accept-Encoding" in coded.vary


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("origins", [(), ("https://blog.example.org",)])
def test_files_are_compressed_before_they_are_asked_for(journal, coding, origins):
    journal.index()
    app = create_app(replace(journal.settings, server=ServerSettings(origins=origins)), journal.engine)
    compress_file.cache_clear()
    compress_files(app)
    compressed = compress_file.cache_info().misses
    addresses = [*assets(app.test_client()), *(COMPONENTS if origins else ())]
    assert len(addresses) >= 3
    for address in addresses:
        assert app.test_client().get(address, headers={"Accept-Encoding": coding}).headers["Content-Encoding"] == coding
    assert compress_file.cache_info().misses == compressed


def test_style_sheet_and_scripts_are_sent_without_comments(client):
    files = [client.get(address).text for address in assets(client) if not address.endswith(".svg")]
    assert [file for file in files if "/*" in file or "\n  " in file or re.search("^ *// ", file, re.MULTILINE)] == []


@pytest.mark.parametrize("address", ["/search?q=cache", "/api/v1/search?q=cache", COMPONENT])
def test_whoever_holds_a_body_in_one_coding_need_not_load_another(client, address):
    tags = {client.get(address, headers={"Accept-Encoding": coding}).headers["ETag"] for coding in ("", "br", "gzip")}
    (tag,) = tags
    assert tag.startswith('W/"')
    for coding in ("", "br", "gzip"):
        response = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": tag})
        assert (response.status_code, response.data) == (304, b"")
        assert "Accept-Encoding" in response.vary
        assert "Content-Encoding" not in response.headers


def test_head_has_the_length_that_get_has(client):
    for coding in ("", "br", "gzip"):
        accepted = {"Accept-Encoding": coding}
        asked, body = client.head(PAGES[1], headers=accepted), client.get(PAGES[1], headers=accepted)
        assert asked.data == b""
        assert asked.headers["Content-Length"] == body.headers["Content-Length"] == str(len(body.data))


@pytest.mark.parametrize("address", ["/search?q=cache", "/api/v1/search?q=cache", "/api/v1/suggest?q=cac"])
def test_the_cache_holds_what_is_sent(journal, address):
    app = create_app(journal.settings, journal.engine)
    sent = [app.test_client().get(address, headers={"Accept-Encoding": coding}).data for coding in ("br", "gzip", "br")]
    with app.app_context():
        cache = opened().cache
    assert sent[0] == sent[2] != sent[1]
    assert (len(cache), cache.size) == (2, 2 * ENTRY_BYTES + len(sent[0]) + len(sent[1]))


@pytest.mark.parametrize("address", ["/author", "/author/queries.csv", "/metrics", "/api/v1/reindex", "/nowhere?q=a"])
def test_what_asks_for_a_secret_and_what_repeats_an_address_that_is_not_there_is_sent_as_it_is(client, address):
    headers = {"Accept-Encoding": "br, gzip", "Authorization": f"Bearer {SECRET}"}
    for response in (client.get(address, headers=headers), client.get(address, headers={"Accept-Encoding": "br"})):
        assert response.data
        assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("address", PAGES)
def test_nothing_that_is_compressed_depends_on_a_secret(client, address):
    stranger = client.get(address, headers={"Accept-Encoding": "br"})
    known = client.get(
        address, headers={"Accept-Encoding": "br", "Authorization": f"Bearer {SECRET}", "Cookie": "session=secret"}
    )
    assert (known.data, known.headers) == (stranger.data, stranger.headers)
    assert SECRET.encode() not in brotli.decompress(known.data)
