"""The command, forked from a process that has loaded its modules, which is most of what a run takes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import NoReturn

Done = CompletedProcess[str]

# Seconds, far more than is needed; a command that hangs is ended.
PATIENCE = 60
# What commands import when they are called.
MODULES = (
    *("index.cli.commands", "index.cli.output", "index.engines.whoosh.engine", "index.insights.exports"),
    *("index.posts.site_rules", "index.search.explain", "index.sync.sync", "index.tools.backup"),
    *("index.tools.check.output", "index.tools.doctor", "index.tools.evaluation.comparison"),
    *("index.tools.evaluation.evaluate", "index.tools.init", "index.tools.link_suggestions", "app.rendering.theme"),
)


def run_command(folder: Path, *arguments: str | bytes, **variables: str) -> Done:
    """Run the command in a folder, with some variables more; whatever happens, it says so without a traceback."""
    with TemporaryDirectory() as written:
        out, err = Path(written, "out"), Path(written, "err")
        status = status_of(folder, arguments, variables, out, err)
        done = CompletedProcess([*arguments], status, out.read_text("utf-8"), err.read_text("utf-8"))
    assert "Traceback" not in done.stderr, done.stderr
    return done


def status_of(
    folder: Path, arguments: Iterable[str | bytes], variables: Mapping[str, str], out: Path, err: Path
) -> int:
    """Run the command likewise, and let it write to these files or terminals; return its status."""
    asked = [str(folder), [*map(os.fsdecode, arguments)], {**os.environ, **variables}, str(out), str(err)]
    forking = _forking()
    assert forking.stdin
    assert forking.stdout
    print(json.dumps(asked), file=forking.stdin, flush=True)
    return int(forking.stdout.readline())


@cache
def _forking() -> "subprocess.Popen[str]":
    """Start the process that forks; it ends with this one, whose pipe it reads."""
    # Like the command, it finds no module where it stands (-P).
    command = [sys.executable, "-P", __file__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def fork_commands() -> None:
    """Load what commands need, run one for each line of the input, and print its status."""
    for module in MODULES:
        import_module(f"backmatter.{module}")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(*json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - likewise


def _become(folder: str, arguments: list[str], variables: Mapping[str, str], out: str, err: str) -> NoReturn:
    """Become the command: what it has open, where it stands and what it is told is its own."""
    from backmatter.index.cli.commands import main

    signal.alarm(PATIENCE)
    for number, name in enumerate((os.devnull, out, err)):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["backmatter", *arguments]
    status: object = 1
    try:
        main()
    except SystemExit as end:
        status = end.code
    # To take the modules apart again takes ten times as long as most commands.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    fork_commands()
