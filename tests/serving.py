"""The real server in processes of its own, and what asks it over real HTTP."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Timer
from time import monotonic, sleep

from backmatter.app.server.request_counts import WINDOW
from tests.bench.machine import family
from tests.command import run_command

BACKMATTER = str(Path(sys.executable).with_name("backmatter"))
# Far more than is needed; a server that hangs fails the test and not the whole run.
PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def options(folder: Path) -> list[str]:
    return ["--content", str(folder / "content"), "--index", str(folder / "index")]


@contextmanager
def running(
    folder: Path, *more: str, workers: int = 2, **variables: str
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the server until it is ready, and end it with what it started."""
    with running_as_set(folder, *options(folder), *more, workers=workers, **variables) as started:
        yield started


@contextmanager
def running_as_set(
    folder: Path, *more: str, workers: int = 2, **variables: str
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Do the same with the settings in a folder."""
    port = free_port()
    command = [BACKMATTER, "serve", "--port", str(port), "--workers", str(workers), *more]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env={**os.environ, **variables},
        start_new_session=True,
    )
    try:
        wait_until_ready(process)
        yield process, port
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            end(process)
            raise


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Read what a server says until it is ready; one that is silent for too long is ended, which ends the reading."""
    said = []
    late = Timer(PATIENCE, end, (process,))
    late.start()
    try:
        for line in process.stdout or ():
            said.append(line)
            if "is served at" in line:
                return
    finally:
        late.cancel()
    raise AssertionError("the server ended with: " + "".join(said))


def end(process: subprocess.Popen[str]) -> None:
    """End a server at once, and its workers, who would hold its output open."""
    os.killpg(process.pid, signal.SIGKILL)


def ask(
    port: int, address: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, address, body, headers)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < deadline
        sleep(0.05)


def wait_for_a_minute_of_the_rate_limit() -> None:
    """Wait until the current one does not end soon."""
    until(lambda: monotonic() % WINDOW < WINDOW - PATIENCE / 2)


def workers(process: subprocess.Popen[str], port: int) -> list[int]:
    """Return the processes of a server that listen on its port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    return [pid for pid in family(process.pid) if listening & set(open_files(pid))]


def open_files(pid: int) -> list[str]:
    """Return what the file descriptors of a process refer to; a file that is deleted has " (deleted)" at its end."""
    links = []
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                links.append(str(descriptor.readlink()))
    return links


def index(folder: Path) -> None:
    assert run_command(folder, "index", *options(folder)).returncode == 0
