"""The cluster's client, and its failures as ours."""

import os
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from opensearchpy import OpenSearch, exceptions, helpers
from opensearchpy.helpers import errors

from index.errors import (
    BackmatterError,
    DiskFull,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexUnavailable,
    SettingsError,
)

T = TypeVar("T")

# Other nodes are asked so many times before a request fails.
RETRIES = 3

# Seconds between the tries of a search: a node that died is noticed, and its parts are taken over, in less.
PATIENCE = (0.1, 0.3, 1, 3, 6)
# Nothing but the moment is wrong with a request that is answered so.
PASSING = (429, 502, 503, 504)

# Nothing to be found, no right to look, nobody there: what each failure of the client means, and what to do.
FAILURES: dict[type[Exception], tuple[type[BackmatterError], str]] = {
    exceptions.OpenSearchException: (IndexUnavailable, "look at the cluster's log"),
    exceptions.OpenSearchWarning: (IndexUnavailable, "look at the cluster's log"),
    exceptions.OpenSearchDeprecationWarning: (IndexUnavailable, "look at the cluster's log"),
    exceptions.ImproperlyConfigured: (SettingsError, "correct the settings that begin with opensearch_"),
    exceptions.SerializationError: (IndexDamaged, "run: backmatter index --full"),
    exceptions.OpenSearchDslException: (IndexDamaged, "run: backmatter index --full"),
    exceptions.UnknownDslObject: (IndexDamaged, "run: backmatter index --full"),
    exceptions.ValidationException: (IndexDamaged, "run: backmatter index --full"),
    exceptions.IllegalOperation: (IndexUnavailable, "look at the cluster's log"),
    exceptions.TransportError: (IndexUnavailable, "look at the cluster's log, then try again"),
    exceptions.ConnectionError: (IndexUnavailable, "see that a node of opensearch_hosts runs, then try again"),
    exceptions.ConnectionTimeout: (IndexUnavailable, "raise opensearch_timeout, or look at the cluster's load"),
    exceptions.SSLError: (IndexUnavailable, "see that opensearch_ca names the authority of the nodes' certificates"),
    exceptions.NotFoundError: (IndexMissing, "run: backmatter index"),
    exceptions.ConflictError: (IndexLocked, "another process is writing this index; wait until it has finished"),
    exceptions.RequestError: (IndexDamaged, "run: backmatter index --full"),
    exceptions.AuthenticationException: (
        IndexUnavailable,
        "see to opensearch_user and opensearch_password, or opensearch_token",
    ),
    exceptions.AuthorizationException: (IndexUnavailable, "give the user the right to read and write the index"),
    errors.BulkIndexError: (IndexUnavailable, "run: backmatter index, which sends what is missing"),
    errors.ScanError: (IndexUnavailable, "look at the cluster's log, then try again"),
}

# What OpenSearch says where a node's disk is full.
FLOOD = "flood-stage"


class Access(msgspec.Struct, frozen=True):
    """Where the cluster is and how to be let in; the timeout is in seconds. What it prints has no secret."""

    hosts: tuple[str, ...]
    user: str = ""
    password: str = ""
    token: str = ""
    ca: Path | None = None
    timeout: int = 30

    def __repr__(self) -> str:
        return f"Access({', '.join(self.hosts)})"


def meaning(error: Exception) -> BackmatterError:
    """Give our error for one of the client's."""
    if FLOOD in str(error):
        return DiskFull(f"OpenSearch: a node's disk is full ({error}); free some space, then run: backmatter index")
    kind, advice = next(FAILURES[each] for each in type(error).__mro__ if each in FAILURES)
    return kind(f"OpenSearch: {type(error).__name__}: {error}; {advice}")


def passes(error: BaseException | None) -> bool:
    """Tell whether a failure is of the moment: nobody listens, or a node's parts are not yet taken over."""
    if isinstance(error, exceptions.SSLError):
        return False
    unheard = isinstance(error, exceptions.ConnectionError)
    return unheard or (isinstance(error, exceptions.TransportError) and error.status_code in PASSING)


@contextmanager
def translated() -> Iterator[None]:
    """Raise our errors in place of the client's."""
    try:
        yield
    except tuple(FAILURES) as error:
        raise meaning(error) from error


class Cluster:
    """A client of a process: connections are not shared with those that it starts."""

    def __init__(self, access: Access) -> None:
        self.access = access

    @property
    def client(self) -> OpenSearch:
        """The client of this process."""
        return _client(self.access, os.getpid())

    def __call__(self, operation: Callable[[OpenSearch], T]) -> T:
        """Do something with the client; its failures become ours."""
        with translated():
            return operation(self.client)

    def read(self, operation: Callable[[OpenSearch], T]) -> T:
        """Do something that changes nothing, and again while the cluster gets over the loss of a node."""
        for seconds in PATIENCE:
            try:
                return self(operation)
            except IndexUnavailable as error:
                if not passes(error.__cause__):
                    raise
            time.sleep(seconds)
        return self(operation)

    def bulk(self, actions: Iterable[Mapping[str, Any]], *, require_alias: bool = False) -> None:
        """Send many documents; what the cluster is too busy for is sent again, more slowly each time.

        With `require_alias`, an index is not created by what is sent to it.
        """
        with translated():
            sent = helpers.streaming_bulk(
                self.client,
                actions,
                chunk_size=200,
                max_chunk_bytes=5_000_000,
                max_retries=5,
                initial_backoff=1,
                raise_on_error=True,
                require_alias=require_alias,
            )
            for _ in sent:
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
    with translated():
        return OpenSearch(
            list(access.hosts),
            timeout=access.timeout,
            max_retries=RETRIES,
            retry_on_timeout=True,
            retry_on_status=(502, 503, 504),
            pool_maxsize=16,
            **options,
        )


def _trusting(ca: Path | None) -> ssl.SSLContext:
    """Give what checks the nodes' certificates and names: by an authority's certificate, or by those of the system."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        reason = "there is no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingsError(f"opensearch_ca = {str(ca)!r}: cannot be read ({reason}); name a file in PEM") from None
