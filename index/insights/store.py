"""The counts, in one SQLite file: several processes write it at once, and readers of it wait for none.

Whoever searches is not known. So what makes several requests one intent is the text alone: requests of a program that
go on from each other within half a minute. Two readers who type the same words at the same time are counted once.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from index.insights.events import Clicked, Event, Searched, goes_on

# Days that a search is kept.
KEPT = 90
DAY = 86_400
# Seconds: for longer nobody rests between two keys.
PAUSE = 30
# Seconds: from a list of results that is older, hardly anybody clicks.
READING = 3_600
# Seconds: a click is told by the browser before it leaves the page, and by the page that it arrives at.
TWICE = 10
# Milliseconds to wait for another process that writes.
PATIENCE = 5_000

Table = Literal["searches", "clicks", "runs"]
Row = dict[str, int | str | None]

SCHEMA = """
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


def connect(file: Path) -> sqlite3.Connection:
    """Open the counts for writing; the file is made where it is not there.

    Raises:
        sqlite3.Error: It cannot be opened or is no database.
    """
    connection = sqlite3.connect(file, timeout=PATIENCE / 1000, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may take the last counts, and never the file; nothing waits for the disk.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the counts for reading, in one state; an empty one where nothing was counted yet."""
    there = file.is_file()
    connection = sqlite3.connect(file if there else ":memory:", timeout=PATIENCE / 1000, isolation_level=None)
    with closing(connection):
        connection.row_factory = sqlite3.Row
        connection.executescript(SCHEMA)  # Another process may have made the file just now, and nothing in it yet.
        connection.execute("BEGIN")
        yield connection


def record(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Count events, all or none."""
    with _transaction(connection):
        for event in events:
            if isinstance(event, Searched):
                _search(connection, event)
            else:
                _click(connection, event)


def forget(connection: sqlite3.Connection, now: int) -> None:
    """Delete what is older than it may be."""
    with _transaction(connection):
        connection.execute("DELETE FROM searches WHERE last < ?", (now - KEPT * DAY,))
        connection.execute("DELETE FROM runs WHERE moment < ?", (now - KEPT * DAY,))


def record_run(file: Path, run: tuple[int, ...]) -> None:
    """Take down a commit of the index: a row of `runs`.

    Raises:
        sqlite3.Error: The file cannot be written.
    """
    with closing(connect(file)) as connection:
        connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", run)


def columns(connection: sqlite3.Connection, table: Table) -> list[str]:
    """Name the columns of a table."""
    return [name for _, name, *_ in connection.execute(f"PRAGMA table_info ({table})")]


def rows(connection: sqlite3.Connection, table: Table) -> Iterator[Row]:
    """Give all rows of a table."""
    return (dict(row) for row in connection.execute(f"SELECT * FROM {table}"))  # noqa: S608 - a name from above


@contextmanager
def replacing(connection: sqlite3.Connection, tables: Iterable[tuple[Table, Iterable[Row]]]) -> Iterator[None]:
    """Put other rows in place of all there are, once what is done meanwhile has succeeded."""
    with _transaction(connection):
        connection.execute("DELETE FROM searches")
        connection.execute("DELETE FROM runs")
        for table, found in tables:
            names = columns(connection, table)
            marks = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)  # noqa: S608 - names from above
        yield


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


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
        (event.moment - PAUSE, event.moment + PAUSE),
    )
    return next(((number, text) for number, text, typed in rows if goes_on(typed, event.text)), None)


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
        (event.text, event.url, event.moment - TWICE),
    ).fetchone()
    if told:
        return
    found = connection.execute(
        "SELECT id FROM searches WHERE text = ? AND last >= ?"
        " ORDER BY EXISTS (SELECT 1 FROM clicks WHERE search = id), last DESC, id DESC LIMIT 1",
        (event.text, event.moment - READING),
    ).fetchone()
    number = found[0] if found else _insert(connection, Searched(text=event.text, moment=event.moment, how="submitted"))
    connection.execute("INSERT OR IGNORE INTO clicks VALUES (?, ?, ?)", (number, event.url, event.moment))
