"""The command that serves the journal."""

import gc
import signal
import socket
import sqlite3
import sys
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click
import msgspec

from index.cli import FOUND, with_settings
from index.errors import IndexMissing, IndexOutdated, SettingsError
from index.settings import Settings, share_metrics

if TYPE_CHECKING:
    from flask import Flask

# A request takes milliseconds; a worker that is still busy after this many seconds hangs.
STOP_TIMEOUT = 3
# Workers import and open the index in about a second; after this many, something is wrong and has been logged.
START_TIMEOUT = 60


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes.")
@with_settings
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> int:
    """Serve the journal; indexes first when there is no index."""
    settings = msgspec.structs.replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        workers=workers or settings.workers,
    )
    address = _free_address(settings.host, settings.port)
    _index_first(settings)
    with TemporaryDirectory(prefix="backmatter-") as folder:
        share_metrics(folder)
        _run(settings, address)
    return FOUND


def load(settings: Settings) -> "Flask":
    """Make the application; every worker process does so for itself.

    A worker is told to stop by SIGTERM alone. While it loads, it still has the handlers of the process that it was
    forked from, which would swallow the signal. And a terminal sends SIGINT to the workers as well, just before they
    are stopped: a second signal within the handler of a first one makes the server's worker hang.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    from app import create_app, logs
    from index.engines import open_engine

    logs.start()
    app = create_app(settings, open_engine(settings))
    # What is here now stays: a reader should not wait for it to be searched for garbage now and then.
    gc.collect()
    gc.freeze()
    return app


def publish(settings: Settings) -> None:
    """Carry out the jobs of an index, in a process of its own beside the workers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    from app.publisher import Publisher
    from index.engines import open_engine

    Publisher(settings, open_engine(settings), carry_out).run()


def _start_deaf(process: BaseProcess) -> None:
    """Start a process that ignores Ctrl-C from its first moment on: the server hears it as well, and ends it."""
    hearing = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.start()
    signal.signal(signal.SIGINT, hearing)


def carry_out(settings: Settings, name: str) -> None:
    """Do the job of an id, in a process of its own again; the publisher says what became of it where this cannot."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from index import work
    from index.engines import open_engine
    from index.jobs import Jobs

    with suppress(sqlite3.Error), Jobs.open(settings.jobs) as jobs:
        job = jobs.get(name)
        if job:
            work.carry_out(open_engine(settings), settings, jobs, job)


def _free_address(host: str, port: int) -> str:
    """Resolve a host's name, and try the port: the server's own sockets would share it with another of its kind.

    Raises:
        SettingsError: The host is not known or not ours, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a host's name"
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {reason}; choose others with --host and --port"
        ) from None
    return str(address[0])


def _index_first(settings: Settings) -> None:
    from index import editorial
    from index.engines import open_engine
    from index.report import describe, misplaced
    from index.sync import sync

    engine, says = open_engine(settings), editorial.load(settings)
    try:
        engine.snapshot()
    except (IndexMissing, IndexOutdated):
        click.echo(describe(sync(engine, settings), dry_run=False))
    click.echo(misplaced(says.missing(engine.snapshot())), err=True, nl=False)


def _run(settings: Settings, address: str) -> None:
    """Serve until the process is told to stop; the access log stays off, as it would hold what readers look for."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "app",
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.workers,
        blocking_threads=1,  # Each thread would hold an index of its own.
        workers_kill_timeout=STOP_TIMEOUT,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    )
    publisher = get_context("spawn").Process(target=publish, args=(settings,))
    server.on_startup(partial(_start_deaf, publisher))
    server.on_shutdown(publisher.terminate)
    server.on_startup(Thread(target=_announce, args=(settings, address), daemon=True).start)
    server.serve(target_loader=partial(load, settings), wrap_loader=False)


def _announce(settings: Settings, address: str) -> None:
    """Print the address as soon as somebody answers there."""
    deadline = monotonic() + START_TIMEOUT
    while monotonic() < deadline:
        try:
            socket.create_connection((address, settings.port), timeout=1).close()
        except OSError:
            sleep(0.05)
        else:
            click.echo(f"{settings.kind} // {settings.title} is served at {settings.listening}/")
            return
