"""What the server does by itself: it carries out jobs, and asks for one when the time of a post has come.

A process beside the workers does it, and each job is a process again; of several servers on one index, one does at a
time. Nowhere is a database open where a process is forked: https://www.sqlite.org/howtocorrupt.html, 2.6
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import sleep

import click
import msgspec

from index.engine import Engine
from index.jobs import Job, Jobs
from index.schedule import next_due
from index.settings import Settings

# Seconds between two looks at the jobs, each of less than a millisecond: a reader's patience starts with the hook.
TICK = 0.1
# Between two looks at the clock, and before what failed is tried again.
LOOK = timedelta(seconds=1)
AGAIN = timedelta(minutes=1)
# Seconds until somebody else's lock, or a full disk, is looked at again.
PAUSE = 2.0

Work = Callable[[Settings, str], object]


class Publisher:
    """Carries out the jobs of an index as long as its server lives.

    Args:
        settings: Where the index and the jobs are.
        engine: Knows when posts expire.
        work: What a process does for the job of an id.
    """

    def __init__(self, settings: Settings, engine: Engine, work: Work) -> None:
        self._settings, self._engine, self._work = settings, engine, work
        self._server = os.getppid()
        self._looked = self._asked = datetime.min.replace(tzinfo=UTC)
        self._complaint = ""

    def run(self) -> None:
        """Work until the server is gone."""
        while self._has_server():
            try:
                self._alone()
            except (sqlite3.Error, OSError) as error:
                self._complain(f"jobs cannot be kept in {self._settings.jobs} ({error}); hooks and dates have to wait")
            sleep(PAUSE)

    def _has_server(self) -> bool:
        """Tell whether the server lives; one that is killed can tell nobody."""
        return os.getppid() == self._server

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            click.echo(f"backmatter: {complaint}", err=True)
        self._complaint = complaint

    def _alone(self) -> None:
        """Work while no other server does."""
        with Path(f"{self._settings.jobs}-lock").open("wb") as held:
            try:
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._take_up()
            while self._has_server():
                self._mind_the_clock()
                job = self._next()
                if job:
                    self._carry_out(job)
                sleep(TICK)

    def _take_up(self) -> None:
        """Have what was broken off done again; a job is only ever begun here."""
        with Jobs.open(self._settings.jobs) as jobs:
            broken_off = jobs.running()
            if broken_off:
                jobs.save(msgspec.structs.replace(broken_off, state="waiting", read=0))

    def _next(self) -> Job | None:
        with Jobs.open(self._settings.jobs) as jobs:
            return jobs.waiting()

    def _mind_the_clock(self) -> None:
        """Ask for a run when a post's date has come; what is still due after it has failed, and waits for a minute."""
        now = datetime.now(UTC)
        if self._looked <= now < self._looked + LOOK:
            return
        self._looked = now
        due = next_due(self._engine, self._settings)
        if due and due <= now and (due > self._asked or now - self._asked > AGAIN):
            self._asked = now
            with Jobs.open(self._settings.jobs) as jobs:
                jobs.ask("clock")

    def _carry_out(self, job: Job) -> None:
        process = get_context("fork").Process(target=self._work, args=(self._settings, job.id))
        process.start()
        try:
            while process.is_alive() and self._has_server():
                process.join(TICK)
        finally:
            process.terminate()
            process.join()
        with Jobs.open(self._settings.jobs) as jobs:
            left = jobs.running()
            if left and self._has_server():
                jobs.save(left.failed_with("its process ended early; the index is as it was, try again"))
