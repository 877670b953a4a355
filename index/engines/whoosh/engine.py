"""The embedded engine: one directory, no server."""

import threading
from collections.abc import Collection, Iterable
from pathlib import Path

from whoosh import index as whoosh_index
from whoosh.index import FileIndex
from whoosh.writing import CLEAR, LockError

from index.engines.whoosh.schema import schema
from index.engines.whoosh.snapshot import WhooshSnapshot
from index.engines.whoosh.writer import PostWriter
from index.errors import IndexDamaged, IndexLocked, IndexMissing
from index.model import Post


class WhooshEngine:
    """Keeps a Whoosh index in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._snapshot: WhooshSnapshot | None = None

    def snapshot(self) -> WhooshSnapshot:
        """Give the latest complete generation; the one held before is given again while it is the latest."""
        with self._lock:
            index = self._open()
            if self._snapshot is None or self._snapshot.generation != index.latest_generation():
                self._snapshot = self._read(index)
            return self._snapshot

    def apply(self, put: Iterable[Post], delete: Collection[str] = (), *, rebuild: bool = False) -> int:
        """Commit changes as one new generation."""
        writer = self._writer()
        try:
            for post in put:
                if not rebuild:
                    writer.delete_by_term("path", post.path)
                writer.add(post)
            for path in delete:
                writer.delete_by_term("path", path)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(mergetype=CLEAR if rebuild else None)
        return int(writer.generation)

    def _open(self) -> FileIndex:
        if not whoosh_index.exists_in(self.directory):
            raise IndexMissing(f"{self.directory}: there is no index yet; run: backmatter index")
        try:
            return whoosh_index.open_dir(self.directory)
        except Exception as error:
            raise self._damaged(error) from error

    def _read(self, index: FileIndex) -> WhooshSnapshot:
        try:
            return WhooshSnapshot(index, self.directory)
        except Exception as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> IndexDamaged:
        return IndexDamaged(
            f"{self.directory}: the index cannot be read ({type(error).__name__}: {error}); "
            "move this directory away and run: backmatter index"
        )

    def _writer(self) -> PostWriter:
        self.directory.mkdir(parents=True, exist_ok=True)
        if not whoosh_index.exists_in(self.directory):
            whoosh_index.create_in(self.directory, schema())
        try:
            return PostWriter(self._open())
        except LockError:
            raise IndexLocked(
                f"{self.directory}: another process is writing this index; wait until it has finished"
            ) from None
