"""The queue of index jobs, in one SQLite file: several processes add jobs, and one runs them.

A job that waits stands for everybody who asks meanwhile. A job's id cannot be guessed, and who knows it may read it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Literal

import msgspec

from ..database import database, transaction
from .report import Failure, SyncReport

# Enough to look something up; a job is some hundred bytes.
KEPT_JOBS = 200
# Hooks whose repetition is noticed: a push an hour for a year.
KEPT_HOOKS = 10_000
# Failed posts that a job names.
MAX_FAILURES_NAMED = 20
# Seconds to wait for another process that writes.
JOBS_TIMEOUT = 5.0

JOBS_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    job BLOB NOT NULL         -- JSON
);
CREATE TABLE IF NOT EXISTS hooks (number INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE);
"""

Cause = Literal["hook", "clock"]
State = Literal["waiting", "running", "done", "failed"]


class Replayed(Exception):
    """The very same hook was accepted before."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the index, asked for by a hook or by the clock.

    Attributes:
        read: Files read so far, of `files` to be read.
        generation: The one that is current after it; None before.
        posts: How many were added, updated, deleted, left as they were, held back and could not be read.
        failed: The first posts that could not be read.
        message: What went wrong.
    """

    id: str
    cause: Cause
    state: State = "waiting"
    asked: datetime
    started: datetime | None = None
    ended: datetime | None = None
    read: int = 0
    files: int = 0
    generation: int | None = None
    posts: dict[str, int] = {}
    failed: list[Failure] = []
    message: str = ""

    def started_now(self) -> "Job":
        """Return this job as running."""
        return msgspec.structs.replace(self, state="running", started=datetime.now(UTC))

    def ended_with(self, report: SyncReport, message: str = "") -> "Job":
        """Return this job as done."""
        return msgspec.structs.replace(
            self,
            state="done",
            ended=datetime.now(UTC),
            generation=report.generation,
            posts=report.counts,
            failed=report.failed[:MAX_FAILURES_NAMED],
            message=message,
        )

    def failed_with(self, message: str) -> "Job":
        """Return this job as failed."""
        return msgspec.structs.replace(self, state="failed", ended=datetime.now(UTC), message=message)


_decode = msgspec.json.Decoder(Job).decode


class Jobs:
    """The jobs, through one connection, of one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, file: Path) -> Iterator["Jobs"]:
        """Open the file; it is made where it is not there.

        Raises:
            DatabaseUnusable: It cannot be read or written, here or in any method, or it is damaged.
        """
        with database(file, JOBS_TIMEOUT) as connection:
            connection.executescript(JOBS_SCHEMA)
            yield cls(connection)

    def ask(self, cause: Cause, mark: str = "") -> Job:
        """Return the job that waits, or a new one.

        Args:
            cause: Why; a hook also says that there is something to fetch, so it prevails over the clock.
            mark: What cannot come twice.

        Raises:
            Replayed: It came before.
        """
        with transaction(self._connection):
            if mark:
                self._remember(mark)
            waiting = self.waiting()
            if waiting and (waiting.cause == "hook" or cause == "clock"):
                return waiting
            if waiting:
                job = msgspec.structs.replace(waiting, cause=cause)
            else:
                job = Job(id=token_urlsafe(16), cause=cause, asked=datetime.now(UTC))
            self.save(job)
            self._forget("jobs", KEPT_JOBS)
            return job

    def waiting(self) -> Job | None:
        """Return the next job."""
        return self._first("state = 'waiting'")

    def running(self) -> Job | None:
        """Return the job that runs, or ran when its process ended."""
        return self._first("state = 'running'")

    def get(self, name: str) -> Job | None:
        """Return the job with this id."""
        return self._first("id = ?", name)

    def save(self, job: Job) -> None:
        """Insert or update a job."""
        self._connection.execute(
            "INSERT INTO jobs (id, state, job) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET state = excluded.state, job = excluded.job",
            (job.id, job.state, msgspec.json.encode(job)),
        )

    def _first(self, condition: str, *values: str) -> Job | None:
        query = f"SELECT job FROM jobs WHERE {condition} ORDER BY number LIMIT 1"  # noqa: S608 - ours, from above
        row = self._connection.execute(query, values).fetchone()
        return _decode(row[0]) if row else None

    def _remember(self, mark: str) -> None:
        try:
            self._connection.execute("INSERT INTO hooks (mark) VALUES (?)", (mark,))
        except sqlite3.IntegrityError:
            raise Replayed from None
        self._forget("hooks", KEPT_HOOKS)

    def _forget(self, table: Literal["jobs", "hooks"], kept: int) -> None:
        newest = f"SELECT max(number) FROM {table}"  # noqa: S608 - the name of a table above
        self._connection.execute(f"DELETE FROM {table} WHERE number <= ({newest}) - ?", (kept,))  # noqa: S608
