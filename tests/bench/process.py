"""Whole processes: how long they take and how much memory they and their children need at the most."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from backmatter.index.settings import ENV_PREFIX, Settings
from tests.bench.machine import family, shared_out

# How often memory is looked at, in seconds; looking takes about a millisecond a process.
LOOK = 0.05
COMMAND = str(Path(sys.executable).with_name("backmatter"))
# `backmatter index` exits with 1 where some posts cannot be read, as is so in most trees of this size.
GOOD = (0, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """A process that has ended: wall and processor time in seconds, peak memory in bytes, all with its children's."""

    seconds: float
    processor: float
    peak: int
    output: str


def backmatter(command: str, settings: Settings, *arguments: str) -> Run:
    """Run a real command of Backmatter's in a process of its own."""
    return run([COMMAND, command, *arguments], environment(settings))


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment variables that say the same as some settings."""
    given = {
        "CONTENT": os.pathsep.join(map(str, settings.content)),
        "INDEX": str(settings.index),
    }
    return {**os.environ, **{ENV_PREFIX + name: value for name, value in given.items()}}


def run(command: Sequence[str], env: dict[str, str] | None = None, *, watch: bool = True) -> Run:
    """Run a command to its end; memory is only looked at while it is watched."""
    started, used = perf_counter(), _of_children()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        peak = _watch(process) if watch else 0
        output, _ = process.communicate()
        seconds = perf_counter() - started
    if process.returncode not in GOOD:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Run(seconds, _of_children() - used, peak, output)


def _of_children() -> float:
    """Give the processor time of all children that have ended, and of theirs, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: "subprocess.Popen[str]") -> int:
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(shared_out, family(process.pid))))
        sleep(LOOK)
    return peak


def size(folder: Path) -> int:
    """Give the bytes of all files in a directory."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
