"""The server's background worker: it runs jobs, and adds one when a scheduled post is due.

A process beside the workers does it, and each job is a process again; of several servers on one index, one does at a
time. Nowhere is a database open where a process is forked: https://www.sqlite.org/howtocorrupt.html, 2.6
"""

import fcntl
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context, parent_process
from pathlib import Path
from time import sleep

import msgspec

from ..engines.base import Engine
from ..errors import DatabaseUnusable, describe_error
from ..settings import Settings
from .jobs import Job, Jobs
from .schedule import next_due

# Seconds between two looks at the jobs, each of less than a millisecond: a reader's patience starts with the hook.
TICK = 0.1
# Between two looks at the clock, and before what failed is tried again.
CLOCK_INTERVAL = timedelta(seconds=1)
RETRY_INTERVAL = timedelta(minutes=1)
# Seconds until somebody else's lock, or a full disk, is looked at again.
RETRY_PAUSE = 2.0

_log = logging.getLogger("backmatter.jobs")

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
        # Not the parent of this moment: the server may have been killed while this process started.
        server = parent_process()
        self._server = server.pid if server else os.getppid()
        self._looked = self._asked = datetime.min.replace(tzinfo=UTC)
        self._complaint = ""

    def run(self) -> None:
        """Work until the server is gone."""
        while self._has_server():
            try:
                self._work_while_locked()
            except (DatabaseUnusable, OSError) as error:
                self._complain(f"hooks and dates have to wait: {describe_error(error)}")
            sleep(RETRY_PAUSE)

    def _has_server(self) -> bool:
        """Check whether the server is alive; one that is killed cannot stop this process."""
        return os.getppid() == self._server

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            _log.error(complaint)
        self._complaint = complaint

    def _work_while_locked(self) -> None:
        """Run jobs while this process holds the lock, so that no other server does."""
        with Path(f"{self._settings.jobs_file}-lock").open("wb") as held:
            try:
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._requeue_interrupted()
            while self._has_server():
                self._check_schedule()
                job = self._next()
                if job:
                    self._run_job(job)
                sleep(TICK)

    def _requeue_interrupted(self) -> None:
        """Queue a job again that was interrupted; jobs are started only here."""
        with Jobs.open(self._settings.jobs_file) as jobs:
            interrupted = jobs.running()
            if interrupted:
                jobs.save(msgspec.structs.replace(interrupted, state="waiting", read=0))

    def _next(self) -> Job | None:
        with Jobs.open(self._settings.jobs_file) as jobs:
            return jobs.waiting()

    def _check_schedule(self) -> None:
        """Add a job when a post is due; what is still due after it has failed, and is tried again after a minute."""
        now = datetime.now(UTC)
        if self._looked <= now < self._looked + CLOCK_INTERVAL:
            return
        self._looked = now
        due = next_due(self._engine, self._settings)
        if due and due <= now and (due > self._asked or now - self._asked > RETRY_INTERVAL):
            self._asked = now
            with Jobs.open(self._settings.jobs_file) as jobs:
                jobs.ask("clock")

    def _run_job(self, job: Job) -> None:
        process = get_context("fork").Process(target=self._work, args=(self._settings, job.id))
        process.start()
        try:
            while process.is_alive() and self._has_server():
                process.join(TICK)
        finally:
            process.terminate()
            process.join()
        with Jobs.open(self._settings.jobs_file) as jobs:
            left = jobs.running()
            if left and self._has_server():
                jobs.save(left.failed_with("its process ended early; the index is as it was, try again"))
