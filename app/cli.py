"""The command that serves the journal."""

import gc
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory
from threading import Thread, Timer
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click
import msgspec

from ..index.cli.options import FOUND, with_journals
from ..index.errors import (
    BackmatterError,
    DatabaseUnusable,
    IndexDamaged,
    IndexMissing,
    SettingsError,
    describe_error,
)
from ..index.settings import Settings, ThemeSettings, share_metrics
from ..index.terminal import printable, say
from .operations import logs
from .server.request_counts import RequestCounts
from .server.signals import leave_stopping_to_server

if TYPE_CHECKING:
    from flask import Flask

    from ..index.engines.base import Engine
    from ..index.search.curation import Editorial
    from .server.gateway import Gateway
    from .server.journals import Journals

# A request takes milliseconds; a worker that is still busy after this many seconds is stuck.
STOP_TIMEOUT = 3
# Seconds. Workers start in about one; after this many, something is wrong and has been logged.
START_TIMEOUT = 60
# After so many seconds, a worker does what searches do not need, which takes a quarter of a second.
SETTLE_AFTER = 1
# Ctrl-C, Ctrl-\\, and a window that is closed.
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
# Seconds that a connection may wait between requests, or take for the head of one.
HEAD_TIMEOUT = 10
# Bytes of a request's line and headers; browsers send a few kilobytes.
MAX_HEAD = 65_536
# Connections of a worker, of which each takes some 20 kB; the system's limit of open files can be lower.
MAX_CONNECTIONS = 8_192
# Files that a worker has open beside its connections.
OTHER_FILES = 128
# The server library writes to our log, and not to one of its own.
SERVER_LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": False}},
}


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes.")
@with_journals
def serve(journals: Sequence[Settings], host: str | None, port: int | None, workers: int | None) -> int:
    """Serve the journal, or several; indexes first when there is no index."""
    given = {name: value for name, value in (("host", host), ("port", port), ("workers", workers)) if value}
    journals = [
        msgspec.structs.replace(settings, server=msgspec.structs.replace(settings.server, **given))
        for settings in journals
    ]
    address = _free_address(journals[0].server.host, journals[0].server.port)
    _check_themes(journals)
    _ensure_indexes(journals)
    with TemporaryDirectory(prefix="backmatter-") as folder:
        share_metrics(folder)
        _run(journals, address)
    return FOUND


def load_app(journals: Sequence[Settings], counts: Sequence[RequestCounts]) -> "Gateway | Journals":
    """Create the applications behind their gateways, in every worker process."""
    leave_stopping_to_server()
    logs.configure()
    from ..index.engines import open_engine
    from . import body_rules, create_app
    from .context import Journal
    from .server.gateway import Gateway
    from .server.journals import Journals

    served: list[Journal] = []
    apps = [
        create_app(settings, open_engine(settings), own_counts, served)
        for settings, own_counts in zip(journals, counts, strict=True)
    ]
    gateways = [Gateway(app, body_rules(settings), settings.root) for app, settings in zip(apps, journals, strict=True)]
    settling = Timer(SETTLE_AFTER, _settle, (apps,))
    settling.daemon = True
    settling.start()
    return Journals([*zip(journals, gateways, strict=True)]) if journals[0].journal.name else gateways[0]


def _settle(apps: "Sequence[Flask]") -> None:
    """Load what shows articles and compress files, so that neither these nor the first search wait for it.

    Everything that is loaded then stays: no request should wait for a garbage collection of it.
    """
    from .rendering import article_html, article_markdown, highlight  # noqa: F401
    from .server.ahead import compress_files

    for app in apps:
        compress_files(app)
    gc.collect()
    gc.freeze()


def run_publisher(settings: Settings) -> None:
    """Run the jobs of an index, in a process of its own beside the workers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    logs.configure()
    from ..index.engines import open_engine
    from ..index.sync.worker import Publisher

    Publisher(settings, open_engine(settings), run_job).run()


def _start_ignoring_terminal(process: BaseProcess) -> None:
    """Start a process that ignores the signals of a terminal: the server handles them and stops the process."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in TERMINAL_SIGNALS}
    process.start()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def run_job(settings: Settings, name: str) -> None:
    """Run the job with this id, in a process of its own; if it dies, the publisher marks the job as failed."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from ..index.engines import open_engine
    from ..index.sync import runner
    from ..index.sync.jobs import Jobs

    with suppress(DatabaseUnusable), Jobs.open(settings.jobs_file) as jobs:
        job = jobs.get(name)
        if job:
            runner.carry_out(open_engine(settings), settings, jobs, job)


def _free_address(host: str, port: int) -> str:
    """Resolve a host name and check that the port is free: the server itself would share it with another server.

    Raises:
        SettingsError: The host is unknown or not of this machine, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a host name"
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {reason}; choose others with --host and --port"
        ) from None
    return str(address[0])


def _check_themes(journals: Sequence[Settings]) -> None:
    """Read the themes once before the workers do, which could only fail with what is wrong in them."""
    for settings in journals:
        if settings.theme != ThemeSettings():
            from .rendering.theme import load_theme

            load_theme(settings)


def _ensure_indexes(journals: Sequence[Settings]) -> None:
    """Build the indexes; of several journals, one without does not keep the others from their readers."""
    from ..index.engines import open_engine
    from ..index.search import curation

    opened = [(settings, open_engine(settings), curation.load_editorial(settings)) for settings in journals]
    for settings, engine, editorial in opened:
        try:
            _ensure_index(settings, engine, editorial)
        except (BackmatterError, OSError) as error:
            if len(journals) == 1:
                raise
            say(f"backmatter: journal {settings.journal.name}: {printable(describe_error(error))}", err=True)


def _ensure_index(settings: Settings, engine: "Engine", editorial: "Editorial") -> None:
    """Build the index if none can be read, and warn of curation that names missing posts."""
    from ..index.cli.output import describe, misplaced

    if not _can_be_read(engine):
        from ..index.sync.sync import sync

        say(describe(sync(engine, settings), dry_run=False))
        if not _can_be_read(engine):
            raise IndexMissing(f"{engine.location}: there is no index to serve; do first what is said above")
    say(misplaced(editorial.missing(engine.snapshot())), err=True, nl=False)


def _can_be_read(engine: "Engine") -> bool:
    try:
        engine.snapshot()
    except (IndexMissing, IndexDamaged):
        return False
    return True


def _run(journals: Sequence[Settings], address: str) -> None:
    """Serve until the process is stopped. The access log is off, as it would contain the queries of readers."""
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    logs.configure()
    settings = journals[0]  # All have the same processes.
    server = Server(
        "app",
        address=address,
        port=settings.server.port,
        interface=Interfaces.RSGI,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT * 1000, max_buffer_size=MAX_HEAD),
        websockets=False,
        workers=settings.server.workers,
        backpressure=_max_connections(),
        workers_kill_timeout=STOP_TIMEOUT,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGGING,
    )
    server.on_startup(partial(signal.signal, signal.SIGQUIT, server.signal_handler_interrupt))
    for each in journals:
        publisher = get_context("spawn").Process(target=run_publisher, args=(each,))
        server.on_startup(partial(_start_ignoring_terminal, publisher))
        server.on_shutdown(publisher.terminate)
    server.on_startup(Thread(target=_announce, args=(journals, address), daemon=True).start)
    counts = [RequestCounts() for _ in journals]
    server.serve(target_loader=partial(load_app, journals, counts), wrap_loader=False)


def _max_connections() -> int:
    """Raise the limit of open files as far as needed and allowed; return how many connections a worker can have."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_CONNECTIONS + OTHER_FILES
    if allowed != resource.RLIM_INFINITY:
        files = min(files, allowed)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, allowed))
    return max(1, files - OTHER_FILES)


def _announce(journals: Sequence[Settings], address: str) -> None:
    """Print where the journals are as soon as the server answers there."""
    deadline = monotonic() + START_TIMEOUT
    while monotonic() < deadline:
        try:
            socket.create_connection((address, journals[0].server.port), timeout=1).close()
        except OSError:
            sleep(0.05)
        else:
            for settings in journals:
                where = settings.home if settings.journal.name else settings.listening
                name = " // ".join(filter(None, (settings.kind, settings.title)))
                say(f"{name} is served at {where}/")
            return
