"""The command line: parse arguments, call, print. Imports wait until a command needs them, since start-up is felt."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

import click

from ..errors import BackmatterError, describe_error
from ..settings import Settings, load_journals
from ..terminal import TerminalHandler, as_json_text, printable, say
from .options import ERROR, FOUND, NOTHING, PATH, for_each_journal, journal_names, with_journals, with_settings
from .tool_commands import TOOLS

if TYPE_CHECKING:
    from ..engines.base import Snapshot
    from ..search.curation import Editorial


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


for tool in TOOLS:
    cli.add_command(tool)


@cli.command()
@click.option("--full", is_flag=True, help="Read every post again and replace the whole index.")
@click.option("--force", is_flag=True, help="Remove posts even if their source loses most of them.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@for_each_journal
def index(settings: Settings, full: bool, force: bool, dry_run: bool, as_json: bool) -> int:
    """Bring the index up to what is on disk. Exits with 1 when a post could not be read."""
    from ..engines import open_engine
    from ..posts.site_rules import site_notes
    from ..search import curation
    from ..sync.sync import sync
    from .output import describe, misplaced

    engine, editorial = open_engine(settings), curation.load_editorial(settings)
    with _progress(visible=sys.stderr.isatty() and not as_json) as progress:
        report = sync(engine, settings, full=full, force=force, dry_run=dry_run, progress=progress)
    if not dry_run and report.generation:
        say(misplaced(editorial.missing(engine.snapshot())), err=True, nl=False)
        _announce(settings, report)
    for note in site_notes(settings):
        say(f"note: {printable(note)}", err=True)
    say(as_json_text(report) if as_json else describe(report, dry_run=dry_run))
    return NOTHING if report.failed else FOUND


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
    from ..sync.runner import publish
    from ..sync.schedule import next_due
    from ..sync.watch import moments
    from .output import describe

    name = f"{settings.journal.name}  " if settings.journal.name else ""
    engine, told, complaint = open_engine(settings), None, ""
    with suppress(KeyboardInterrupt):
        for _ in moments(settings, lambda: next_due(engine, settings)):
            try:
                report = publish(engine, settings)
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


# A word such as -redis excludes it; what is no option of this command belongs to the query. There is no -h, since it
# would be seen in every such word that has an h.
@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many hits.")
@click.option(
    "--sort",
    default="relevance",
    show_default=True,
    help="Order of the hits: relevance, newest, oldest, or a key of `facets`, with - before it the other way round.",
)
@click.option("--exact", is_flag=True, help="Search what is typed; spelling is not put right.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "lines", "jsonl", "markdown")),
    default="text",
    show_default=True,
    help="How hits are printed: for a person, a line each as grep does, a line of JSON each, or a list in Markdown.",
)
@click.option("--open", "is_opened", is_flag=True, help="Open the best hit in the browser.")
@click.option("--queries", type=PATH, help='Answer a file of {"id", "text"} lines instead.')
@click.option("--run", type=PATH, help='Where to write {"id", "hits": [path, ...]} lines.')
@with_journals
def search(
    journals: tuple[Settings, ...],
    words: tuple[str, ...],
    limit: int,
    sort: str,
    exact: bool,
    as_json: bool,
    form: str,
    is_opened: bool,
    queries: Path | None,
    run: Path | None,
) -> int:
    """Search from the terminal. Exits with 0 when something was found, 1 when nothing was."""
    from ..query.analysed import analyse
    from ..query.tree import sorts
    from ..search import curation
    from ..search.search import search
    from .hit_formats import HIT_FORMATS
    from .output import listing

    settings, snapshot = journals[0], _snapshot_of(journals)
    editorial = curation.load_editorial(settings) if len(journals) == 1 else curation.NOTHING_SAID
    if queries or run:
        return _run_queries(snapshot, editorial, queries, run, limit, words)
    # Bytes that are no text in the terminal's encoding could not be shown again.
    text = " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if sort not in sorts(settings.facets):
        raise click.BadParameter(f"{sort!r} is none of {', '.join(sorts(settings.facets))}", param_hint="--sort")
    query = analyse(text, sort=sort, exact=exact, facets=settings.facets)
    results = search(snapshot, query, per_page=limit, editorial=editorial, language=settings.language)
    write = as_json_text if as_json else {"text": listing, **HIT_FORMATS}[form]
    say(write(results), nl=bool(results.hits) or as_json or form == "text")
    if is_opened and results.hits:
        _open(urljoin(settings.home + "/", results.hits[0].passage.url))
    return FOUND if results.total else NOTHING


def _snapshot_of(journals: tuple[Settings, ...]) -> "Snapshot":
    """Return the snapshot of a journal, or of several as one."""
    from ..engines import open_engine
    from ..engines.base import Part

    first, *others = [open_engine(settings) for settings in journals]
    if not others:
        return first.snapshot()
    opened = zip(journals, (first, *others), strict=True)
    return first.join([Part(own.journal.name, own.home, engine.snapshot()) for own, engine in opened])


def _open(address: str) -> None:
    """Open an address in the browser that the system, or the variable BROWSER, names."""
    import webbrowser

    if not webbrowser.open(address):
        raise click.ClickException(f"no browser could be opened; the address is {printable(address)}")


def _run_queries(
    snapshot: "Snapshot",
    editorial: "Editorial",
    queries: Path | None,
    run: Path | None,
    limit: int,
    words: Iterable[str],
) -> int:
    from ..tools.evaluation import evaluate

    if not (queries and run) or words:
        raise click.UsageError("--queries and --run go together, without words: one is read and the other written")
    return FOUND if evaluate.write_run(evaluate.search_ranking(snapshot, editorial), queries, run, limit) else NOTHING


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("query")
@click.argument("path")
@click.option("--exact", is_flag=True, help="Search what is typed; spelling is not put right.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@with_settings
def explain(settings: Settings, query: str, path: str, exact: bool, as_json: bool) -> int:
    """Explain a post's rank among the results of a query. Exits with 1 when it is not among them."""
    from ..engines import open_engine
    from ..query.analysed import analyse
    from ..search import curation
    from ..search.explain import explain
    from .output import explanation

    editorial = curation.load_editorial(settings)
    explained = explain(
        open_engine(settings).snapshot(), analyse(query, exact=exact, facets=settings.facets), path, editorial=editorial
    )
    say(as_json_text(explained) if as_json else explanation(explained))
    return FOUND if explained.hit else NOTHING


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
