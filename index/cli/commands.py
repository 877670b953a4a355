"""The command line: parse arguments, call, print. Imports wait until a command needs them, since start-up is felt."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import click

from ..errors import BackmatterError, describe_error
from ..settings import Settings, load_journals
from ..terminal import TerminalHandler, as_json_text, printable, say
from .options import ERROR, FOUND, NOTHING, for_each_journal, journal_names, with_journals
from .search_commands import explain, search
from .tool_commands import TOOLS


class Commands(click.Group):
    """The commands of this module and those that other packages bring along, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted({*super().list_commands(ctx), *(entry.name for entry in _elsewhere())})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, or None where there is none of this name."""
        command = super().get_command(ctx, name)
        if command:
            return command
        return next((cast(click.Command, entry.load()) for entry in _elsewhere() if entry.name == name), None)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as called
        """Name the journals of the settings that are found, where there are several."""
        with suppress(BackmatterError, OSError):
            names = journal_names(load_journals())
            if names:
                with formatter.section("Journals, for --journal"):
                    formatter.write_text(printable(names))


def _elsewhere() -> Any:
    from importlib.metadata import entry_points

    return entry_points(group="backmatter.commands")


def main() -> None:
    """Run `backmatter`; an error is a message and status 2, never a traceback."""
    import logging

    logging.getLogger("backmatter").addHandler(TerminalHandler())
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        say("backmatter: stopped", err=True)
    except BrokenPipeError:
        sys.stderr.close()
    except (BackmatterError, OSError) as error:
        say(f"backmatter: {printable(describe_error(error))}", err=True)
    sys.exit(ERROR)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="backmatter")
def cli() -> None:
    """Full-text search for a journal of technical articles."""


for command in (search, explain, *TOOLS):
    cli.add_command(command)


@cli.command()
@click.option("--full", is_flag=True, help="Read every post again and replace the whole index.")
@click.option("--force", is_flag=True, help="Remove posts even if their source loses most of them.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@for_each_journal
def index(settings: Settings, full: bool, force: bool, dry_run: bool, as_json: bool) -> int:
    """Bring the index up to what is on disk. Exits with 1 when a post could not be read."""
    from ..engines import open_engine
    from ..search import curation
    from ..sync.sync import sync
    from .output import describe, misplaced

    engine, editorial = open_engine(settings), curation.load_editorial(settings)
    with _progress(visible=sys.stderr.isatty() and not as_json) as progress:
        report = sync(engine, settings, full=full, force=force, dry_run=dry_run, progress=progress)
    if not dry_run and report.generation:
        if editorial.pins:
            say(misplaced(editorial.missing(engine.snapshot())), err=True, nl=False)
        _announce(settings, report)
    for note in _site_notes(settings):
        say(f"note: {printable(note)}", err=True)
    say(as_json_text(report) if as_json else describe(report, dry_run=dry_run))
    return NOTHING if report.failed else FOUND


def _site_notes(settings: Settings) -> list[str]:
    """Return what of a site's configuration is not taken over; what reads it is loaded only with a generator."""
    if settings.generator == "none":
        return []
    from ..posts.site_rules import site_notes

    return site_notes(settings)


def _announce(settings: Settings, report: Any) -> None:
    from ..sync.webhook import announce

    complaint = announce(settings, report)
    if complaint:
        say(f"backmatter: {printable(complaint)}", err=True)


@cli.command()
@with_journals
def watch(journals: tuple[Settings, ...]) -> int:
    """Bring the index up to the posts whenever they change, until it is stopped."""
    import signal
    from multiprocessing import get_context

    if len(journals) == 1:
        return _watch(journals[0])
    processes = [get_context("spawn").Process(target=_watch, args=(settings,)) for settings in journals]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        for process in processes:
            process.start()
        with suppress(KeyboardInterrupt):
            for process in processes:
                process.join()
    finally:
        for process in processes:
            process.terminate()
    return FOUND


def _watch(settings: Settings) -> int:
    """Watch one journal, which what is printed names where there are several."""
    from datetime import datetime

    from ..engines import open_engine
    from ..posts import Listing
    from ..sync.runner import publish
    from ..sync.schedule import next_due
    from ..sync.watch import moments
    from .output import describe

    name = f"{settings.journal.name}  " if settings.journal.name else ""
    engine, listing, told, complaint = open_engine(settings), Listing(), None, ""
    with suppress(KeyboardInterrupt):
        for changed in moments(settings, lambda: next_due(engine, settings)):
            # Of what a run fetches itself, no event came before.
            listing.forget(None if settings.fetches_pages else changed)
            try:
                report = publish(engine, settings, listing=listing)
            except (BackmatterError, OSError) as error:
                said = printable(describe_error(error))
                if said != complaint:
                    say(f"{datetime.now():%H:%M:%S}  {name}backmatter: {said}", err=True)
                complaint = said
                continue
            complaint = ""
            _announce(settings, report)
            news = report.generation, report.failed
            if news != told:
                say(f"{datetime.now():%H:%M:%S}  {name}{describe(report)}")
            told = news
    return FOUND


@contextmanager
def _progress(*, visible: bool) -> Iterator[Callable[[int, int], object] | None]:
    """Show a bar on a terminal, once it is known how much there is to read."""
    if not visible:
        yield None
        return
    with click.progressbar(length=1, label="Reading", file=sys.stderr) as bar:

        def update(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield update


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@for_each_journal
def stats(settings: Settings, as_json: bool) -> int:
    """Count what the index holds."""
    from ..engines import open_engine
    from .output import numbers

    stats = open_engine(settings).snapshot().stats()
    say(as_json_text(stats) if as_json else numbers(stats))
    return FOUND
