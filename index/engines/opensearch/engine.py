"""The OpenSearch engine: an alias, the index behind it, and one writer at a time."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ...errors import BackmatterError, IndexLocked, IndexMissing, IndexOutdated, SettingsError
from ...model import Health
from ...semantic.model import SemanticModel
from ..base import TOGETHER, Inspection, Part, Snapshot
from .builds import begin_build
from .catalogue import Catalogue, GenerationMark
from .cluster import Access, Cluster
from .holdings import HoldingsFile
from .lock import Lock
from .mapping import DOCUMENT_FORMAT
from .snapshot import ClusterSnapshot
from .writer import Base, OpenSearchWriter


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
        # The index and its mark, as they were read last.
        self._seen: tuple[str, GenerationMark] | None = None

    def inspect(self) -> Inspection:
        """Return what the index holds: a cluster checks its files by itself."""
        index, mark = self._latest()
        snapshot = self._opened(index, mark)
        return Inspection(snapshot.generation, snapshot.holdings(), {}, has_to_be_merged=mark.has_to_be_merged)

    def join(self, parts: Sequence[Part]) -> Snapshot:  # noqa: ARG002 - see `Engine`
        """Refuse: a cluster ranks one index at a time."""
        raise SettingsError(TOGETHER)

    def snapshot(self) -> ClusterSnapshot:
        """Return the latest complete generation; the same object until there is a newer one."""
        return self._opened(*self._latest())

    def _latest(self) -> tuple[str, GenerationMark]:
        self._seen = self._cluster.read(lambda _: self._catalogue.latest())
        return self._seen

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
        with lock.held(new=self._seen is None):
            base = self._begin(rebuild=rebuild)
            is_new = rebuild or base.current is None
            build = begin_build(self._catalogue, max(base.mark.begun, 1), self._model) if is_new else None
            writer = OpenSearchWriter(self._catalogue, base, self._kept, lock, self._model, build)
            try:
                if base.has_to_purge and not rebuild:
                    writer.purge()
                yield writer
            finally:
                writer.clean()

    def _begin(self, *, rebuild: bool) -> Base:
        """Begin a generation of the current index, if there is one."""
        if self._seen and self._seen[1].is_settled and not rebuild:
            # What this process has read is still so, unless the mark has changed since: then it cannot be written.
            with suppress(IndexLocked):
                return self._based(*self._seen, others=False, rebuild=False)
        try:
            index, mark = self._latest()
        except IndexMissing:
            return Base(None, GenerationMark(0), None)
        # First of all, so that a writer that has lost the lock cannot make one of them the current index.
        others = self._catalogue.tidy(index, rebuild=rebuild)
        return self._based(index, mark, others=others or rebuild, rebuild=rebuild)

    def _based(self, index: str, mark: GenerationMark, *, others: bool, rebuild: bool) -> Base:
        if mark.format != DOCUMENT_FORMAT and not rebuild:
            raise IndexOutdated(f"{self._name}: another version of Backmatter wrote this index")
        held = None if rebuild else self._opened(index, mark).holdings()
        if mark.has_to_be_merged and not rebuild:
            # Its request may be refused or lost: then OpenSearch merges what it likes.
            with suppress(BackmatterError):
                self._catalogue.compact(index)
        return Base(index, self._catalogue.put(index, mark.begin(others=others)), held, mark.has_to_purge)

    @property
    def location(self) -> str:
        """The name of the index and the addresses of the nodes."""
        return f"{self._name} on {' '.join(self._cluster.access.hosts)}"

    def health(self) -> Health:
        """Return the health of the cluster, judged by the shards of this index."""
        health = self._cluster.read(lambda client: client.cluster.health(index=self._name))
        return Health(health["status"], health["number_of_nodes"], health["unassigned_shards"])
