"""The lock of an index: a document with a lease, which its holder renews."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from time import time
from uuid import uuid4

from opensearchpy import OpenSearch, exceptions

from ...errors import BackmatterError, IndexLocked
from .cluster import BulkLine, Cluster

# The id of the document.
ID = "writer"

# Seconds after which a lock expires, and between renewals. Clocks of machines must differ by less.
LEASE, RENEWAL = 30, 5


class Lock:
    """A lock, stored in an index of its own."""

    def __init__(self, cluster: Cluster, index: str, replicas: int) -> None:
        self._cluster, self._index, self._replicas = cluster, index, replicas
        self._token = uuid4().hex
        self._ended = threading.Event()
        self._renewing = threading.Thread(target=self._keep, daemon=True)
        self._held: Mapping[str, int] = {}

    @contextmanager
    def held(self, *, new: bool) -> Iterator[None]:
        """Hold the lock, which has been taken before unless it may be `new`.

        Raises:
            IndexLocked: Another process holds it.
        """
        if new:
            self._cluster(self._create)
        self._cluster(self._take)
        self._renewing.start()
        try:
            yield
        finally:
            self._stop()
            if self._held:
                # A lock that is not released expires.
                with suppress(BackmatterError):
                    self._cluster(self._release)

    @contextmanager
    def releasing(self) -> Iterator[BulkLine]:
        """Yield the line by which a bulk request releases the lock; if the request fails, it is released later."""
        self._stop()
        yield {"delete": {"_index": self._index, "_id": ID, **_if_unchanged(self._held)}}
        self._held = {}

    def _stop(self) -> None:
        """End the renewals."""
        self._ended.set()
        self._renewing.join()

    def check(self) -> None:
        """Check that the lock is still held.

        Raises:
            IndexLocked: The lock expired and another process has taken it.
        """
        document = self._cluster.read(lambda client: client.get(index=self._index, id=ID, params={"ignore": 404}))
        if not document.get("found") or document["_source"]["token"] != self._token:
            raise IndexLocked(
                f"{self._index}: this process did not renew its lock in time and another one has taken over; "
                "nothing was changed; run: backmatter index"
            )

    def _create(self, client: OpenSearch) -> None:
        settings = {"number_of_shards": 1, "number_of_replicas": self._replicas}
        with suppress(exceptions.RequestError):
            if not client.indices.exists(index=self._index):
                client.indices.create(index=self._index, body={"settings": settings})

    def _take(self, client: OpenSearch) -> None:
        try:
            self._held = client.create(index=self._index, id=ID, body=self._body())
        except exceptions.ConflictError:
            self._take_over(client)

    def _take_over(self, client: OpenSearch) -> None:
        """Take an expired lock; if two processes try, one succeeds."""
        try:
            document = client.get(index=self._index, id=ID)
            # A request that the client sent twice finds its own lock.
            if document["_source"]["until"] > time() and document["_source"]["token"] != self._token:
                raise IndexLocked(
                    f"{self._index}: another process is writing this index; wait until it has finished, or {LEASE} s "
                    "if it has died"
                )
            self._held = client.index(index=self._index, id=ID, body=self._body(), params=_if_unchanged(document))
        except (exceptions.ConflictError, exceptions.NotFoundError):
            raise IndexLocked(f"{self._index}: another process is writing this index; try again") from None

    def _keep(self) -> None:
        while not self._ended.wait(RENEWAL):
            with suppress(BackmatterError):
                self._cluster(self._renew)

    def _renew(self, client: OpenSearch) -> None:
        document = client.get(index=self._index, id=ID)
        if document["_source"]["token"] == self._token:
            self._held = client.index(index=self._index, id=ID, body=self._body(), params=_if_unchanged(document))

    def _release(self, client: OpenSearch) -> None:
        try:
            client.delete(index=self._index, id=ID, params=_if_unchanged(self._held))
        except (exceptions.ConflictError, exceptions.NotFoundError):
            # The response to a renewal was lost, or another process has taken over.
            document = client.get(index=self._index, id=ID)
            if document["_source"]["token"] == self._token:
                client.delete(index=self._index, id=ID, params=_if_unchanged(document))

    def _body(self) -> dict[str, object]:
        return {"token": self._token, "until": time() + LEASE}


def _if_unchanged(document: Mapping[str, int]) -> dict[str, int]:
    """Return the parameters that make a change fail if the document has changed since it was read."""
    return {"if_seq_no": document["_seq_no"], "if_primary_term": document["_primary_term"]}
