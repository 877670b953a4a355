"""Run a job: pull the content, update the index, notify the webhook."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import msgspec

from ..engines.base import Engine
from ..errors import BackmatterError, IndexLocked, describe_error
from ..posts import Listing
from ..settings import Settings
from .jobs import Job, Jobs
from .report import SyncReport
from .sync import sync
from .webhook import announce

# Seconds to wait while another process is writing; a whole build of 60,000 articles takes five minutes.
LOCK_PATIENCE = 600.0
LOCK_PAUSE = 0.2
# Seconds between two notes of how far a job is.
PROGRESS_INTERVAL = 0.5
# Seconds; a remote that says nothing for longer is not there.
PULL_TIMEOUT = 300


def publish(
    engine: Engine,
    settings: Settings,
    progress: Callable[[int, int], object] | None = None,
    listing: Listing | None = None,
) -> SyncReport:
    """Bring the index up to what is on disk, after whoever else is writing.

    Raises:
        IndexLocked: The other one writes for very long.
        SettingsError: A content directory does not exist.
    """
    deadline = monotonic() + LOCK_PATIENCE
    while True:
        try:
            return sync(engine, settings, unattended=True, listing=listing, progress=progress)
        except IndexLocked:
            if monotonic() > deadline:
                raise
        sleep(LOCK_PAUSE)


def carry_out(engine: Engine, settings: Settings, jobs: Jobs, job: Job) -> None:
    """Run a job, and save its result."""
    job = job.started_now()
    jobs.save(job)
    try:
        if job.cause == "hook" and settings.hooks.pull:
            pull(settings.hooks.pull)
        report = publish(engine, settings, ProgressRecorder(jobs, job))
    except (BackmatterError, OSError) as error:
        jobs.save(job.failed_with(describe_error(error)))
        return
    finish(settings, jobs, job, report)


def finish(settings: Settings, jobs: Jobs, job: Job, report: SyncReport) -> None:
    """Keep what was done, and then tell of it: readers find it whether or not somebody listens."""
    done = job.ended_with(report)
    jobs.save(done)
    complaint = announce(settings, report)
    if complaint:
        jobs.save(msgspec.structs.replace(done, message=complaint))


class ProgressRecorder:
    """Saves the progress of a job, at most twice a second."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        self._jobs, self._job, self._noted = jobs, job, 0.0

    def __call__(self, read: int, files: int) -> None:
        """Record the number of files read, and of all files."""
        if monotonic() - self._noted > PROGRESS_INTERVAL:
            self._noted = monotonic()
            self._jobs.save(msgspec.structs.replace(self._job, read=read, files=files))


def pull(clone: Path) -> None:
    """Update a clone from its remote, by fast-forward alone; local changes are never merged or discarded.

    Raises:
        BackmatterError: It cannot be updated; the message has git's last line.
    """
    command = ["git", "-C", str(clone), "pull", "--ff-only", "--quiet"]
    try:
        # Without a terminal, git gives up where it would ask for a password.
        done = subprocess.run(  # noqa: S603 - the settings' own directory
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PULL_TIMEOUT,
            start_new_session=True,
            check=False,
        )
    except FileNotFoundError:
        raise BackmatterError("hooks.pull: git is not installed; install it, or leave hooks.pull empty") from None
    except subprocess.TimeoutExpired:
        raise BackmatterError(
            f"hooks.pull: git pull in {clone} takes over {PULL_TIMEOUT} s; is its remote there?"
        ) from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise BackmatterError(f"hooks.pull: git pull in {clone} failed: {lines[-1]}; mend it there by hand")
