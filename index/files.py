"""Write files atomically: a reader sees the old content or the new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(file: Path, *, durable: bool = False) -> Iterator[Path]:
    """Yield a temporary file, which replaces `file` when the block ends without an exception.

    Args:
        file: The file to write.
        durable: Sync the content before the file gets its name, and the name after, so that a power loss leaves the
            old content or the new one as well.

    Raises:
        OSError: It cannot be written; `file` is unchanged, and the error names it.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with naming(file):
        try:
            yield temporary
            if durable:
                sync_to_disk(temporary)
            temporary.replace(file)
            if durable:
                sync_to_disk(file.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Make errors of the system name the file that is meant: by themselves they name none, or a temporary one."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(file), None
        raise


def sync_to_disk(path: Path) -> None:
    """Wait until the content of a file, or the names in a directory, are on the disk."""
    with naming(path):
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
