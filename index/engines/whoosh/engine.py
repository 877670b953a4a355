"""The embedded engine: an index in a directory, without a server."""

import errno
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from ...errors import (
    DiskFull,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    IndexUnavailable,
    SettingsError,
    describe_error,
)
from ...model import Holding
from ...segment.arrays import Array, OtherVersion, Unusable
from ...segment.segment import Segment
from ...semantic.model import SemanticModel
from ..base import TOGETHER, Inspection, Part
from .schema import schema
from .segment_files import Inspected, files_of, inspect_segment, open_segment
from .toc import LatestGeneration, generations, read_toc, toc_file
from .writer import WhooshWriter, alive_posts

if TYPE_CHECKING:
    from .joint import JointSnapshot
    from .snapshot import ArraySnapshot

# A writer may delete the files of a generation while it is being opened; another attempt finds the newer generation. So
# many commits do not happen within the milliseconds that opening takes.
ATTEMPTS = 20

# The disk is full, a quota of the user is used up, or a limit of the process is reached.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

MAIN = whoosh_index._DEF_INDEX_NAME
LOCK = f"{MAIN}_WRITELOCK"

# What tells whether a file was replaced or written to: its inode, its size and when it changed.
FileState = tuple[int, int, int]

_log = logging.getLogger(__name__)


class WhooshEngine:
    """Stores an index in a directory. What searches it is loaded with the first snapshot: a sync does without.

    Args:
        directory: The directory.
        model: Makes vectors of posts and queries; None for none.
    """

    def __init__(self, directory: Path, model: SemanticModel | None = None) -> None:
        self.directory = directory
        self._model = model
        self._lock = threading.Lock()
        self._snapshot: ArraySnapshot | None = None
        self._latest = LatestGeneration(directory)
        self._latest_read = 0
        self._opened: dict[str, Segment] = {}
        self._inspected: Inspection | None = None
        self._inspected_files: dict[str, FileState] = {}
        self._inspected_segments: dict[str, tuple[list[FileState | None], Inspected]] = {}

    @property
    def location(self) -> str:
        """The directory."""
        return str(self.directory)

    def health(self) -> None:
        """Return None: the index is not on a cluster."""

    def snapshot(self) -> "ArraySnapshot":
        """Return the latest complete generation; the same object until there is a newer one."""
        with self._lock:
            generation = self._latest.number()
            if not generation:
                raise IndexMissing(f"{self.directory}: there is no index yet; run: backmatter index")
            if self._snapshot is None or self._latest_read != generation:
                self._snapshot = self._newest()
                self._latest_read = max(generation, self._snapshot.generation)
            return self._snapshot

    def join(self, parts: Sequence[Part]) -> "JointSnapshot":
        """Return generations of several journals as one."""
        from .joint import JointSnapshot, JournalPart
        from .snapshot import ArraySnapshot

        own = [
            JournalPart(name, home, snapshot) for name, home, snapshot in parts if isinstance(snapshot, ArraySnapshot)
        ]
        if len(own) < len(parts):
            raise SettingsError(TOGETHER)
        return JointSnapshot(own)

    def _newest(self) -> "ArraySnapshot":
        try:
            return self._read()
        except IndexOutdated:
            # A newer version has rebuilt the index; this process serves the old one until it is replaced.
            if self._snapshot is None:
                raise
            return self._snapshot

    @contextmanager
    def writer(self, *, rebuild: bool = False) -> Iterator[WhooshWriter]:
        """Lock the index and yield a writer.

        Raises:
            IndexLocked: Another process holds it.
            DiskFull: There is no room; the last generation stays readable, and the files of this commit are deleted.
        """
        try:
            with self._locked(), self._cleaning(rebuild=rebuild) as writer:
                yield writer
        except OSError as error:
            if error.errno not in FULL:
                error.filename = error.filename or str(self.directory)
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
    def _cleaning(self, *, rebuild: bool) -> Iterator[WhooshWriter]:
        base = self._base(rebuild=rebuild)
        damaged = self._inspected.damaged if self._inspected else ()
        writer = WhooshWriter(self.directory, base, self._segment, damaged, self._model, rebuild=rebuild)
        try:
            yield writer
        finally:
            writer.clean()

    def inspect(self) -> Inspection:
        """Check every byte of the latest generation; the next commit leaves out what is damaged.

        What this process has checked is not read again until a file changes.
        """
        files = self._files()
        if self._inspected and files == self._inspected_files:
            return self._inspected
        for _ in range(ATTEMPTS):
            numbers = generations(self.directory)
            if not numbers:
                raise IndexMissing(f"{self.directory}: there is no index yet; run: backmatter index")
            inspection = self._inspect(numbers, files)
            # A writer may have deleted files meanwhile.
            if not inspection.damaged or numbers == generations(self.directory):
                break
        self._inspected, self._inspected_files = inspection, files
        return inspection

    def _files(self) -> dict[str, FileState]:
        """Return what tells whether a file of the index was replaced or written to, by name."""
        files = {}
        for file in self.directory.glob(f"*{MAIN}_*.*"):
            with suppress(FileNotFoundError):  # a writer deletes the generation before
                stat = file.stat()
                files[file.name] = stat.st_ino, stat.st_size, stat.st_mtime_ns
        return files

    def _inspect(self, numbers: Sequence[int], states: Mapping[str, FileState]) -> Inspection:
        toc, files = self._newest_toc(numbers)
        files[toc_file(self.directory, toc.generation).name] = ""
        holdings: dict[str, Holding] = {}
        before, self._inspected_segments = self._inspected_segments, {}
        for segment in toc.segments:
            name, state = str(segment.segment_id()), [*map(states.get, files_of(segment))]
            known, inspected = before.get(name, (None, None))
            if inspected is None or known != state:
                try:
                    inspected = inspect_segment(self.directory, segment)
                except OtherVersion as error:
                    raise self._outdated() from error
            self._inspected_segments[name] = state, inspected
            files.update(inspected.files)
            holdings.update(inspected.living(alive_posts(segment)))
        return Inspection(int(toc.generation), holdings, files)

    def _newest_toc(self, numbers: Sequence[int]) -> tuple[TOC, dict[str, str]]:
        """Return the newest table of contents that can be read, and what is wrong with newer ones, by file name."""
        broken: dict[str, str] = {}
        for generation in numbers:
            try:
                return read_toc(self.directory, generation), broken
            except OtherVersion as error:
                raise self._outdated() from error
            except PermissionError as error:
                raise IndexUnavailable(describe_error(error)) from error
            except (Unusable, OSError) as error:
                broken[toc_file(self.directory, generation).name] = _fault(error)
        raise IndexDamaged(self._unreadable([*broken.values()]))

    def _outdated(self) -> IndexOutdated:
        return IndexOutdated(f"{self.directory}: another version of Backmatter wrote this index")

    def _base(self, *, rebuild: bool) -> TOC | None:
        """Return the table of contents that a commit builds on: that of the newest generation that can be read.

        Where there is no generation yet, it is empty. Where none can be read, a rebuild does without one.
        """
        numbers = generations(self.directory)
        if not numbers:
            return TOC(schema(), [], 0)
        try:
            return (self._newest_toc(numbers) if self._inspected else self._newest_whole())[0]
        except IndexDamaged:
            if not rebuild:
                raise
            return None

    def _read(self) -> "ArraySnapshot":
        """Open the latest generation, or else the newest one that can be read."""
        from .snapshot import ArraySnapshot

        toc, opened = self._newest_whole()
        snapshot = ArraySnapshot(int(toc.generation), opened, self.directory, self._model)
        ids = (str(segment.segment_id()) for segment in toc.segments)
        self._opened = dict(zip(ids, snapshot.segments, strict=True))
        return snapshot

    def _newest_whole(self) -> tuple[TOC, list[tuple[Segment, Array]]]:
        """Return the newest generation whose files can all be opened, with its segments.

        A writer may delete the files of a generation meanwhile; then there is a newer one.
        """
        left = ATTEMPTS
        while True:
            left, tried = left - 1, generations(self.directory)
            broken: list[str] = []
            for generation in tried:
                try:
                    toc = read_toc(self.directory, generation)
                    segments = [(self._segment(segment), alive_posts(segment)) for segment in toc.segments]
                except OtherVersion as error:
                    raise self._outdated() from error
                except PermissionError as error:
                    raise IndexUnavailable(describe_error(error)) from error
                except Exception as error:
                    broken.append(_fault(error))
                else:
                    if broken:
                        _log.warning("%s; generation %d is used instead", self._unreadable(broken), generation)
                    return toc, segments
            if not left or generations(self.directory) == tried:
                raise IndexDamaged(self._unreadable(broken))

    def _segment(self, segment: Any) -> Segment:
        """Return a segment, opened unless the last snapshot has it open: files of segments never change."""
        return self._opened.get(str(segment.segment_id())) or open_segment(self.directory, segment, self._model)

    def _unreadable(self, broken: Sequence[str]) -> str:
        return f"{self.directory}: the index cannot be read ({'; '.join(broken)})"


def _fault(error: Exception) -> str:
    return error.fault if isinstance(error, IndexDamaged) else f"{type(error).__name__}: {error}"
