"""One writer at a time: a document that is held for a while, and held on to while its holder lives."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from time import time
from uuid import uuid4

from opensearchpy import OpenSearch, exceptions

from index.engines.opensearch.cluster import Cluster
from index.errors import BackmatterError, IndexLocked

ID = "writer"

# Seconds that a lock is held without a sign of life, and between two of them. Machines' clocks may differ by less.
LEASE, SIGN = 30, 5


class Lock:
    """A lock on an index, by a name of its own."""

    def __init__(self, cluster: Cluster, index: str, replicas: int) -> None:
        self._cluster, self._index, self._replicas = cluster, index, replicas
        self._token = uuid4().hex
        self._ended = threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            IndexLocked: Another process holds it.
        """
        self._cluster(self._take)
        living = threading.Thread(target=self._live, daemon=True)
        living.start()
        try:
            yield
        finally:
            self._ended.set()
            living.join()
            # What is not let go now runs out by itself.
            with suppress(BackmatterError):
                self._cluster(self._release)

    def check(self) -> None:
        """See that the lock is still held.

        Raises:
            IndexLocked: The cluster did not hear from this process for too long, and another one has taken it.
        """
        found = self._cluster.read(lambda client: client.get(index=self._index, id=ID, params={"ignore": 404}))
        if not found.get("found") or found["_source"]["token"] != self._token:
            raise IndexLocked(
                f"{self._index}: another process has taken over from this one, which was not heard of for too long; "
                "nothing was changed; run: backmatter index"
            )

    def _take(self, client: OpenSearch) -> None:
        with suppress(exceptions.RequestError):
            settings = {"number_of_shards": 1, "number_of_replicas": self._replicas}
            if not client.indices.exists(index=self._index):
                client.indices.create(index=self._index, body={"settings": settings})
        try:
            client.create(index=self._index, id=ID, body=self._body())
        except exceptions.ConflictError:
            self._take_over(client)

    def _take_over(self, client: OpenSearch) -> None:
        """Take a lock whose holder has not been heard of; of two that try, one does."""
        try:
            found = client.get(index=self._index, id=ID)
            # A request that was answered too late and sent again finds its own lock.
            if found["_source"]["until"] > time() and found["_source"]["token"] != self._token:
                raise IndexLocked(
                    f"{self._index}: another process is writing this index; wait until it has finished, or {LEASE} s "
                    "where it has died"
                )
            client.index(index=self._index, id=ID, body=self._body(), params=_only(found))
        except (exceptions.ConflictError, exceptions.NotFoundError):
            raise IndexLocked(f"{self._index}: another process is writing this index; try again") from None

    def _live(self) -> None:
        while not self._ended.wait(SIGN):
            with suppress(BackmatterError):
                self._cluster(self._renew)

    def _renew(self, client: OpenSearch) -> None:
        found = client.get(index=self._index, id=ID)
        if found["_source"]["token"] == self._token:
            client.index(index=self._index, id=ID, body=self._body(), params=_only(found))

    def _release(self, client: OpenSearch) -> None:
        found = client.get(index=self._index, id=ID)
        if found["_source"]["token"] == self._token:
            client.delete(index=self._index, id=ID, params=_only(found))

    def _body(self) -> dict[str, object]:
        return {"token": self._token, "until": time() + LEASE}


def _only(found: Mapping[str, int]) -> dict[str, int]:
    """Let a change be made only to what was found, and not to what another process made of it since."""
    return {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
