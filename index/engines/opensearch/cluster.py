"""The client of the cluster, and the translation of its exceptions into ours."""

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from queue import Queue
from typing import Any, TypeVar

import msgspec
from opensearchpy import OpenSearch, exceptions, helpers
from opensearchpy.helpers import errors
from opensearchpy.serializer import JSONSerializer

from ...errors import (
    BackmatterError,
    DiskFull,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexUnavailable,
    SettingsError,
)
from ...lazy import lazy

T = TypeVar("T")

# A line of a bulk request: what is done to a document, or a document.
BulkLine = dict[str, Any]

# An operation of a bulk request, as the client's helpers take it.
Action = Mapping[str, Any]

# Documents that are made before the cluster takes them, beside the request of up to 5 MB that is under way.
MADE_AHEAD = 50

# How often a request is repeated, on other nodes, before it fails.
RETRIES = 3

# Seconds between the attempts of a read: a cluster replaces a lost node in less than their sum.
RETRY_DELAYS = (0.1, 0.3, 1, 3, 6)
# Statuses of responses to requests that may succeed when repeated.
TRANSIENT_STATUSES = (429, 502, 503, 504)

# Our exception for each exception of the client, and what to do about it.
FAILURES: dict[type[Exception], tuple[type[BackmatterError], str]] = {
    exceptions.OpenSearchException: (IndexUnavailable, "look at the cluster's log"),
    exceptions.OpenSearchWarning: (IndexUnavailable, "look at the cluster's log"),
    exceptions.OpenSearchDeprecationWarning: (IndexUnavailable, "look at the cluster's log"),
    exceptions.ImproperlyConfigured: (SettingsError, "correct the settings in [opensearch]"),
    exceptions.SerializationError: (IndexDamaged, "run: backmatter index --full"),
    exceptions.OpenSearchDslException: (IndexDamaged, "run: backmatter index --full"),
    exceptions.UnknownDslObject: (IndexDamaged, "run: backmatter index --full"),
    exceptions.ValidationException: (IndexDamaged, "run: backmatter index --full"),
    exceptions.IllegalOperation: (IndexUnavailable, "look at the cluster's log"),
    exceptions.TransportError: (IndexUnavailable, "look at the cluster's log, then try again"),
    exceptions.ConnectionError: (IndexUnavailable, "see that a node of opensearch.hosts runs, then try again"),
    exceptions.ConnectionTimeout: (IndexUnavailable, "raise opensearch.timeout, or look at the cluster's load"),
    exceptions.SSLError: (IndexUnavailable, "see that opensearch.ca names the authority of the nodes' certificates"),
    exceptions.NotFoundError: (IndexMissing, "run: backmatter index"),
    exceptions.ConflictError: (IndexLocked, "another process is writing this index; wait until it has finished"),
    exceptions.RequestError: (IndexDamaged, "run: backmatter index --full"),
    exceptions.AuthenticationException: (
        IndexUnavailable,
        "see to opensearch.user and opensearch.password, or opensearch.token",
    ),
    exceptions.AuthorizationException: (IndexUnavailable, "give the user the right to read and write the index"),
    errors.BulkIndexError: (IndexUnavailable, "run: backmatter index, which sends what is missing"),
    errors.ScanError: (IndexUnavailable, "look at the cluster's log, then try again"),
}

# The first version of OpenSearch with the scores of Lucene 8 and later; see `query_dsl`.
FIRST_MODERN = 3

# Part of the error message of a node whose disk is full.
FLOOD = "flood-stage"


class Access(msgspec.Struct, frozen=True):
    """The addresses of the cluster and the credentials; the timeout is in seconds. `repr` shows no secret."""

    hosts: tuple[str, ...]
    user: str = ""
    password: str = ""
    token: str = ""
    ca: Path | None = None
    timeout: int = 30

    def __repr__(self) -> str:
        return f"Access({', '.join(self.hosts)})"


def meaning(error: Exception) -> BackmatterError:
    """Return our exception for one of the client's."""
    if FLOOD in str(error):
        return DiskFull(f"OpenSearch: a node's disk is full ({error}); free some space, then run: backmatter index")
    kind, advice = next(FAILURES[base] for base in type(error).__mro__ if base in FAILURES)
    return kind(f"OpenSearch: {type(error).__name__}: {error}; {advice}")


def is_transient(error: BaseException | None) -> bool:
    """Return whether a request may succeed when repeated, as when the shards of a lost node are not yet replaced."""
    if isinstance(error, exceptions.SSLError):
        return False
    unreachable = isinstance(error, exceptions.ConnectionError)
    return unreachable or (isinstance(error, exceptions.TransportError) and error.status_code in TRANSIENT_STATUSES)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise our exceptions in place of the client's."""
    try:
        yield
    except tuple(FAILURES) as error:
        raise meaning(error) from error


def accepted(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return one of several responses in one, or raise what the client raises for one that is alone."""
    if error := response.get("error"):
        kind = exceptions.HTTP_EXCEPTIONS.get(response["status"], exceptions.TransportError)
        raise kind(response["status"], error["type"], error.get("reason"))
    return response


class FastSerializer(JSONSerializer):
    """Reads and writes JSON; responses and bulk requests have megabytes of it."""

    def loads(self, s: str) -> Any:
        """Return what a response says."""
        try:
            return msgspec.json.decode(s)
        except msgspec.DecodeError as error:
            raise exceptions.SerializationError(s, error) from error

    def dumps(self, data: Any) -> str:
        """Return a request; a string is one already."""
        return data if isinstance(data, str) else msgspec.json.encode(data).decode()


class Cluster:
    """Sends requests to a cluster; every process has a client of its own."""

    def __init__(self, access: Access) -> None:
        self.access = access

    @property
    def client(self) -> OpenSearch:
        """The client of this process."""
        return _client(self.access, os.getpid())

    @lazy
    def is_legacy(self) -> bool:
        """Whether OpenSearch is older than 3.0, whose scores are others."""
        version: str = self.read(lambda client: client.info())["version"]["number"]
        return int(version.partition(".")[0]) < FIRST_MODERN

    def __call__(self, operation: Callable[[OpenSearch], T]) -> T:
        """Run an operation with the client; its exceptions become ours."""
        with translated_errors():
            return operation(self.client)

    def read(self, operation: Callable[[OpenSearch], T]) -> T:
        """Run an operation that changes nothing, and repeat it while the cluster replaces a lost node."""
        for seconds in RETRY_DELAYS:
            try:
                return self(operation)
            except IndexUnavailable as error:
                if not is_transient(error.__cause__):
                    raise
            time.sleep(seconds)
        return self(operation)

    def change(self, lines: Sequence[BulkLine]) -> dict[str, Any]:
        """Make a change, and others with it in the same request, which may fail; return the response to the first."""
        with translated_errors():
            (response,) = self.client.bulk(body=lines)["items"][0].values()
            return dict(accepted(response))

    def bulk(self, actions: Iterable[Action], *, require_alias: bool = False, refresh: bool = False) -> None:
        """Send many documents; those that the cluster is too busy for are sent again after growing delays.

        A thread sends while the next documents are made; as it falls behind, these wait. After an error, no more are
        made. With `require_alias`, sending documents does not create an index. With `refresh`, searches find them.
        """
        waiting: Queue[Action | None] = Queue(MADE_AHEAD)
        failed = threading.Event()
        options = {"require_alias": require_alias, "refresh": str(refresh).lower()}
        with translated_errors(), ThreadPoolExecutor(1) as sender:
            sent = sender.submit(self._send, iter(waiting.get, None), failed, options)
            try:
                for action in takewhile(lambda _: not failed.is_set(), actions):
                    waiting.put(action)
            finally:
                waiting.put(None)
            sent.result()

    def _send(self, actions: Iterator[Action], failed: threading.Event, options: Mapping[str, Any]) -> None:
        try:
            responses = helpers.streaming_bulk(
                self.client,
                actions,
                chunk_size=200,
                max_chunk_bytes=5_000_000,
                max_retries=5,
                initial_backoff=1,
                raise_on_error=True,
                **options,
            )
            for _ in responses:
                pass
        finally:
            failed.set()
            # Whoever makes documents may be waiting for room.
            for _ in actions:
                pass


@lru_cache(maxsize=8)
def _client(access: Access, _process: int) -> OpenSearch:
    options: dict[str, Any] = {}
    if any(host.startswith("https:") for host in access.hosts):
        options["ssl_context"] = _trusting(access.ca)
    if access.user:
        options["http_auth"] = (access.user, access.password)
    if access.token:
        options["headers"] = {"Authorization": f"Bearer {access.token}"}
    with translated_errors():
        return OpenSearch(
            list(access.hosts),
            timeout=access.timeout,
            max_retries=RETRIES,
            retry_on_timeout=True,
            retry_on_status=(502, 503, 504),
            pool_maxsize=16,
            serializer=FastSerializer(),
            **options,
        )


def _trusting(ca: Path | None) -> ssl.SSLContext:
    """Return the TLS context that verifies nodes: by the certificate of an authority, or by those of the system."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        reason = "it contains no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingsError(f"opensearch.ca = {str(ca)!r}: cannot be read ({reason}); name a file in PEM") from None
