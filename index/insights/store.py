"""The counts, in one SQLite file: several processes write at once, and readers do not wait for them.

Whoever searches is not known. So what makes several requests one intent is the text alone: requests of a program that
go on from each other within half a minute. Two readers who type the same words at the same time are counted once.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ..database import database, transaction, write_ahead
from .events import Clicked, Event, Searched, goes_on

# Days that a search is kept.
KEPT_DAYS = 90
DAY = 86_400
# Seconds: for longer nobody rests between two keys.
TYPING_PAUSE = 30
# Seconds: from a list of results that is older, hardly anybody clicks.
CLICK_WINDOW = 3_600
# Seconds: a click is told by the browser before it leaves the page, and by the page that it arrives at.
DUPLICATE_CLICK_WINDOW = 10
# Seconds to wait for another process that writes.
COUNTS_TIMEOUT = 5.0

# Seconds since 1970 that are a date, to the end of the year 9999.
Moment = Annotated[int, Meta(ge=0, le=253_402_300_799)]

CountsTable = Literal["searches", "clicks", "runs"]
CountsRow = dict[str, int | str | None]

COUNTS_SCHEMA = """
CREATE TABLE IF NOT EXISTS searches (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,       -- what the intent is called: the last text, before letters were taken away
    typed TEXT NOT NULL,      -- the text of its last request
    first INTEGER NOT NULL,   -- seconds since 1970
    last INTEGER NOT NULL,
    submitted INTEGER NOT NULL,
    after TEXT NOT NULL,      -- the search that it came from
    total INTEGER,
    partly INTEGER,
    urls TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS searches_last ON searches (last);
CREATE INDEX IF NOT EXISTS searches_text ON searches (text, last);
CREATE TABLE IF NOT EXISTS clicks (
    search INTEGER NOT NULL REFERENCES searches ON DELETE CASCADE,
    url TEXT NOT NULL,
    moment INTEGER NOT NULL,
    PRIMARY KEY (search, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    moment INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    added INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    held_back INTEGER NOT NULL,
    failed INTEGER NOT NULL
);
"""


@contextmanager
def writing(file: Path | Literal[":memory:"]) -> Iterator[sqlite3.Connection]:
    """Open the counts for writing; the file is made where it is not there.

    Raises:
        DatabaseUnusable: They cannot be written, or the file is damaged.
    """
    with database(file, COUNTS_TIMEOUT) as connection:
        write_ahead(connection, COUNTS_TIMEOUT)
        # A power cut may take the last counts, and never the file; nothing waits for the disk.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(COUNTS_SCHEMA)
        yield connection


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the counts for reading, in one state; an empty one where nothing was counted yet.

    Raises:
        DatabaseUnusable: They cannot be read, or the file is damaged.
    """
    with database(file if file.exists() else ":memory:", COUNTS_TIMEOUT, for_reading=True) as connection:
        connection.row_factory = sqlite3.Row
        # Another process may have created the file just now, and no table in it yet.
        connection.executescript(COUNTS_SCHEMA)
        connection.execute("BEGIN")
        yield connection


def record(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Count events, all or none."""
    with transaction(connection):
        for event in events:
            if isinstance(event, Searched):
                _search(connection, event)
            else:
                _click(connection, event)


def forget(connection: sqlite3.Connection, now: int) -> None:
    """Delete rows that are older than `KEPT_DAYS`."""
    with transaction(connection):
        connection.execute("DELETE FROM searches WHERE last < ?", (now - KEPT_DAYS * DAY,))
        connection.execute("DELETE FROM runs WHERE moment < ?", (now - KEPT_DAYS * DAY,))


def record_run(file: Path, run: tuple[int, ...]) -> None:
    """Record a commit of the index: a row of `runs`.

    Raises:
        DatabaseUnusable: The file cannot be written.
    """
    with writing(file) as connection:
        connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", run)


def column_names(connection: sqlite3.Connection, table: CountsTable) -> list[str]:
    """Return the names of a table's columns."""
    return [name for _, name, *_ in connection.execute(f"PRAGMA table_info ({table})")]


def stored_rows(connection: sqlite3.Connection, table: CountsTable) -> Iterator[CountsRow]:
    """Return all rows of a table."""
    return (dict(row) for row in connection.execute(f"SELECT * FROM {table}"))  # noqa: S608 - a name from above


@contextmanager
def replacing_rows(
    connection: sqlite3.Connection, tables: Iterable[tuple[CountsTable, Iterable[CountsRow]]]
) -> Iterator[None]:
    """Replace all rows by others, once the body of the `with` statement has succeeded."""
    with transaction(connection):
        connection.execute("DELETE FROM searches")
        connection.execute("DELETE FROM runs")
        for table, found in tables:
            names = column_names(connection, table)
            marks = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)  # noqa: S608 - names from above
        yield


def _search(connection: sqlite3.Connection, event: Searched) -> None:
    going_on = _going_on(connection, event)
    if going_on is None:
        _insert(connection, event)
        return
    number, text = going_on
    shrinks = event.how == "typed" and text.startswith(event.text)
    connection.execute(
        "UPDATE searches SET typed = ?, last = ?, submitted = ? WHERE id = ?",
        (event.text, event.moment, event.how == "submitted", number),
    )
    if not shrinks or text == event.text:
        connection.execute(
            "UPDATE searches SET text = ?, total = ?, partly = ?, urls = ? WHERE id = ?",
            (event.text, *_outcome(event), number),
        )


def _going_on(connection: sqlite3.Connection, event: Searched) -> tuple[int, str] | None:
    """Find the intent that a search goes on from: one that was typed, and not sent yet."""
    rows = connection.execute(
        "SELECT id, text, typed FROM searches WHERE last BETWEEN ? AND ? AND NOT submitted ORDER BY last DESC, id DESC",
        (event.moment - TYPING_PAUSE, event.moment + TYPING_PAUSE),
    )
    texts = msgspec.convert(rows.fetchall(), list[tuple[int, str, str]])
    return next(((number, text) for number, text, typed in texts if goes_on(typed, event.text)), None)


def _insert(connection: sqlite3.Connection, event: Searched) -> int:
    row = (event.text, event.text, event.moment, event.moment, event.how == "submitted", event.after, *_outcome(event))
    inserted = connection.execute(
        "INSERT INTO searches (text, typed, first, last, submitted, after, total, partly, urls)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    return int(inserted.lastrowid or 0)


def _outcome(event: Searched) -> tuple[int | None, bool | None, str]:
    found = event.outcome
    return (found.total, found.partly, msgspec.json.encode(found.urls).decode()) if found else (None, None, "[]")


def _click(connection: sqlite3.Connection, event: Clicked) -> None:
    """Count a click for the newest search of its text that has none; a search that was not heard of is counted, too."""
    told = connection.execute(
        "SELECT 1 FROM clicks JOIN searches ON id = search WHERE text = ? AND url = ? AND moment >= ?",
        (event.text, event.url, event.moment - DUPLICATE_CLICK_WINDOW),
    ).fetchone()
    if told:
        return
    found = connection.execute(
        "SELECT id FROM searches WHERE text = ? AND last >= ?"
        " ORDER BY EXISTS (SELECT 1 FROM clicks WHERE search = id), last DESC, id DESC LIMIT 1",
        (event.text, event.moment - CLICK_WINDOW),
    ).fetchone()
    number = found[0] if found else _insert(connection, Searched(text=event.text, moment=event.moment, how="submitted"))
    connection.execute("INSERT OR IGNORE INTO clicks VALUES (?, ?, ?)", (number, event.url, event.moment))
