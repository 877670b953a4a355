"""A job carried out: what was published is fetched, indexed, and told of."""

import subprocess
from pathlib import Path
from time import monotonic

import msgspec

from index.engine import Engine
from index.errors import BackmatterError
from index.jobs import Job, Jobs
from index.publish import publish
from index.settings import Settings
from index.sync import Report
from index.webhook import announce

# Seconds between two notes of how far a job is.
NOTE = 0.5
# Seconds; a remote that says nothing for longer is not there.
PULLING = 300


def carry_out(engine: Engine, settings: Settings, jobs: Jobs, job: Job) -> None:
    """Do a job, and keep what comes of it."""
    job = job.started_now()
    jobs.save(job)
    try:
        if job.cause == "hook" and settings.hook_pull:
            pull(settings.hook_pull)
        report = publish(engine, settings, Noting(jobs, job))
    except (BackmatterError, OSError) as error:
        jobs.save(job.failed_with(str(error)))
        return
    finish(settings, jobs, job, report)


def finish(settings: Settings, jobs: Jobs, job: Job, report: Report) -> None:
    """Keep what was done, and then tell of it: readers find it whether or not somebody listens."""
    done = job.ended_with(report)
    jobs.save(done)
    complaint = announce(settings, report)
    if complaint:
        jobs.save(msgspec.structs.replace(done, message=complaint))


class Noting:
    """Keeps how far a job is, now and then."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        self._jobs, self._job, self._noted = jobs, job, 0.0

    def __call__(self, read: int, files: int) -> None:
        """Take down the number of files read, and of all."""
        if monotonic() - self._noted > NOTE:
            self._noted = monotonic()
            self._jobs.save(msgspec.structs.replace(self._job, read=read, files=files))


def pull(clone: Path) -> None:
    """Bring a clone up to its remote; what was changed here is never merged or thrown away.

    Raises:
        BackmatterError: It cannot be; git's own last line says why.
    """
    command = ["git", "-C", str(clone), "pull", "--ff-only", "--quiet"]
    try:
        # Without a terminal, git gives up where it would ask for a password.
        done = subprocess.run(  # noqa: S603 - the settings' own directory
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PULLING, start_new_session=True, check=False
        )
    except FileNotFoundError:
        raise BackmatterError("hook_pull: git is not installed; install it, or leave hook_pull empty") from None
    except subprocess.TimeoutExpired:
        raise BackmatterError(f"hook_pull: git pull in {clone} takes over {PULLING} s; is its remote there?") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise BackmatterError(f"hook_pull: git pull in {clone} failed: {lines[-1]}; mend it there by hand")
