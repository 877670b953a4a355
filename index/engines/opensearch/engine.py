"""The OpenSearch engine: an alias, the index behind it, and one writer at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import IndexMissing, IndexOutdated
from ...model import Health
from ...semantic.model import SemanticModel
from ..base import Inspection
from .catalogue import Catalogue, GenerationMark
from .cluster import Access, Cluster
from .holdings import HoldingsFile
from .lock import Lock
from .mapping import DOCUMENT_FORMAT
from .snapshot import ClusterSnapshot
from .writer import OpenSearchWriter


class OpenSearchEngine:
    """Stores an index on a cluster.

    Args:
        access: How the cluster is reached.
        name: The name of the index there.
        shards: Its parts.
        replicas: Copies of each part.
        model: Makes vectors of posts and queries; None for none.
        directory: Where runs remember what the index holds; None to read it from the cluster each time.
    """

    def __init__(
        self,
        access: Access,
        name: str,
        *,
        shards: int = 1,
        replicas: int = 1,
        model: SemanticModel | None = None,
        directory: Path | None = None,
    ) -> None:
        self._model = model
        self._kept = HoldingsFile(directory)
        self._cluster = Cluster(access)
        self._catalogue = Catalogue(self._cluster, name, shards, replicas)
        self._name, self._replicas = name, replicas
        self._lock = threading.Lock()
        self._snapshot: ClusterSnapshot | None = None

    def inspect(self) -> Inspection:
        """Return what the index holds: a cluster checks its files by itself."""
        snapshot = self.snapshot()
        return Inspection(snapshot.generation, snapshot.holdings(), {})

    def snapshot(self) -> ClusterSnapshot:
        """Return the latest complete generation; the same object until there is a newer one."""
        return self._opened(*self._cluster.read(lambda _: self._catalogue.latest()))

    def _opened(self, index: str, mark: GenerationMark) -> ClusterSnapshot:
        with self._lock:
            held = self._snapshot
            if held and (mark.format != DOCUMENT_FORMAT or (held.index, held.generation) == (index, mark.generation)):
                # If a newer version has rebuilt the index, this process serves the old one until it is replaced.
                return held
            if mark.format != DOCUMENT_FORMAT:
                raise IndexOutdated(f"{self._name}: another version of Backmatter wrote this index")
            self._snapshot = ClusterSnapshot(self._catalogue, index, mark, self._kept, self._model)
            return self._snapshot

    @contextmanager
    def writer(self, *, rebuild: bool = False) -> Iterator[OpenSearchWriter]:
        """Lock the index and yield a writer.

        Raises:
            IndexLocked: Another process holds it.
            IndexUnavailable: The cluster cannot be reached, or has lost a part of the index.
        """
        lock = Lock(self._cluster, f"{self._name}-lock", self._replicas)
        with lock.held():
            # First of all, so that a writer that has lost the lock cannot make one of them the current index.
            indexes = self._catalogue.indexes()
            for index in self._catalogue.unfinished(indexes):
                self._catalogue.delete(index)
            old, mark, snapshot = self._before()
            if old:
                for index in self._catalogue.replaced(old, indexes):
                    self._catalogue.delete(index)
                has_to_purge = mark.has_to_purge
                mark = self._catalogue.put(old, mark.begin())
            average, held = (snapshot.average, snapshot.holdings()) if snapshot and not rebuild else (0.0, None)
            writer = OpenSearchWriter(
                self._catalogue, old, mark, average, held, self._kept, lock.check, self._model, rebuild=rebuild
            )
            try:
                if old and not rebuild and has_to_purge:
                    writer.purge()
                yield writer
            finally:
                writer.clean()

    def _before(self) -> tuple[str | None, GenerationMark, ClusterSnapshot | None]:
        """Return the current index, its mark and generation, if there are any, and can be read."""
        try:
            index, mark = self._cluster.read(lambda _: self._catalogue.latest())
        except IndexMissing:
            return None, GenerationMark(0), None
        try:
            return index, mark, self._opened(index, mark)
        except IndexOutdated:
            return index, mark, None

    @property
    def location(self) -> str:
        """The name of the index and the addresses of the nodes."""
        return f"{self._name} on {' '.join(self._cluster.access.hosts)}"

    def health(self) -> Health:
        """Return the health of the cluster, judged by the shards of this index."""
        health = self._cluster.read(lambda client: client.cluster.health(index=self._name))
        return Health(health["status"], health["number_of_nodes"], health["unassigned_shards"])
