"""A copy of what a journal's server holds: the posts of one generation, and what readers looked for.

    backmatter.json                             `Manifest`, with the length and hash of all others
    posts.jsonl                                 a post a line
    searches.jsonl, clicks.jsonl, runs.jsonl    a row of the counts a line

It has the posts and not the index's own files, so that it outlives their format, and so that nothing in it has to be
trusted: each line is decoded into what we know, and no name in it becomes a path.
"""

import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import msgspec

from index.engine import Engine
from index.errors import BackmatterError, IndexDamaged, IndexMissing, InputError
from index.insights import store
from index.insights.store import Row, Table
from index.model import Post
from index.settings import Settings

FORMAT = 1
MANIFEST = "backmatter.json"
POSTS = "posts"
TABLES: tuple[Table, ...] = get_args(Table)

# Bytes of the manifest, of a line and of a part: each a hundred times what the largest journal has that was measured.
MOST_TOLD = 100_000
MOST_IN_A_LINE = 200_000_000
MOST_IN_A_PART = 20_000_000_000

# Generations that a lost index may have made after its last backup: what readers keep of those must not pass for ours.
LOST = 1_000

# What the library says of an archive that is none, is cut off, or was made to do harm.
UNREADABLE = (
    BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    msgspec.MsgspecError,
    ValueError,
    BackmatterError,
)


class Part(msgspec.Struct, frozen=True):
    """What a part has to be."""

    lines: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    format: int
    generation: int
    made: datetime
    parts: dict[str, Part]

    @property
    def counts(self) -> str:
        """How much is in it, for a person."""
        return f"{self.parts[POSTS].lines} posts, {self.parts['searches'].lines} searches"


def backup(engine: Engine, settings: Settings, file: Path) -> Manifest:
    """Write a backup, whole or not at all; whoever reads, writes or counts meanwhile does not notice.

    Raises:
        IndexMissing: There is nothing to keep.
        BackmatterError: What was counted cannot be read.
        OSError: It cannot be written; a file that was there is as it was.
    """
    snapshot = engine.snapshot()
    try:
        with store.reading(settings.insights) as counts, _whole(file) as part, ZipFile(part, "w", ZIP_DEFLATED) as made:
            parts = {POSTS: _write(made, POSTS, snapshot.posts())}
            parts |= {table: _write(made, table, store.rows(counts, table)) for table in TABLES}
            kept = Manifest(FORMAT, snapshot.generation, datetime.now(UTC), parts)
            made.writestr(MANIFEST, msgspec.json.encode(kept))
    except sqlite3.Error as error:
        raise BackmatterError(f"{settings.insights}: cannot be read ({error}); no backup was written") from None
    return kept


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """Give a file beside another one, that takes its place when all is written; a killed run's is removed."""
    for left in file.parent.glob(f"{escape(file.name)}.*.part"):
        left.unlink(missing_ok=True)
    number, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
    part = Path(name)
    try:
        yield part
        os.fsync(number)
        part.replace(file)
        _keep_name(file.parent)
    finally:
        os.close(number)
        part.unlink(missing_ok=True)


def _keep_name(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _write(archive: ZipFile, name: str, values: Iterable[object]) -> Part:
    lines = size = 0
    digest = sha256()
    with archive.open(_file_of(name), "w", force_zip64=True) as out:
        for value in values:
            line = msgspec.json.encode(value) + b"\n"
            out.write(line)
            digest.update(line)
            lines, size = lines + 1, size + len(line)
    return Part(lines, size, digest.hexdigest())


def restore(engine: Engine, settings: Settings, file: Path, *, force: bool = False) -> tuple[Manifest, int]:
    """Bring a backup back as the next generation; all of it is looked at before anything is touched.

    Killed at any moment, it leaves the index and the counts each as they were, or complete.

    Args:
        engine: Where the index is kept.
        settings: Where the counts are.
        file: What `backup` wrote.
        force: Replace what is there.

    Returns:
        What the backup says of itself, and the new generation, which is always a higher one.

    Raises:
        InputError: The file is no whole backup, or there is something already.
        IndexLocked: Another process is writing.
        DiskFull: There is no room; all is as it was.
    """
    with _checked(file) as (archive, kept):
        held = _generation(engine)
        if not force and (held or settings.insights.exists()):
            what = f"an index of generation {held}" if held else "what was counted"
            raise InputError(f"{settings.index}: there is {what} already; add --force to replace it")
        after = kept.generation + LOST if kept.generation > (held or 0) else 0
        with engine.writing(rebuild=True) as writing, _replacing_counts(settings.insights, archive, kept):
            return kept, writing.commit([writing.stage(_posts(archive, kept))], after=after)


@contextmanager
def _replacing_counts(file: Path, archive: ZipFile, kept: Manifest) -> Iterator[None]:
    """Bring the counts back, once what is done meanwhile has succeeded."""
    tables = ((table, _rows(archive, kept, table)) for table in TABLES)
    try:
        with closing(store.connect(file)) as counts, store.replacing(counts, tables):
            yield
    except sqlite3.Error as error:
        raise BackmatterError(f"{file}: what was counted cannot be brought back ({error}); try again") from None


def _generation(engine: Engine) -> int | None:
    """Give the generation that is there, -1 where it cannot be read, and None for nothing."""
    try:
        return engine.snapshot().generation
    except IndexMissing:
        return None
    except IndexDamaged:
        return -1


@contextmanager
def _checked(file: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """Open a backup, once all of it was looked at."""
    with ExitStack() as opened:
        try:
            archive = opened.enter_context(ZipFile(file))
            kept = _manifest(archive)
            _check(archive, kept)
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error}); name what `backmatter backup` wrote") from None
        except UNREADABLE as error:
            raise InputError(f"{file}: is no whole backup of Backmatter ({error}); nothing was changed") from None
        yield archive, kept


def _manifest(archive: ZipFile) -> Manifest:
    expected = sorted([MANIFEST, *map(_file_of, (POSTS, *TABLES))])
    names = sorted(archive.namelist())
    if names != expected:
        strange = next((name for name in names if name not in expected), "")
        raise ValueError(f"{strange!r} does not belong into it" if strange else "parts are missing, or twice there")
    with archive.open(MANIFEST) as file:
        kept = msgspec.json.decode(file.read(MOST_TOLD), type=Manifest)
    if kept.format != FORMAT:
        raise ValueError(f"it is of format {kept.format}, and this version reads {FORMAT}")
    if set(kept.parts) != {POSTS, *TABLES} or kept.generation < 1:
        raise ValueError(f"{MANIFEST} is wrong")
    return kept


def _check(archive: ZipFile, kept: Manifest) -> None:
    """Read all of it once; what would be found wrong later is found now."""
    slugs, paths = set(), set()
    for post in _posts(archive, kept):
        slugs.add(post.slug)
        paths.add(post.path)
    if not len(slugs) == len(paths) == kept.parts[POSTS].lines:
        raise ValueError("a post is in it twice")
    with _replacing_counts(Path(":memory:"), archive, kept):
        pass


def _posts(archive: ZipFile, kept: Manifest) -> Iterator[Post]:
    return map(partial(msgspec.json.decode, type=Post), _lines(archive, kept, POSTS))


def _rows(archive: ZipFile, kept: Manifest, table: Table) -> Iterator[Row]:
    decode: Any = msgspec.json.Decoder(Row).decode
    return map(decode, _lines(archive, kept, table))


def _lines(archive: ZipFile, kept: Manifest, name: str) -> Iterator[bytes]:
    """Give the lines of a part, and raise where they are not what was written."""
    part, digest, lines, size = kept.parts[name], sha256(), 0, 0
    if not part.bytes <= MOST_IN_A_PART:
        raise ValueError(f"{_file_of(name)} is larger than {MOST_IN_A_PART:,} bytes")
    with archive.open(_file_of(name)) as file:
        while line := file.readline(min(part.bytes - size, MOST_IN_A_LINE) + 1):
            digest.update(line)
            lines, size = lines + 1, size + len(line)
            if size > part.bytes or not line.endswith(b"\n"):
                break
            yield line
    if (lines, size, digest.hexdigest()) != (part.lines, part.bytes, part.sha256):
        raise ValueError(f"{_file_of(name)} is not what was written")


def _file_of(name: str) -> str:
    return f"{name}.jsonl"
