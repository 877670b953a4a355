"""A copy of what a journal's server holds: the posts of one generation, and what readers looked for."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from ..engines.base import Engine
from ..errors import IndexDamaged, IndexMissing, InputError
from ..files import naming, sync_to_disk
from ..insights import store
from ..posts.visibility import held_back
from ..settings import Settings
from .backup_archive import (
    COUNT_TABLES,
    FORMAT,
    MANIFEST,
    POSTS,
    Manifest,
    checked_archive,
    count_tables,
    posts_in,
    write_part,
)

# Generations that a lost index may have made after its last backup: what readers keep of those must not pass for ours.
GENERATION_GAP = 1_000


def backup(engine: Engine, settings: Settings, file: Path) -> Manifest:
    """Write a backup, whole or not at all; whoever reads, writes or counts meanwhile does not notice.

    Raises:
        IndexMissing: There is nothing to keep.
        IndexDamaged: A post cannot be read; the message names the file that is damaged.
        DatabaseUnusable: What was counted cannot be read.
        OSError: It cannot be written; a file that was there is as it was.
    """
    snapshot = engine.snapshot()
    with (
        store.reading(settings.insights_file) as counts,
        _atomic_file(file) as part,
        ZipFile(part, "w", ZIP_DEFLATED) as made,
    ):
        parts = {POSTS: write_part(made, POSTS, snapshot.posts())}
        parts |= {table: write_part(made, table, store.stored_rows(counts, table)) for table in COUNT_TABLES}
        kept = Manifest(FORMAT, snapshot.generation, datetime.now(UTC), parts)
        made.writestr(MANIFEST, msgspec.json.encode(kept))
    return kept


@contextmanager
def _atomic_file(file: Path) -> Iterator[Path]:
    """Yield a temporary file that replaces another one when all is written; one of a killed run is removed."""
    for left in file.parent.glob(f"{escape(file.name)}.*.part"):
        left.unlink(missing_ok=True)
    with naming(file):
        number, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
        part = Path(name)
        try:
            yield part
            os.fsync(number)
            part.replace(file)
            sync_to_disk(file.parent)
        finally:
            os.close(number)
            part.unlink(missing_ok=True)


def restore(engine: Engine, settings: Settings, file: Path, *, force: bool = False) -> tuple[Manifest, int]:
    """Restore a backup as the next generation; all of it is checked before anything is changed.

    Posts that have expired since it was made are left out, as a run would do. Killed at any moment, it leaves the index
    and the counts each as they were, or complete.

    Args:
        engine: Where the index is kept.
        settings: Where the counts are.
        file: What `backup` wrote.
        force: Replace what is there.

    Returns:
        The backup's manifest, and the new generation, which is always a higher one.

    Raises:
        InputError: The file is not a complete backup, or there is an index already.
        IndexLocked: Another process is writing.
        DatabaseUnusable: The counts cannot be replaced; all is as it was.
        DiskFull: There is no room; all is as it was.
    """
    with checked_archive(file) as (archive, kept):
        held = _generation(engine)
        if not force and (held or _has_counts(settings.insights_file)):
            what = f"an index of generation {held}" if held and held > 0 else "an index" if held else "what was counted"
            raise InputError(f"{settings.index}: there is {what} already; add --force to replace it")
        now = datetime.now(UTC)
        public = (post for post in posts_in(archive, kept) if not held_back(post, now, settings.hold_back))
        after = kept.generation + GENERATION_GAP if kept.generation > (held or 0) else 0
        with (
            engine.writer(rebuild=True) as writer,
            store.writing(settings.insights_file) as counts,
            store.replacing_rows(counts, count_tables(archive, kept)),
        ):
            return kept, writer.commit([writer.stage(public)], after=after)


def _generation(engine: Engine) -> int | None:
    """Return the current generation, -1 if it cannot be read, None if there is no index."""
    try:
        return engine.snapshot().generation
    except IndexMissing:
        return None
    except IndexDamaged:
        return -1


def _has_counts(file: Path) -> bool:
    """Return whether anything was counted; a restore that failed may have left an empty file."""
    with store.reading(file) as counts:
        return any(True for table in COUNT_TABLES for _ in store.stored_rows(counts, table))
