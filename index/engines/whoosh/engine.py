"""The embedded engine: one directory, no server. Whoosh locks and names generations of segments; arrays answer."""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from index.engines.whoosh.arrays import OtherVersion
from index.engines.whoosh.opening import open_segment
from index.engines.whoosh.schema import schema
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.snapshot import ArraySnapshot
from index.engines.whoosh.writing import WhooshWriting
from index.errors import DiskFull, IndexDamaged, IndexLocked, IndexMissing, IndexOutdated

# A writer may delete a generation while it is being opened; the next look finds the newer one. So many commits in a row
# do not happen within the milliseconds that opening takes.
ATTEMPTS = 20

# A disk, a quota of a user and a limit of a process are each full in their own way.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

LOCK = f"{whoosh_index._DEF_INDEX_NAME}_WRITELOCK"
GENERATION = TOC._pattern(whoosh_index._DEF_INDEX_NAME)


class WhooshEngine:
    """Keeps an index in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._snapshot: ArraySnapshot | None = None
        self._opened: dict[str, Segment] = {}

    @property
    def place(self) -> str:
        """The directory."""
        return str(self.directory)

    def health(self) -> None:
        """Tell nothing: a directory is on no cluster."""

    def snapshot(self) -> ArraySnapshot:
        """Give the latest complete generation; the one held before is given again while it is the latest."""
        with self._lock:
            generation = self._latest()
            if not generation:
                raise IndexMissing(f"{self.directory}: there is no index yet; run: backmatter index")
            if self._snapshot is None or self._snapshot.generation != generation:
                self._snapshot = self._newest()
            return self._snapshot

    def _newest(self) -> ArraySnapshot:
        try:
            return self._read()
        except IndexOutdated:
            # A newer version of this program has built the index anew; what is open goes on until we are replaced.
            if self._snapshot is None:
                raise
            return self._snapshot

    @contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[WhooshWriting]:
        """Hold the lock while a commit is made.

        Raises:
            IndexLocked: Another process holds it.
            DiskFull: There is no room; the generation that was there is whole, and what was written beside it is gone.
        """
        try:
            with self._locked(), self._cleaning(rebuild=rebuild) as writing:
                yield writing
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise DiskFull(
                f"{self.directory}: there is no room to write the index ({error.strerror}); what was indexed before is "
                "still found; free some space, then run: backmatter index"
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(self.directory).lock(LOCK)
        if not lock.acquire():
            raise IndexLocked(f"{self.directory}: another process is writing this index; wait until it has finished")
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _cleaning(self, *, rebuild: bool) -> Iterator[WhooshWriting]:
        # Only with the lock: Whoosh deletes what another process has committed when it creates an index.
        if not whoosh_index.exists_in(self.directory):
            whoosh_index.create_in(self.directory, schema())
        writing = WhooshWriting(self.directory, self._open(), self._segment, rebuild=rebuild)
        try:
            yield writing
        finally:
            writing.clean()

    def _latest(self) -> int:
        """Give the number of the latest generation by the names of the files; 0 where nothing was ever committed."""
        try:
            matches = [GENERATION.match(file.name) for file in os.scandir(self.directory)]
        except FileNotFoundError:
            return 0
        return max((int(match[1]) for match in matches if match), default=0)

    def _open(self) -> FileIndex:
        try:
            return whoosh_index.open_dir(self.directory)
        except Exception as error:
            raise self._damaged(error) from error

    def _read(self) -> ArraySnapshot:
        """Read the latest generation; where a writer deletes its files meanwhile, there is a newer one to be read."""
        left = ATTEMPTS
        while True:
            left, tried = left - 1, self._latest()
            try:
                toc = self._open()._read_toc()
                segments = {str(segment.segment_id()): self._segment(segment) for segment in toc.segments}
                self._opened = segments
                return ArraySnapshot(int(toc.generation), list(segments.values()), self.directory)
            except OtherVersion as error:
                raise IndexOutdated(
                    f"{self.directory}: another version of Backmatter wrote this index; run: backmatter index"
                ) from error
            except Exception as error:
                if left and self._latest() != tried:
                    continue
                if isinstance(error, IndexDamaged):
                    raise
                raise self._damaged(error) from error

    def _segment(self, segment: Any) -> Segment:
        """Open a segment; of one that the last snapshot has open, only the deletions can be new."""
        opened = self._opened.get(segment.segment_id())
        if opened is None:
            return open_segment(self.directory, segment)
        return opened.without(sorted(segment.deleted_docs()))

    def _damaged(self, error: Exception) -> IndexDamaged:
        return IndexDamaged(
            f"{self.directory}: the index cannot be read ({type(error).__name__}: {error}); "
            "run: backmatter index --full, and if that fails, move this directory away first"
        )
