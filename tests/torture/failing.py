"""Calls that fail, are cut short, or are the last of their process: real ones, of Python and of SQLite.

`failing.c` is loaded before the C library. A process that has imported all runs each case in a child of its own, so
that a case takes some hundredths of a second.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_suffix(".c")
# Seconds; a command that hangs ends the case, and fails it.
PATIENCE = 60
KILLED = 137


class How(IntEnum):
    """How a call is struck, as `failing.c` numbers it."""

    NEVER = 0
    ONCE = 1
    ON = 2
    SHORT = 3
    KILL = 4
    TORN = 5


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status, KILLED where it was; what it said; and each call that it made."""

    status: int
    said: str
    calls: list[str]


class Machine:
    """Runs commands whose calls fail."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(
        self,
        folder: Path,
        arguments: Sequence[str],
        how: How = How.NEVER,
        point: int = -1,
        error: int = 0,
        *,
        reading: bool = False,
    ) -> Ended:
        """Run a command, one of whose calls that change files below a folder is struck, or with `reading` that read.

        Args:
            folder: Where calls count.
            arguments: Of `backmatter`; `record TEXT` counts a search in the folder's counts, as the server does.
            how: How the call is struck.
            point: The number of the call, from 0.
            error: The number of the error with which it fails.
            reading: Whether calls that read count, and not those that change.
        """
        case = {"folder": str(folder), "arguments": list(arguments), "call": [reading, how, point, error]}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """Start the process that runs the cases.

    Args:
        folder: Where the library is built.
    """
    library = folder / "failing.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library, SOURCE, "-ldl"], check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LD_PRELOAD": str(library)},
        cwd=SOURCE.parents[2],
    )
    try:
        yield Machine(process)
    finally:
        process.communicate()


def serve() -> None:
    """Run the cases that are asked for, one a line."""
    warm_up()
    for line in sys.stdin:
        case = json.loads(line)
        with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as calls:
            child = os.fork()
            if not child:
                run_case(case, said.fileno(), calls.fileno())
            _, status = os.waitpid(child, 0)
            said.seek(0)
            calls.seek(0)
            ended = Ended(os.waitstatus_to_exitcode(status), said.read(), calls.read().splitlines())
        sys.stdout.write(json.dumps(vars(ended)) + "\n")
        sys.stdout.flush()


def warm_up() -> None:
    """Import what the commands need once, and not in each child, by running each."""
    from click.testing import CliRunner

    from backmatter.index.cli.commands import cli

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "content").mkdir()
        (folder / "content" / "a.md").write_text("# A\n\nA *word*.\n", "utf-8")
        record(folder, "word")
        for arguments in (["index"], ["backup", f"{folder}/kept.zip"], ["restore", "--force", f"{folder}/kept.zip"]):
            CliRunner().invoke(cli, [*arguments, *places(folder)], catch_exceptions=False)


def run_case(case: dict[str, Any], said: int, calls: int) -> None:
    """Run a command in this process, and end it."""
    os.dup2(said, 1)
    os.dup2(said, 2)
    signal.alarm(PATIENCE)
    folder, (name, *rest) = Path(case["folder"]), case["arguments"]
    work: Callable[[], object] = command(case["arguments"], folder)
    if name == "record":
        work = lambda: record(folder, *rest)  # noqa: E731
    ctypes.CDLL(None).arm(str(folder).encode(), calls, *case["call"])
    try:
        work()
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 3
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def command(arguments: list[str], folder: Path) -> Callable[[], object]:
    """Return a function that runs `backmatter` over a folder's journal."""
    from backmatter.index.cli.commands import main

    sys.argv = ["backmatter", *arguments, *places(folder)]
    return main


def places(folder: Path) -> list[str]:
    """Return the options that name a journal's directories, and its settings where it has some."""
    file = folder / "backmatter.toml"
    config = ["--config", str(file)] if file.exists() else []
    return ["--content", str(folder / "content"), "--index", str(folder / "index"), *config]


def record(folder: Path, text: str) -> None:
    """Count a search, as the server's thread does, and say what the log would."""
    from backmatter.index.errors import DatabaseUnusable
    from backmatter.index.insights import store
    from backmatter.index.insights.events import Searched

    try:
        with store.writing(folder / "index-insights.sqlite") as counts:
            store.record(counts, [Searched(text=text, moment=1_790_000_000, how="submitted")])
    except DatabaseUnusable as error:
        sys.stderr.write(f"backmatter: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    serve()
