"""Make a commit: stage segments, merge small ones, and write the table of contents of the next generation."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC, clean_files

from ...files import sync_to_disk
from ...model import Post
from ...segment.arrays import Array
from ...segment.builder import SegmentArrays, SegmentBuilder, derive, merged_derived, merged_posts
from ...segment.fields import post_tokens
from ...segment.merging import release
from ...segment.segment import Segment
from ...segment.store import PostStore, condensed
from ...segment.vectors import Embedder
from .codec import ArrayCodec
from .schema import schema
from .segment_files import derived_file, posts_file, read_posts, sync_segment, write_derived, write_posts
from .toc import generations, write_toc

# This many segments of one size class are merged into one. With a larger number every query reads more segments; with a
# smaller one posts are rewritten more often.
FAN = 8

# A segment is closed at this size, so that memory stays bounded: building its arrays takes about 100 bytes a token.
MAX_TOKENS = 1_000_000

# Segments are merged up to this size, some 60,000 articles; merging takes about 20 bytes a token.
MAX_MERGED = 32_000_000

# Temporary files of `files.atomic_write`. Whoever holds the lock may delete them: their writer has died, or saves a
# state that only spares work.
TEMPORARY_FILES = (".*.toc.*", ".*.arrays.*", ".*.posts.*", ".*.msgpack.*")


@dataclass(frozen=True, slots=True)
class StagedSegment:
    """A segment on disk that no generation names yet, and the paths of its posts, in order."""

    segment: Any
    paths: tuple[str, ...]


def stage_segments(directory: Path, embedder: Embedder | None, posts: Iterable[Post]) -> list[StagedSegment]:
    """Write posts into new segments."""
    staged = []
    remaining = iter(posts)
    while (first := next(remaining, None)) is not None:
        staged.append(_stage_segment(directory, embedder, chain([first], remaining)))
    return staged


def _stage_segment(directory: Path, embedder: Embedder | None, posts: Iterator[Post]) -> StagedSegment:
    """Write one segment of as many of the posts as fit into it."""
    builder = SegmentBuilder(embedder)
    paths = []
    for post in posts:
        builder.add(post, post_tokens(post))
        paths.append(post.path)
        if builder.tokens >= MAX_TOKENS:
            break
    return StagedSegment(_write_segment(directory, builder.arrays()), tuple(paths))


def _write_segment(directory: Path, arrays: SegmentArrays) -> Any:
    segment = _new_segment(len(arrays.posts["text_at"]) - 1)
    write_posts(directory, segment, condensed(arrays.posts))
    write_derived(directory, segment, arrays.derived)
    return segment


def _new_segment(posts: int) -> Any:
    return W3Segment(ArrayCodec(), _DEF_INDEX_NAME, doccount=posts)


class WhooshWriter:
    """Makes one commit; its user holds the lock of the index.

    Args:
        directory: The directory of the index.
        base: The generation that the commit builds on; None where no generation can be read.
        open_segment: Opens one of its segments.
        damaged: Names of files that are damaged. A segment without its posts is left out, and its posts have to be
            staged again; derived arrays are derived again.
        embedder: Makes the vectors of posts; None for none.
        rebuild: Replace all of its posts.
    """

    def __init__(
        self,
        directory: Path,
        base: TOC | None,
        open_segment: Callable[[Any], Segment],
        damaged: Collection[str] = (),
        embedder: Embedder | None = None,
        *,
        rebuild: bool,
    ) -> None:
        self.stage = partial(stage_segments, directory, embedder)
        self._embedder = embedder
        self._directory = directory
        self._current = base
        self._open = open_segment
        self._opened: dict[str, Segment] = {}
        self._damaged = damaged
        self._rebuild = rebuild

    def commit(self, staged: Sequence[Sequence[StagedSegment]], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Commit the staged segments as the next generation; once it returns, a power loss does not undo it."""
        new = [segment for group in staged for segment in group]
        replaced_or_gone = set(delete)
        for segment in reversed(new):
            _delete_staged(segment, replaced_or_gone)
            replaced_or_gone.update(segment.paths)
        before = self._current.segments if self._current and not self._rebuild else []
        old = self._repaired(before)
        replaced = [*delete, *chain.from_iterable(segment.paths for segment in new)]
        for segment in old:
            self._delete(segment, replaced)
        segments = self._compacted(old, [segment.segment for segment in new])
        for segment in segments:
            if segment not in before:
                sync_segment(self._directory, segment)
        sync_to_disk(self._directory)
        generation = max([*generations(self._directory), after, 0]) + 1
        toc = TOC(schema(), segments, generation)
        write_toc(self._directory, toc)
        self._current = toc
        return generation

    def _open_segment(self, segment: Any) -> Segment:
        """Open a segment once for the whole commit."""
        name = str(segment.segment_id())
        if name not in self._opened:
            self._opened[name] = self._open(segment)
        return self._opened[name]

    def clean(self) -> None:
        """Delete the files of older generations and of failed commits; keep a newer generation that cannot be read."""
        if self._current and self._current.generation >= max(generations(self._directory), default=0):
            storage = FileStorage(self._directory)
            clean_files(storage, _DEF_INDEX_NAME, self._current.generation, self._current.segments)
        for pattern in TEMPORARY_FILES:
            for file in self._directory.glob(pattern):
                file.unlink(missing_ok=True)

    def _repaired(self, segments: Sequence[Any]) -> list[Any]:
        """Return the segments whose posts are whole; derived arrays that are damaged are derived again."""
        whole = [segment for segment in segments if posts_file(segment) not in self._damaged]
        return [
            self._derived_again(segment) if derived_file(segment) in self._damaged else segment for segment in whole
        ]

    def _derived_again(self, segment: Any) -> Any:
        posts = read_posts(self._directory, segment).load_all()
        # Under a new name: a server has the damaged file open.
        repaired = _write_segment(self._directory, SegmentArrays(posts, derive(PostStore(posts), self._embedder)))
        for number in segment.deleted_docs():
            repaired.delete_document(number)
        return repaired

    def _delete(self, segment: Any, paths: Iterable[str]) -> None:
        opened = self._open_segment(segment)
        for path in paths:
            for number in opened.having("path", path).tolist():
                segment.delete_document(number)

    def _compacted(self, old: Sequence[Any], new: Sequence[Any]) -> list[Any]:
        """Merge size classes that have many segments, segments with less than half of their posts alive, and new ones.

        Logarithmic merging (Büttcher, Clarke, Cormack: Information Retrieval, 2010, chapter 7.1): a post is rewritten
        once for every size class that it passes through. Few new posts go into the segment that others are merged into,
        so that a small commit writes, and syncs, one segment.
        """
        kept: list[Any] = []
        merging: list[Any] = []
        for _, group in groupby(sorted(old, key=_size_class), key=_size_class):
            members = list(group)
            many = len(members) >= FAN
            for segment in members:
                (merging if many or _mostly_deleted(segment) else kept).append(segment)
        if sum(segment.doc_count() for segment in new) <= sum(segment.doc_count() for segment in merging):
            return [*kept, *self._merged([*merging, *new])]
        return [*kept, *self._merged(merging), *self._merged(new)]

    def _merged(self, segments: Sequence[Any]) -> list[Any]:
        """Merge segments into as few as possible; a single segment stays as it is if most of its posts are alive."""
        merged: list[Any] = []
        group: list[Any] = []
        tokens = 0
        for segment in segments:
            size = int(self._open_segment(segment).arrays["doc_at"][-1])
            if group and tokens + size > MAX_MERGED:
                merged += self._merge(group)
                group, tokens = [], 0
            group.append(segment)
            tokens += size
        return [*merged, *self._merge(group)]

    def _merge(self, segments: Sequence[Any]) -> list[Any]:
        if len(segments) < 2 and not any(map(_mostly_deleted, segments)):
            return [*segments]
        opened = [(self._open_segment(segment).stored, alive_posts(segment)) for segment in segments]
        if not any(alive.any() for _, alive in opened):
            return []
        segment = _new_segment(sum(int(alive.sum()) for _, alive in opened))
        # One after the other: neither has to be in memory while the other is made.
        write_posts(self._directory, segment, condensed(merged_posts(opened)))
        release(arrays.posts for arrays, _ in opened)
        write_derived(self._directory, segment, merged_derived(opened))
        return [segment]


def alive_posts(segment: Any) -> Array:
    """Return a mask of the posts of a segment that are not deleted."""
    alive = np.ones(segment.doc_count_all(), bool)
    alive[list(segment.deleted_docs())] = False
    return alive


def _delete_staged(staged: StagedSegment, paths: Collection[str]) -> None:
    for number, path in enumerate(staged.paths):
        if path in paths:
            staged.segment.delete_document(number)


def _mostly_deleted(segment: Any) -> bool:
    return bool(segment.deleted_count() * 2 > segment.doc_count_all())


def _size_class(segment: Any) -> int:
    size, posts = 0, segment.doc_count_all()
    while posts >= FAN:
        size, posts = size + 1, posts // FAN
    return size
