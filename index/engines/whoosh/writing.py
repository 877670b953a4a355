"""A commit: segments staged aside, small ones merged, and one file that names the next generation."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.index import TOC, FileIndex, clean_files

from index.engines.whoosh import documents, merging
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.writer import SegmentWriter, write_segment
from index.model import Post

# So many segments of about one size become one. More would be opened for every query, fewer rewritten more often.
FAN = 8

# A larger segment is begun anew, so that memory stays bounded: about 50 bytes a token while its arrays are made.
MAX_TOKENS = 8_000_000

# Segments are merged up to this size, in about 20 bytes a token: some 60,000 articles.
MAX_MERGED = 32_000_000

# What Whoosh and `arrays` write before they rename it; the process that was writing it is gone.
HALF_WRITTEN = ("_*.toc.*", ".*.arrays.*", ".*.posts.*")


@dataclass(frozen=True, slots=True)
class StagedSegment:
    """A complete segment that no generation names yet, and the posts in it, in order."""

    segment: Any
    paths: tuple[str, ...]


def stage(directory: Path, posts: Iterable[Post]) -> list[StagedSegment]:
    """Write posts into segments of their own."""
    staged = []
    waiting = iter(posts)
    while (first := next(waiting, None)) is not None:
        staged.append(_stage_segment(directory, chain([first], waiting)))
    return staged


def _stage_segment(directory: Path, posts: Iterator[Post]) -> StagedSegment:
    """Write a segment from as many posts as fit into one."""
    writer = SegmentWriter()
    paths = []
    for post in posts:
        writer.add(post)
        paths.append(post.path)
        if writer.tokens >= MAX_TOKENS:
            break
    return StagedSegment(writer.write(directory), tuple(paths))


class WhooshWriting:
    """One commit in the making, by whoever holds the index's lock."""

    def __init__(self, directory: Path, index: FileIndex, opened: Callable[[Any], Segment], *, rebuild: bool) -> None:
        self.stage = partial(stage, directory)
        self._directory = directory
        self._index = index
        self._opened = opened
        self._rebuild = rebuild

    def commit(self, staged: Sequence[Sequence[StagedSegment]], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Name the staged segments in a new generation."""
        toc = self._index._read_toc()
        new = [part for group in staged for part in group]
        for part in new:
            _delete_staged(part, frozenset(delete))
        kept: list[Any] = []
        if not self._rebuild:
            gone = [*delete, *chain.from_iterable(part.paths for part in new)]
            for segment in toc.segments:
                self._delete(segment, gone)
            kept = self._tidied(toc.segments)
        segments = [*kept, *self._merged([part.segment for part in new])]
        generation = max(int(toc.generation), after) + 1
        TOC(toc.schema, segments, generation).write(self._index.storage, self._index.indexname)
        return generation

    def clean(self) -> None:
        """Delete the files that the latest generation does not name: older ones, and what a failure left behind."""
        toc = self._index._read_toc()
        clean_files(self._index.storage, self._index.indexname, toc.generation, toc.segments)
        for pattern in HALF_WRITTEN:
            for file in self._directory.glob(pattern):
                file.unlink(missing_ok=True)

    def _delete(self, segment: Any, paths: Iterable[str]) -> None:
        opened = self._opened(segment)
        for path in paths:
            for number in opened.having("path", path).tolist():
                segment.delete_document(number)

    def _tidied(self, segments: Sequence[Any]) -> list[Any]:
        """Merge what has become many or mostly deleted: segments of one size class, and those less than half alive.

        Logarithmic merging (Büttcher, Clarke, Cormack: Information Retrieval, 2010, chapter 7.1): a post is rewritten
        once for every size class that it passes through.
        """
        kept: list[Any] = []
        worn: list[Any] = []
        for _, group in groupby(sorted(segments, key=_size_class), key=_size_class):
            members = list(group)
            many = len(members) >= FAN
            for segment in members:
                (worn if many or _mostly_deleted(segment) else kept).append(segment)
        return [*kept, *self._merged(worn)]

    def _merged(self, segments: Sequence[Any]) -> list[Any]:
        """Merge segments into as few as may be; one without a partner stays as it is, if most of it is alive."""
        merged: list[Any] = []
        group: list[Any] = []
        tokens = 0
        for segment in segments:
            size = int(self._opened(segment).arrays["doc_at"][-1])
            if group and tokens + size > MAX_MERGED:
                merged += self._merge(group)
                group, tokens = [], 0
            group.append(segment)
            tokens += size
        return [*merged, *self._merge(group)]

    def _merge(self, segments: Sequence[Any]) -> list[Any]:
        if len(segments) < 2 and not any(map(_mostly_deleted, segments)):
            return [*segments]
        opened = [self._opened(segment) for segment in segments]
        alive = [np.ones(part.docs, bool) if part.alive is None else part.alive for part in opened]
        if not any(part.any() for part in alive):
            return []
        posts = documents.merge([(part.documents.arrays, own) for part, own in zip(opened, alive, strict=True)])
        derived = merging.merge([(part.arrays, own) for part, own in zip(opened, alive, strict=True)])
        return [write_segment(self._directory, posts, derived)]


def _delete_staged(part: StagedSegment, paths: frozenset[str]) -> None:
    for number, path in enumerate(part.paths):
        if path in paths:
            part.segment.delete_document(number)


def _mostly_deleted(segment: Any) -> bool:
    return bool(segment.deleted_count() * 2 > segment.doc_count_all())


def _size_class(segment: Any) -> int:
    size, posts = 0, segment.doc_count_all()
    while posts >= FAN:
        size, posts = size + 1, posts // FAN
    return size
