"""The real server, over real HTTP, in processes of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest

from backmatter.app.server.request_counts import RequestCounts
from tests.bench.machine import family
from tests.conftest import POSTS, make_journal
from tests.serving import (
    BACKMATTER,
    PATIENCE,
    ask,
    free_port,
    index,
    options,
    running,
    until,
    wait_for_a_minute_of_the_rate_limit,
    workers,
)


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


def test_the_first_search_waits_for_nothing_that_reads_posts(folder: Path, port: int):
    assert ask(port, "/")[0].status == 200  # The index is there.
    program = (
        "import sys; from backmatter.app import create_app; from backmatter.index.engines import open_engine; "
        "from backmatter.index.settings import Settings; from pathlib import Path; "
        "settings = Settings(content=(Path('content'),), index=Path('index')); "
        "answer = create_app(settings, open_engine(settings)).test_client().get('/search?q=cache'); "
        "print(answer.status_code, *{'bs4', 'lxml', 'markdown', 'markdown_it', 'nh3', 'pygments'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == "200\n"


@pytest.mark.parametrize(
    ("address", "status", "content_type", "text"),
    [
        ("/", 200, "text/html; charset=utf-8", "A Love Letter to the L1 Cache"),
        ("/search?q=monotonic+clock", 200, "text/html; charset=utf-8", "<mark>monotonic</mark>"),
        ("/search?q=%22%00%FF%E2%80", 200, "text/html; charset=utf-8", "Nothing for"),
        ("/nowhere", 404, "text/html; charset=utf-8", "Search for “nowhere”"),
        ("/articles/cache", 200, "text/html; charset=utf-8", '<h2 id="measure-it">'),
        ("/articles/..%2f..%2fetc%2fpasswd", 404, "text/html; charset=utf-8", "No such article"),
        ("/articles/../../etc/passwd", 404, "text/html; charset=utf-8", "No such article"),
        ("/articles/%00", 404, "text/html; charset=utf-8", "No such article"),
        ("//evil.example/search", 404, "text/html; charset=utf-8", "Page not found"),
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


def test_a_long_query_is_sent_as_json(port):
    body = json.dumps({"q": "monotonic " * 300}).encode()
    found, text = ask(port, "/api/v1/search", "POST", body, **{"Content-Type": "application/json"})
    assert (found.status, json.loads(text)["hits"][0]["title"]) == (200, "Just About Go Time")
    refused, text = ask(port, "/api/v1/search", "POST", body, **{"Content-Type": "text/plain"})
    assert (refused.status, json.loads(text)["code"]) == (415, "unsupported_media_type")


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


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /healthz HTTP/1.1\r\nHost: a", 200),
        ("GET /healthz HTTP/1.0", 200),
        ("GET /healthz HTTP/1.0\r\nHost: a", 200),
        ("GET /healthz HTTP/1.1\r\nHost: [::1]:8000", 200),
        ("GET /healthz HTTP/1.1\r\nHost: xn--bcher-kva.example:", 200),
        ("GET /healthz HTTP/1.1", 400),
        ("GET /healthz HTTP/1.1\r\nHost:", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a b", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a/b", 400),
        ("GET /healthz HTTP/1.1\r\nHost: user@a", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a:port", 400),
        ("GET /healthz HTTP/1.1\r\nHost: [a", 400),
        ("GET http://a/healthz HTTP/1.1", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a", 400),
        ("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked", 411),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", 411),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", 411),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -5", 400),
        ("GET /healthz HTTP/1.1\r\nHost : a", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n b", 400),
        (f"GET /healthz?{'a' * 100_000} HTTP/1.1\r\nHost: a", 414),
        (f"GET /healthz HTTP/1.1\r\nHost: a\r\nX: {'a' * 200_000}", 431),
        ("GET /healthz HTTP/1.1\r\nHost: a" + "\r\nX: a" * 200, 431),
    ],
)
def test_a_head_that_others_may_understand_differently_is_refused(port, head, status):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        assert int(connection.recv(65536).split()[1]) == status


def test_a_new_post_is_found_without_a_restart(folder, port):
    assert json.loads(ask(port, "/api/v1/search?q=hummingbird")[1])["total"] == 0
    (folder / "content" / "bird.md").write_text("# Birds\n\nA hummingbird hovers.\n", "utf-8")
    index(folder)
    # Every worker sees it, not only one that happens to answer first.
    assert {json.loads(ask(port, "/api/v1/search?q=hummingbird")[1])["total"] for _ in range(20)} == {1}
    assert ask(port, "/articles/bird")[0].status == 200


def test_workers_count_the_requests_of_a_client_together(folder):
    limits = {"BACKMATTER_SERVER_RATE_LIMIT": "20", "BACKMATTER_SERVER_PROXIES": "1"}
    with running(folder, workers=2, **limits) as (_, port):
        wait_for_a_minute_of_the_rate_limit()
        sent = [ask(port, "/suggest?q=ca", **{"X-Forwarded-For": "8.8.8.8"})[0].status for _ in range(40)]
    assert sent == [200] * 20 + [429] * 20


def test_processes_that_do_not_inherit_the_counts_share_them_too():
    counts = RequestCounts(float)
    process = get_context("spawn").Process(target=counts.wait_of, args=("a", 1))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert counts.wait_of("a", 1) > 0


def logged(output: str) -> list[dict[str, str]]:
    """Return what is in a log, of which every line is JSON.

    Warnings are Granian's, which may call a worker that has just ended one that refuses to stop.
    """
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize(
    ("tell", "sign"),
    [
        (os.kill, signal.SIGTERM),
        (os.killpg, signal.SIGTERM),
        (os.kill, signal.SIGINT),
        (os.killpg, signal.SIGINT),
        (os.kill, signal.SIGQUIT),
        (os.killpg, signal.SIGQUIT),
    ],
    ids=["a supervisor", "systemd", "a shell", "a terminal", "a shell, to quit", "a terminal, to quit"],
)
def test_the_server_stops_when_it_is_told_to(folder, tell, sign):
    with running(folder) as (process, port):
        assert ask(port, "/readyz")[0].status == 200
        tell(process.pid, sign)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert [line for line in logged(output) if line["level"] != "warning"] == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_a_worker_that_crashes_is_replaced_and_the_log_says_so_in_json(folder):
    with running(folder, workers=1) as (process, port):
        (worker,) = workers(process, port)
        os.kill(worker, signal.SIGKILL)
        until(lambda: workers(process, port) not in ([], [worker]))
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)
    errors = [line["event"] for line in logged(output) if line["level"] != "warning"]
    assert (process.returncode, errors) == (0, ["Unexpected exit from worker-1"])


def test_a_hangup_replaces_the_workers_one_by_one_and_readers_do_not_notice(folder):
    with running(folder) as (process, port):
        before = set(workers(process, port))
        process.send_signal(signal.SIGHUP)

        def is_replaced() -> bool:
            assert ask(port, "/readyz")[0].status == 200
            after = workers(process, port)
            return len(after) == 2 and not before & set(after)

        until(is_replaced)


def test_workers_end_with_a_server_that_is_killed(folder):
    with running(folder) as (process, port):
        _, *others = family(process.pid)
        process.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in others))
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


def test_a_theme_that_is_broken_is_said_in_one_line(folder, tmp_path):
    broken = tmp_path / "base.html"
    broken.write_text("<p>\n{% if %}")
    settings = tmp_path / "backmatter.toml"
    settings.write_text('[theme]\nfolder = "."\n')
    line = refused(folder, "--port", str(free_port()), "--config", str(settings))
    assert line.startswith(f"backmatter: {broken}:2: Expected an expression")


def test_an_index_that_is_lost_and_posts_that_are_not_there_are_no_circle_of_advice(tmp_path):
    journal = make_journal(tmp_path, POSTS)
    journal.index()
    min(journal.settings.index.glob("*.toc")).write_bytes(b"")
    shutil.rmtree(journal.content)
    journal.content.mkdir()
    *_, line = refused(tmp_path, "--port", str(free_port())).splitlines()
    assert line.endswith("there is no index to serve; do first what is said above")


def test_what_readers_look_for_is_not_logged(folder):
    with running(folder, workers=1) as (process, port):
        ask(port, "/search?q=private+matters&page=99")
        ask(port, "/api/v1/search?q=private+matters&sort=x")
        ask(port, "/articles/private-matters")
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)
    assert "private" not in output
