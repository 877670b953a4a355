"""The embedded engine: one directory, no server. Whoosh writes, merges and locks; arrays answer."""

import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from time import sleep
from typing import Any

from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex
from whoosh.writing import CLEAR, LockError

from index.engines.whoosh import arrays
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.schema import read_post, schema
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.snapshot import ArraySnapshot
from index.engines.whoosh.tokens import post_tokens
from index.engines.whoosh.writer import PostWriter, arrays_file, arrays_key, merge_by_size
from index.errors import IndexDamaged, IndexLocked, IndexMissing
from index.model import Post

# A writer may delete a generation while it is being opened; the next look finds the newer one.
ATTEMPTS = 5
PAUSE = 0.02


class WhooshEngine:
    """Keeps a Whoosh index, and the arrays derived from it, in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._snapshot: ArraySnapshot | None = None

    def snapshot(self) -> ArraySnapshot:
        """Give the latest complete generation; the one held before is given again while it is the latest."""
        with self._lock:
            index = self._open()
            if index.latest_generation() == 0:
                raise self._missing()
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
        writer.commit(mergetype=CLEAR if rebuild else merge_by_size)
        return int(writer.generation)

    def _open(self) -> FileIndex:
        if not whoosh_index.exists_in(self.directory):
            raise self._missing()
        try:
            return whoosh_index.open_dir(self.directory)
        except Exception as error:
            raise self._damaged(error) from error

    def _read(self, index: FileIndex) -> ArraySnapshot:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                toc = index._read_toc()
                segments = [self._segment(index, segment) for segment in toc.segments]
                return ArraySnapshot(int(toc.generation), segments, self.directory)
            except Exception as error:
                if attempt == ATTEMPTS or not isinstance(error, FileNotFoundError):
                    raise self._damaged(error) from error
                sleep(PAUSE)
        raise AssertionError

    def _segment(self, index: FileIndex, segment: Any) -> Segment:
        storage = segment.open_compound_file(index.storage) if segment.is_compound() else index.storage
        documents = W3Codec().per_document_reader(storage, segment)
        file, key = arrays_file(self.directory, segment), arrays_key(segment)
        try:
            derived = arrays.read(file, key)
        except arrays.Unusable:
            derived = _derive(documents.stored_fields, segment.doc_count_all())
            arrays.write(file, key, derived)
        return Segment(derived, sorted(segment.deleted_docs()), documents.stored_fields)

    def _missing(self) -> IndexMissing:
        return IndexMissing(f"{self.directory}: there is no index yet; run: backmatter index")

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
            return PostWriter(self._open(), self.directory)
        except LockError:
            raise IndexLocked(
                f"{self.directory}: another process is writing this index; wait until it has finished"
            ) from None


def _derive(stored_fields: Any, posts: int) -> dict[str, arrays.Array]:
    """Make the arrays of a segment again, from what is stored in it."""
    inverter = Inverter()
    for number in range(posts):
        post = read_post(stored_fields(number))
        inverter.add(post, post_tokens(post))
    return inverter.arrays()
