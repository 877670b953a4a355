"""The engine: an alias, an index behind it, and one writer at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from index.engines.opensearch.catalogue import Catalogue, Mark
from index.engines.opensearch.cluster import Access, Cluster
from index.engines.opensearch.lock import Lock
from index.engines.opensearch.mapping import FORMAT
from index.engines.opensearch.memory import Memory
from index.engines.opensearch.snapshot import ClusterSnapshot
from index.engines.opensearch.writing import OpenSearchWriting
from index.errors import IndexMissing, IndexOutdated
from index.model import Health


class OpenSearchEngine:
    """Keeps an index on a cluster."""

    def __init__(self, access: Access, name: str, *, shards: int = 1, replicas: int = 1) -> None:
        self._cluster = Cluster(access)
        self._catalogue = Catalogue(self._cluster, name, shards, replicas)
        self._name, self._replicas = name, replicas
        self._memory = Memory()
        self._lock = threading.Lock()
        self._snapshot: ClusterSnapshot | None = None

    def snapshot(self) -> ClusterSnapshot:
        """Give the latest complete generation; the one held before is given again while it is the latest."""
        with self._lock:
            index, mark = self._cluster.read(lambda _: self._catalogue.latest())
            held = self._snapshot
            if held and (mark.format != FORMAT or (held.index, held.generation) == (index, mark.generation)):
                # A newer version of this program may have built the index anew; what is read goes on until then.
                return held
            if mark.format != FORMAT:
                raise IndexOutdated(
                    f"{self._name}: another version of Backmatter wrote this index; run: backmatter index"
                )
            self._snapshot = ClusterSnapshot(self._catalogue, index, mark, self._memory)
            return self._snapshot

    @contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[OpenSearchWriting]:
        """Hold the lock while a commit is made.

        Raises:
            IndexLocked: Another process holds it.
            IndexUnavailable: The cluster cannot be reached, or has lost what it needs.
        """
        lock = Lock(self._cluster, f"{self._name}-lock", self._replicas)
        with lock.held():
            # First of all: whoever has lost the lock can make nothing of these current any more.
            for index in self._catalogue.unfinished():
                self._catalogue.delete(index)
            old, mark, average = self._before()
            if old:
                for index in self._catalogue.replaced(old):
                    self._catalogue.delete(index)
                mark = self._catalogue.put(old, mark.begin())
            writing = OpenSearchWriting(self._catalogue, old, mark, average, lock.check, rebuild=rebuild)
            try:
                if old and not rebuild:
                    writing.tidy()
                yield writing
            finally:
                writing.clean()

    def _before(self) -> tuple[str | None, Mark, float]:
        """Give the index that is there, its mark, and how long its posts are on average; 0 where that is not known."""
        try:
            index, mark = self._cluster.read(lambda _: self._catalogue.latest())
            snapshot = self.snapshot()
        except IndexMissing:
            return None, Mark(0), 0.0
        except IndexOutdated:
            return index, mark, 0.0
        return index, mark, snapshot.average

    @property
    def place(self) -> str:
        """The index and the nodes that are asked."""
        return f"{self._name} on {' '.join(self._cluster.access.hosts)}"

    def health(self) -> Health:
        """Tell how the cluster is, by the parts of this index."""
        found = self._cluster.read(lambda client: client.cluster.health(index=self._name))
        return Health(found["status"], found["number_of_nodes"], found["unassigned_shards"])
