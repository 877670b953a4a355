"""A small HTTP client for one thing: to wait little itself."""

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from time import perf_counter

HOST = "127.0.0.1"
# What the floor's server answers: as small as an answer can be.
SMALLEST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Connection:
    """One connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> bytes:
        """Ask for a path and read the whole answer.

        Raises:
            RuntimeError: The status is not 200, or the server has hung up.
        """
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        head, _, body = self._receive().partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head[:40]!r}")
        missing = _length(head) - len(body)
        while missing > 0:
            part = self._receive()
            body += part
            missing -= len(part)
        return body

    def close(self) -> None:
        """End the connection."""
        self.socket.close()

    def _receive(self) -> bytes:
        part = self.socket.recv(1 << 18)
        if not part:
            raise RuntimeError("the server has hung up")
        return part


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))


def rate(port: int, paths: Sequence[str], connections: int, seconds: float) -> float:
    """Give requests a second with this many connections that each ask again as soon as they are answered."""
    counts = [0] * connections
    stop = perf_counter() + seconds

    def ask(number: int) -> None:
        connection = Connection(port)
        while perf_counter() < stop:
            connection.get(paths[(number * 7 + counts[number]) % len(paths)])
            counts[number] += 1

    _at_once(ask, connections)
    return sum(counts) / seconds


def each_once(port: int, paths: Sequence[str], connections: int) -> float:
    """Ask for every path once, over this many connections; gives the seconds until all are answered."""
    left = deque(paths)

    def ask(_: int) -> None:
        with closing(Connection(port)) as connection, suppress(IndexError):
            while True:
                connection.get(left.popleft())

    started = perf_counter()
    _at_once(ask, connections)
    return perf_counter() - started


def _at_once(ask: Callable[[int], None], connections: int) -> None:
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def floor() -> Iterator[int]:
    """Run a server that does nothing but answer, in a process of its own; gives its port."""
    listener = socket.create_server((HOST, 0), backlog=64)
    process = get_context("fork").Process(target=_serve, args=(listener,), daemon=True)
    process.start()
    yield listener.getsockname()[1]
    process.kill()
    listener.close()


def _serve(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while connection.recv(1 << 16):
        connection.sendall(SMALLEST)
