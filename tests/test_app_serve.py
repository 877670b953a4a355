"""The real server, over real HTTP, in processes of its own."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import POSTS, make_journal
from tests.serving import BACKMATTER, PATIENCE, ask, free_port, index, options, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts that nobody has indexed yet."""
    folder = tmp_path_factory.mktemp("served")
    make_journal(folder, POSTS)
    return folder


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """A server that found no index and made one."""
    with running(folder) as (_, port):
        yield port


@pytest.mark.parametrize(
    ("address", "status", "content_type", "text"),
    [
        ("/", 200, "text/html; charset=utf-8", "A Love Letter to the L1 Cache"),
        ("/search?q=monotonic+clock", 200, "text/html; charset=utf-8", "<mark>monotonic</mark>"),
        ("/search?q=%22%00%FF%E2%80", 200, "text/html; charset=utf-8", "Nothing for"),
        ("/search?page=9", 404, "text/html; charset=utf-8", "No such page of results"),
        ("/articles/cache", 200, "text/html; charset=utf-8", '<h2 id="measure-it">'),
        ("/articles/..%2f..%2fetc%2fpasswd", 404, "text/html; charset=utf-8", "No such article"),
        ("/articles/../../etc/passwd", 404, "text/html; charset=utf-8", "No such article"),
        ("/articles/%00", 404, "text/html; charset=utf-8", "No such article"),
        ("//evil.example/search", 404, "text/html; charset=utf-8", "Nothing is here"),
        ("/api/v1/search?q=monotonic", 200, "application/json", '"total":1'),
        ("/api/v1/search?sort=x", 400, "application/problem+json", '"parameter":"sort"'),
        ("/api/v1/suggest?q=mono", 200, "application/json", "Just About Go Time"),
        ("/api/v1/openapi.json", 200, "application/json", '"openapi":"3.1.0"'),
        ("/healthz", 200, "application/json", "ok"),
        ("/readyz", 200, "application/json", "ready"),
    ],
)
def test_the_journal_is_served(port, address, status, content_type, text):
    response, body = ask(port, address)
    assert (response.status, response.headers["Content-Type"]) == (status, content_type)
    assert text in body
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_conditional_requests_work_on_the_wire(port):
    first, body = ask(port, "/search?q=cache")
    again, nothing = ask(port, "/search?q=cache", **{"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, nothing) == (200, 304, "")
    assert body
    assert again.headers["ETag"] == first.headers["ETag"]


def test_head_has_no_body_and_other_methods_are_refused(port):
    head, body = ask(port, "/", "HEAD")
    assert (head.status, body) == (200, "")
    assert int(head.headers["Content-Length"]) > 0
    refused, _ = ask(port, "/search", "POST")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_headers_cannot_be_injected(port):
    response, body = ask(port, "/search?q=a%0d%0aSet-Cookie:%20a=b&tag=%0d%0aX-Evil:%201")
    assert response.status == 200
    assert not {"Set-Cookie", "X-Evil"} & set(response.headers)
    assert "a\r\nSet-Cookie: a=b" in body.replace("&#13;", "\r").replace("&#10;", "\n")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\0\xff\r\n\r\n",
        b"GET /search?q=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_hardly_http_does_no_harm(port, data):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b"evil.example" not in answer
    assert ask(port, "/healthz")[0].status == 200


def test_a_new_post_is_found_without_a_restart(folder, port):
    assert json.loads(ask(port, "/api/v1/search?q=hummingbird")[1])["total"] == 0
    (folder / "content" / "bird.md").write_text("# Birds\n\nA hummingbird hovers.\n", "utf-8")
    index(folder)
    # Every worker sees it, not only one that happens to answer first.
    assert {json.loads(ask(port, "/api/v1/search?q=hummingbird")[1])["total"] for _ in range(20)} == {1}
    assert ask(port, "/articles/bird")[0].status == 200


@pytest.mark.parametrize(
    ("tell", "sign"),
    [(os.kill, signal.SIGTERM), (os.kill, signal.SIGINT), (os.killpg, signal.SIGINT)],
    ids=["a supervisor", "a shell", "a terminal"],
)
def test_the_server_stops_when_it_is_told_to(folder, tell, sign):
    with running(folder) as (process, port):
        assert ask(port, "/readyz")[0].status == 200
        tell(process.pid, sign)
        output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def refused(folder: Path, *more: str) -> str:
    """Give the one line with which the server refuses to start."""
    command = [BACKMATTER, "serve", *options(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=folder, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_port_that_is_taken_is_said_in_one_line(folder, port):
    line = refused(folder, "--port", str(port))
    assert re.fullmatch(rf"backmatter: cannot listen on 127\.0\.0\.1, port {port}: .* in use; .*--port", line)


@pytest.mark.parametrize("host", ["203.0.113.1", "x" * 300])
def test_a_host_that_is_not_ours_is_said_in_one_line(folder, host):
    line = refused(folder, "--host", host)
    assert line.startswith(f"backmatter: cannot listen on {host}, port 8000: ")
    assert len(line.splitlines()) == 1


def test_content_that_is_not_there_is_said_in_one_line(tmp_path):
    assert "content" in refused(tmp_path, "--port", str(free_port()))


def test_what_readers_look_for_is_not_logged(folder):
    with running(folder, workers=1) as (process, port):
        ask(port, "/search?q=private+matters&page=99")
        ask(port, "/api/v1/search?q=private+matters&sort=x")
        ask(port, "/articles/private-matters")
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)
    assert output == ""
