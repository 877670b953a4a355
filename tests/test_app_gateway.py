"""Bodies at the real server: whose is waited for, and for how many bytes."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from select import select

import pytest

from backmatter.app.routes.clicks import MAX_CLICK_BYTES
from backmatter.app.routes.reindex import MAX_BODY
from backmatter.app.server.gateway import MAX_PENDING
from tests.conftest import POSTS, make_journal
from tests.serving import PATIENCE, ask, running

SECRET = "an example".replace(" ", "-") * 2
READER = "User-Agent: Mozilla/5.0\r\n"
TYPED = f"{READER}Content-Type: text/plain;charset=UTF-8\r\n"
SIGNED = f"X-Hub-Signature-256: sha256={'0' * 64}\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("bodies")
    make_journal(folder, POSTS).index()
    with running(folder, workers=1, BACKMATTER_HOOKS_SECRET=SECRET) as (_, port):
        yield port


def connect(port: int, address: str, headers: str, length: int = 50, body: bytes = b"{") -> socket.socket:
    """Send the head of a request and some of its body."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    head = f"POST {address} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def status_of(connection: socket.socket) -> int:
    return int(connection.recv(65536).split()[1])


@pytest.mark.parametrize(
    ("address", "headers", "length", "status"),
    [
        ("/clicks", READER, 50, 415),
        ("/clicks", f"{READER}Content-Type: image/png\r\n", 50, 415),
        ("/clicks", f"{TYPED}Sec-Fetch-Site: cross-site\r\nOrigin: https://elsewhere.example\r\n", 50, 204),
        ("/clicks", f"{TYPED}Ping-To: /articles/cache\r\n", 50, 204),
        ("/clicks", TYPED, MAX_CLICK_BYTES + 1, 413),
        ("/api/v1/reindex", "", 50, 401),
        ("/api/v1/reindex", f"Authorization: Bearer {SECRET}\r\n", 50, 202),
        ("/api/v1/reindex", SIGNED, MAX_BODY + 1, 413),
        ("/api/v1/reindex/x", SIGNED, 50, 405),
        ("/search", TYPED, 50, 405),
        ("/nothing", TYPED, 50, 404),
    ],
)
def test_no_body_is_waited_for_that_is_not_read(port, address, headers, length, status):
    with connect(port, address, headers, length) as connection:
        assert status_of(connection) == status


@pytest.mark.parametrize(
    ("address", "headers", "body", "status"),
    [
        ("/clicks", TYPED, b'{"q": "cache", "url": "/articles/cache"}', 204),
        ("/clicks", TYPED, b'{"q": 1}', 400),
        ("/clicks/", TYPED, b'{"q": "cache", "url": "/articles/cache"}', 204),
        ("/api/v1/reindex", SIGNED, b"{}", 401),
    ],
)
def test_a_body_is_read_however_it_is_cut(port, address, headers, body, status):
    with connect(port, address, headers, len(body), b"") as connection:
        for at in range(len(body)):
            connection.sendall(body[at : at + 1])
        assert status_of(connection) == status


def test_large_bodies_that_do_not_end_are_refused_before_they_fill_the_memory(port):
    started = b" " * (MAX_BODY - 1)
    with ExitStack() as stack:
        bodies = [started] * (MAX_PENDING // len(started)) + [b" " * 9]
        held = [stack.enter_context(connect(port, "/api/v1/reindex", SIGNED, MAX_BODY, body)) for body in bodies]
        refused, _, _ = select(held, [], [], PATIENCE)
        assert [status_of(connection) for connection in refused] == [503]
        assert ask(port, "/api/v1/search?q=cache")[0].status == 200
        other = next(connection for connection in held if connection not in refused)
        other.sendall(b" ")
        assert status_of(other) == 401


def test_a_header_that_stands_twice_is_one_list_and_one_with_an_underscore_is_none(port):
    """A proxy that checks `X-Hub-Signature-256` does not see `X_Hub_Signature_256`, and neither does the server."""
    first, _ = ask(port, "/api/v1/search?q=cache")
    tag = first.headers["ETag"]
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        head = f'GET /api/v1/search?q=cache HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x"\r\nIf-None-Match: {tag}\r\n\r\n'
        connection.sendall(head.encode())
        assert status_of(connection) == 304
        connection.sendall(f"GET /api/v1/search?q=cache HTTP/1.1\r\nHost: a\r\nIf_None_Match: {tag}\r\n\r\n".encode())
        assert status_of(connection) == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("/articles/%63ache", 200), ("/articles/%ff", 404), ("/articles/2025/docker", 200), ("/articles/%E2%82%AC", 404)],
)
def test_a_path_is_decoded_once(port, path, status):
    assert ask(port, path)[0].status == status
