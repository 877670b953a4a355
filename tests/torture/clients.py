"""Clients that are slow or broken, each a connection that stays in one state."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.serving import PATIENCE

HOST = b"Host: a\r\n"
BROWSER = b"User-Agent: Mozilla/5.0\r\n"
SIGNATURE = b"X-Hub-Signature-256: sha256=" + b"0" * 64 + b"\r\n"


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def send_nothing(_: socket.socket) -> None:
    pass


def stop_in_line(client: socket.socket) -> None:
    client.sendall(b"GET /sear")


def stop_in_head(client: socket.socket) -> None:
    client.sendall(b"GET /search?q=cache HTTP/1.1\r\n" + HOST + b"X-Slow: ")


def stop_in_click(client: socket.socket) -> None:
    head = b"POST /clicks HTTP/1.1\r\n" + HOST + BROWSER + b"Content-Type: text/plain\r\nContent-Length: 60\r\n\r\n"
    client.sendall(head + b'{"')


def stop_in_hook(client: socket.socket) -> None:
    client.sendall(b"POST /api/v1/reindex HTTP/1.1\r\n" + HOST + SIGNATURE + b"Content-Length: 4000000\r\n\r\n{")


def stop_in_large_hook(client: socket.socket) -> None:
    client.sendall(
        b"POST /api/v1/reindex HTTP/1.1\r\n" + HOST + SIGNATURE + b"Content-Length: 99999\r\n\r\n" + b" " * 65536
    )


def stop_in_unsigned_hook(client: socket.socket) -> None:
    client.sendall(b"POST /api/v1/reindex HTTP/1.1\r\n" + HOST + b"Content-Length: 4000000\r\n\r\n{")


def stay_idle(client: socket.socket) -> None:
    client.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
    client.recv(65536)


def read_nothing(client: socket.socket) -> None:
    """Ask for more than the buffers of both sides hold."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall((b"GET /search?q=cache HTTP/1.1\r\n" + HOST + b"\r\n") * 4)


def close_one_half(client: socket.socket) -> None:
    stop_in_hook(client)
    client.shutdown(socket.SHUT_WR)


def reset(client: socket.socket) -> None:
    stop_in_hook(client)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()


def leave_before_the_response(client: socket.socket) -> None:
    client.sendall(b"GET /search?q=cache HTTP/1.1\r\n" + HOST + b"\r\n")
    client.close()


def speak_no_http(client: socket.socket) -> None:
    client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 100)


BEHAVIOURS: list[Callable[[socket.socket], None]] = [
    send_nothing,
    stop_in_line,
    stop_in_head,
    stop_in_click,
    stop_in_hook,
    stop_in_large_hook,
    stop_in_unsigned_hook,
    stay_idle,
    read_nothing,
    close_one_half,
    reset,
    leave_before_the_response,
    speak_no_http,
]


def response(client: socket.socket) -> bytes:
    """Read until the server closes the connection."""
    received = b""
    while part := client.recv(65536):
        received += part
    return received


@contextmanager
def clients(port: int, behaviours: list[Callable[[socket.socket], None]], count: int) -> Iterator[None]:
    """Keep a number of connections open, each behaving in one of some ways, in turn."""
    held = []
    try:
        for number in range(count):
            held.append(connect(port))
            behaviours[number % len(behaviours)](held[-1])
        yield
    finally:
        for client in held:
            client.close()
