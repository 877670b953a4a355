"""Readers are answered beside clients that are slow or broken, and the server gets rid of these."""

import json
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backmatter.app.cli import HEAD_TIMEOUT
from backmatter.app.server.gateway import BODY_TIMEOUT
from tests.conftest import POSTS, make_journal
from tests.serving import PATIENCE, ask, open_files, running, until, workers
from tests.torture import THOROUGH
from tests.torture.clients import BEHAVIOURS, clients, connect, response, stop_in_click, stop_in_head, stop_in_hook

COUNT = 500 if THOROUGH else 20
ANSWERS = 50
SECRET = "an example".replace(" ", "-") * 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slow")
    make_journal(folder, POSTS).index()
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[tuple]:
    """A server with a single worker, which has a single thread for readers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
    with running(folder, workers=1, BACKMATTER_HOOKS_SECRET=SECRET) as (process, port):
        yield process, port


def answered(port: int) -> None:
    """Ask as new readers do."""
    for number in range(ANSWERS):
        answer, text = ask(port, f"/api/v1/search?q=cache+OR+word{number}")
        assert (answer.status, json.loads(text)["total"]) == (200, 2)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_readers_are_answered_beside_clients_that(server: tuple, behaviour: Callable[[socket.socket], None]):
    _, port = server
    with clients(port, [behaviour], COUNT):
        answered(port)
    answered(port)


def test_readers_are_answered_beside_all_of_them(server: tuple):
    _, port = server
    with clients(port, BEHAVIOURS, COUNT):
        answered(port)


def test_who_is_too_slow_is_told_so_and_disconnected(server: tuple):
    assert max(HEAD_TIMEOUT, BODY_TIMEOUT) < PATIENCE
    _, port = server
    with connect(port) as head, connect(port) as click, connect(port) as hook:
        stop_in_head(head)
        stop_in_click(click)
        stop_in_hook(hook)
        assert [response(client)[:12] for client in (head, click, hook)] == [b"", b"HTTP/1.1 408", b"HTTP/1.1 408"]


def test_pipelined_requests_are_answered_in_order(server: tuple):
    addresses = ["/healthz", "/api/v1/search?q=cache", "/nothing.json", "/readyz"]
    requests = [f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n" for address in addresses]
    with connect(server[1]) as client:
        client.sendall("".join(requests).encode() + b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        statuses = [int(each[:3]) for each in response(client).split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 200, 404, 200, 200]


def test_connections_that_are_gone_leave_nothing_behind(server: tuple):
    process, port = server
    (worker,) = workers(process, port)
    answered(port)
    before = len(open_files(worker))
    with clients(port, BEHAVIOURS, COUNT):
        answered(port)
    until(lambda: len(open_files(worker)) <= before + 1)
