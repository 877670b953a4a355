"""Small databases beside the index: SQLite, whose errors are those of `errors` here."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from .errors import DatabaseUnusable

_BY_SYSTEM = "see that the disk has room, is mounted for writing, and that the user who runs this may write there"
_BY_DAMAGE = "move the file away; a new one is begun"
_STEPS_BY_RESULT = {
    sqlite3.SQLITE_BUSY: "another process is writing it; try again soon",
    sqlite3.SQLITE_LOCKED: "another process is writing it; try again soon",
    sqlite3.SQLITE_FULL: "free some space, then try again",
    sqlite3.SQLITE_IOERR: "see that the disk has room and is well",
    sqlite3.SQLITE_CANTOPEN: _BY_SYSTEM,
    sqlite3.SQLITE_READONLY: _BY_SYSTEM,
    sqlite3.SQLITE_PERM: _BY_SYSTEM,
}
# Seconds between two attempts at what SQLite does not wait for itself.
_PAUSE = 0.01


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep all changes of the block, or none of them where it raises an exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # A full disk, among others, has ended it already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def write_ahead(connection: sqlite3.Connection, seconds: float) -> None:
    """Let readers go on beside a writer from now on.

    Of two processes that do so at once, SQLite refuses one without waiting, since each could wait for the other
    (https://sqlite.org/c3ref/busy_handler.html).

    Args:
        connection: Outside of a transaction.
        seconds: How long to wait for another process that writes.

    Raises:
        sqlite3.OperationalError: It writes still; `database` turns this into its own error.
    """
    last = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(_PAUSE)
        else:
            return


def check_database(connection: sqlite3.Connection) -> None:
    """Check the structure of a database.

    Raises:
        sqlite3.DatabaseError: It is damaged; `database` turns this into its own error.
    """
    (fault,) = connection.execute("PRAGMA quick_check (1)").fetchone()
    if fault != "ok":
        raise sqlite3.DatabaseError(fault)


@contextmanager
def database(file: Path | str, seconds: float, *, for_reading: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a database and close it after the block; it is made where it is not there.

    Args:
        file: The file, or ":memory:".
        seconds: How long to wait for another process that writes.
        for_reading: What is written may be lost: a file that this user cannot write is copied into memory.

    Raises:
        DatabaseUnusable: It cannot be read or written, or it is damaged; in the block as well.
    """
    if Path(file).is_dir():
        raise DatabaseUnusable(f"{file}: is a directory; move it away")
    try:
        is_copied = for_reading and _is_unwritable(Path(file))
        opened = ":memory:" if is_copied else file
        with closing(sqlite3.connect(opened, timeout=seconds, isolation_level=None)) as connection:
            if is_copied:
                _copy(Path(file), seconds, connection)
            yield connection
    except sqlite3.Error as error:
        # The first byte is the kind of the error, the others say more.
        kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        raise DatabaseUnusable(f"{file}: {error}; {_STEPS_BY_RESULT.get(kind, _BY_DAMAGE)}") from error
    # SQLite repeats damaged text in its messages.
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DatabaseUnusable(f"{file}: has a row that cannot be read ({error}); {_BY_DAMAGE}") from error


def _is_unwritable(file: Path) -> bool:
    """Check whether there is a file that cannot be opened to write: SQLite writes beside it, also to read it."""
    return file.exists() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _copy(file: Path, seconds: float, target: sqlite3.Connection) -> None:
    """Copy a database; one without a log beside it is not being written."""
    mode = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{mode}", timeout=seconds, uri=True)) as stored:
        stored.backup(target)
