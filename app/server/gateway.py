"""An event loop before the application: it waits for slow clients, so that the application never does.

The application is synchronous (WSGI), and a worker process runs it for one request at a time. The server is
asynchronous (RSGI: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md): it collects the head of
a request, and sends the response, however slow the client is. In between, the gateway collects the body.
"""

import asyncio
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from ..errors import BodiesPending, BodyTimeout, HostInvalid, LengthRequired, RequestError
from ..rendering.error_response import problem_response
from ..security import add_security_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined] # which it imports

# Seconds from the head of a request to the end of its body. GitHub itself gives up on a hook after ten.
BODY_TIMEOUT = 10
# Bytes of all bodies that a worker is collecting: four hooks of the largest size, or thousands of usual ones.
MAX_PENDING = 20_000_000

# A name or an address, and a port: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
_HOST = re.compile(r"(?: [\w.~!$&'()*+,;=%-]+ | \[ [\da-f:.]+ ] ) (?: : \d* )?", re.ASCII | re.IGNORECASE | re.VERBOSE)


class HeaderLookup(Protocol):
    """The headers of a request, by names in any case."""

    def get(self, name: str, /) -> str | None:
        """Return a header's value, None if there is none."""


def media_type(headers: HeaderLookup) -> str:
    """Return the type of a body without its parameters, "" if none is stated."""
    return (headers.get("Content-Type") or "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class BodyRule:
    """Which bodies are collected for a route. The application answers all other requests without their body.

    Attributes:
        max_bytes: The longest body that the route reads.
        admits: Whether these are the headers of a request whose body the route reads.
    """

    max_bytes: int
    admits: Callable[[HeaderLookup], bool]


class Gateway:
    """Run a WSGI application as an RSGI application.

    Args:
        application: What answers; it runs in the event loop's thread.
        body_rules: What POST requests may send, by path.
        root: Where the paths of its requests begin, which it is not told of.
    """

    def __init__(self, application: "WSGIApplication", body_rules: Mapping[str, BodyRule], root: str = "") -> None:
        self.application, self._body_rules, self.root = application, body_rules, root
        self._pending = 0

    async def __call__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Answer a request, of which RSGI gives the head as `scope`, and all else as `protocol`."""
        application = self.application
        headers, path = scope.headers.items(), scope.path.removeprefix(self.root)
        body = b""
        try:
            _check_head(scope.http_version, headers)
            rule = self._body_rules.get(path.rstrip("/")) if scope.method == "POST" else None
            if rule and _admits(rule, scope.headers):
                body = await self._collect(protocol)
        except RequestError as error:
            application = add_security_headers(problem_response(error))
        protocol.response_bytes(*_run(application, _wsgi_request(scope, self.root, headers, body)))

    async def _collect(self, protocol: "HTTPProtocol") -> bytes:
        """Collect a body.

        Raises:
            BodyTimeout: It has not ended in time.
            BodiesPending: Too many others are being collected.
        """
        parts, size = [], 0
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                async for part in protocol:
                    parts.append(part)
                    size += len(part)
                    self._pending += len(part)
                    if self._pending > MAX_PENDING:
                        raise BodiesPending
        except TimeoutError:
            raise BodyTimeout from None
        finally:
            self._pending -= size
        return b"".join(parts)


def _check_head(http_version: str, headers: Sequence[tuple[str, str]]) -> None:
    """Check what proxies and servers have understood differently, to somebody's profit.

    HTTP/1.1 has exactly one Host: https://www.rfc-editor.org/rfc/rfc9112#section-3.2. And no body that is sent here is
    of unknown length, so two statements of its length cannot contradict each other.

    Raises:
        HostInvalid: There is no Host, more than one, or one that is neither a name nor an address.
        LengthRequired: The body comes in chunks.
    """
    hosts = [value for name, value in headers if name == "host"]
    if len(hosts) > 1 or (not hosts and http_version != "1") or not all(map(_HOST.fullmatch, hosts)):
        raise HostInvalid
    if any(name == "transfer-encoding" for name, _ in headers):
        raise LengthRequired


def _admits(rule: BodyRule, headers: HeaderLookup) -> bool:
    """Check that a body may be collected; the application refuses one that says itself that it is too long."""
    length = headers.get("content-length") or "0"
    return rule.admits(headers) and length.isdecimal() and int(length) <= rule.max_bytes


def _wsgi_request(scope: "Scope", root: str, headers: Sequence[tuple[str, str]], body: bytes) -> "WSGIEnvironment":
    """Translate a request: https://peps.python.org/pep-3333/#environ-variables."""
    server, _, port = scope.server.rpartition(":")
    request: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": root,
        "PATH_INFO": scope.path.removeprefix(root).encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": "HTTP/1.0" if scope.http_version == "1" else "HTTP/1.1",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        key = _wsgi_name(name)
        if key:
            request[key] = f"{request[key]},{value}" if key in request else value
    if body:
        request["CONTENT_LENGTH"] = str(len(body))
    return request


@lru_cache(maxsize=64)
def _wsgi_name(name: str) -> str:
    """Return the name that WSGI gives a header, "" for one with `_`, which WSGI cannot tell from one with `-`."""
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _run(application: "WSGIApplication", request: "WSGIEnvironment") -> tuple[int, list[tuple[str, str]], bytes]:
    """Return an application's status, headers and body."""
    started: list[tuple[int, list[tuple[str, str]]]] = []
    body: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        started.append((int(status[:3]), headers))
        return body.append

    parts: Iterable[bytes] = application(request, start)
    try:
        body.extend(parts)
    finally:
        close = getattr(parts, "close", None)
        if close:
            close()
    return *started[-1], b"".join(body)
