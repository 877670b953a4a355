"""The command line: parse arguments, call, print. Imports wait until a command needs them, since start-up is felt."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from index import settings as configuration
from index.errors import BackmatterError
from index.settings import Settings

if TYPE_CHECKING:
    from index.editorial import Editorial
    from index.engine import Snapshot

FOUND, NOTHING, ERROR = 0, 1, 2
FILE = click.Path(path_type=Path)
SORTS = ("relevance", "newest", "oldest")


class Commands(click.Group):
    """The commands of this module and those that other packages bring along, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted({*super().list_commands(ctx), *(entry.name for entry in _elsewhere())})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Give one command."""
        own = super().get_command(ctx, name)
        if own:
            return own
        return next((cast(click.Command, entry.load()) for entry in _elsewhere() if entry.name == name), None)


def _elsewhere() -> Any:
    from importlib.metadata import entry_points

    return entry_points(group="backmatter.commands")


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that every command has, and pass it the settings that they make."""

    def run(config: Path | None, content: tuple[Path, ...], index: Path | None, **options: Any) -> Any:
        overrides = {"content": content or None, "index": index}
        return command(configuration.load(config, overrides), **options)

    path = click.Path(path_type=Path)
    run = update_wrapper(run, command)
    run = click.option("--index", type=path, metavar="DIR", help="Directory that holds the index.")(run)
    run = click.option("--content", type=path, metavar="DIR", multiple=True, help="Directory with posts; repeatable.")(
        run
    )
    return click.option("--config", type=path, metavar="FILE", help="Settings; backmatter.toml is found by itself.")(
        run
    )


def main() -> None:
    """Run `backmatter`; an error is a message and status 2, never a traceback."""
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo("backmatter: stopped", err=True)
    except BrokenPipeError:
        sys.stderr.close()
    except (BackmatterError, OSError) as error:
        click.echo(f"backmatter: {error}", err=True)
    sys.exit(ERROR)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="backmatter")
def cli() -> None:
    """Full-text search for a journal of technical articles."""


@cli.command()
@click.option("--full", is_flag=True, help="Read every post again and replace the whole index.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_settings
def index(settings: Settings, full: bool, dry_run: bool, as_json: bool) -> int:
    """Bring the index up to what is on disk. Exits with 1 when a post could not be read."""
    from index import editorial
    from index.engines import open_engine
    from index.report import describe, misplaced
    from index.sync import sync

    engine, says = open_engine(settings), editorial.load(settings)
    with _progress(visible=sys.stderr.isatty() and not as_json) as progress:
        report = sync(engine, settings, full=full, dry_run=dry_run, progress=progress)
    if not dry_run:
        click.echo(misplaced(says.missing(engine.snapshot())), err=True, nl=False)
        _announce(settings, report)
    click.echo(_json(report) if as_json else describe(report, dry_run=dry_run))
    return NOTHING if report.failed else FOUND


def _announce(settings: Settings, report: Any) -> None:
    from index.webhook import announce

    complaint = announce(settings, report)
    if complaint:
        click.echo(f"backmatter: {complaint}", err=True)


@cli.command()
@with_settings
def watch(settings: Settings) -> int:
    """Bring the index up to the posts whenever they change, until it is stopped."""
    from datetime import datetime

    from index.engines import open_engine
    from index.publish import publish
    from index.report import describe
    from index.schedule import next_due
    from index.watch import moments

    engine, generation = open_engine(settings), -1
    with suppress(KeyboardInterrupt):
        for _ in moments(settings, lambda: next_due(engine, settings)):
            try:
                report = publish(engine, settings)
            except (BackmatterError, OSError) as error:
                click.echo(f"{datetime.now():%H:%M:%S}  backmatter: {error}", err=True)
                continue
            _announce(settings, report)
            if report.generation != generation:
                click.echo(f"{datetime.now():%H:%M:%S}  {describe(report)}")
            generation = report.generation
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


def _json(value: object) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value)).decode()


# A word such as -redis excludes it; what is no option of this command belongs to the query. There is no -h, since it
# would be seen in every such word that has an h.
@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many hits.")
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True, help="Order of the hits.")
@click.option("--exact", is_flag=True, help="Search what is typed; spelling is not put right.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--queries", type=click.Path(path_type=Path), help='Answer a file of {"id", "text"} lines instead.')
@click.option("--run", type=click.Path(path_type=Path), help='Where to write {"id", "hits": [path, ...]} lines.')
@with_settings
def search(
    settings: Settings,
    words: tuple[str, ...],
    limit: int,
    sort: Any,
    exact: bool,
    as_json: bool,
    queries: Path | None,
    run: Path | None,
) -> int:
    """Search from the terminal. Exits with 0 when something was found, 1 when nothing was."""
    from index import editorial
    from index.engines import open_engine
    from index.report import listing
    from index.search import search

    snapshot, says = open_engine(settings).snapshot(), editorial.load(settings)
    if queries or run:
        return _run_queries(snapshot, says, queries, run, limit, words)
    # Bytes that are no text in the terminal's encoding could not be shown again.
    query = " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    results = search(snapshot, query, per_page=limit, sort=sort, exact=exact, editorial=says)
    click.echo(_json(results) if as_json else listing(results))
    return FOUND if results.total else NOTHING


def _run_queries(
    snapshot: "Snapshot", says: "Editorial", queries: Path | None, run: Path | None, limit: int, words: Iterable[str]
) -> int:
    from index import evaluate

    if not (queries and run) or words:
        raise click.UsageError("--queries and --run go together, without words: one is read and the other written")
    return FOUND if evaluate.write_run(evaluate.ranking(snapshot, says), queries, run, limit) else NOTHING


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("query")
@click.argument("path")
@click.option("--exact", is_flag=True, help="Search what is typed; spelling is not put right.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@with_settings
def explain(settings: Settings, query: str, path: str, exact: bool, as_json: bool) -> int:
    """Say where a post stands among the answers to a query, and why. Exits with 1 when it is none of them."""
    from index import editorial
    from index.engines import open_engine
    from index.explain import explain
    from index.report import explanation

    says = editorial.load(settings)
    explained = explain(open_engine(settings).snapshot(), query, path, exact=exact, editorial=says)
    click.echo(_json(explained) if as_json else explanation(explained))
    return FOUND if explained.hit else NOTHING


@cli.command()
@click.option("--queries", type=FILE, required=True, help='YAML; or {"id", "text", "ignore"} lines, with --qrels.')
@click.option("--qrels", type=FILE, help="Query id, path and grade, by tabs.")
@click.option("--per-query", is_flag=True, help="Show every query, worst first.")
@click.option("--save", type=FILE, help="Keep the outcome here.")
@click.option("--against", type=FILE, help="Name what changed since this kept outcome.")
@click.option("--min-ndcg", type=click.FloatRange(0, 1), default=0.0, help="Exit with 1 below this.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@with_settings
def evaluate(
    settings: Settings,
    queries: Path,
    qrels: Path | None,
    per_query: bool,
    save: Path | None,
    against: Path | None,
    min_ndcg: float,
    as_json: bool,
) -> int:
    """Measure the ranking against judged queries: nDCG@10, MRR@10, success@1, recall@100."""
    from index import editorial, evaluate, judgements
    from index.engines import open_engine
    from index.report import changed, outcomes, scores

    snapshot = open_engine(settings).snapshot()
    before = evaluate.load(against) if against else None
    judged = judgements.read(queries, qrels, partial(evaluate.has, snapshot))
    run = evaluate.evaluate(evaluate.ranking(snapshot, editorial.load(settings)), judged)
    if save:
        evaluate.save(run, save)
    if as_json:
        click.echo(_json(run if per_query else run.scores))
    else:
        parts = [outcomes(run)] if per_query else []
        parts += [changed(evaluate.changes(before, run))] if before else []
        click.echo("\n\n".join([*parts, scores(run.scores)]))
    return NOTHING if run.scores.ndcg < min_ndcg else FOUND


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@with_settings
def stats(settings: Settings, as_json: bool) -> int:
    """Count what the index holds."""
    from index.engines import open_engine
    from index.report import numbers

    held = open_engine(settings).snapshot().stats()
    click.echo(_json(held) if as_json else numbers(held))
    return FOUND


@cli.command()
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "github", "sarif")), default="text", show_default=True
)
@with_settings
def check(settings: Settings, form: str) -> int:
    """Look for faults in the posts: dead links, missing dates, pictures without a text. Exits with 1 on an error."""
    from index.check import check
    from index.check.formats import FORMATS

    posts, findings = check(settings)
    click.echo(FORMATS[form](findings, posts))
    return NOTHING if any(finding.level == "error" for finding in findings) else FOUND


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--force", is_flag=True, help="Replace a backmatter.toml that is there.")
def init(directory: Path, force: bool) -> int:
    """Look at a site's directory and write a backmatter.toml for it."""
    from index.generators import configuration, recognize

    found = recognize(directory)
    if not found:
        raise click.UsageError(f"{directory}: no generator and no post was found; name the directory of your site")
    file = configuration.write(directory, found, force=force)
    click.echo(f"found {found.generator} by {found.sign}; posts in {', '.join(found.content)}")
    for note in found.notes:
        click.echo(f"note: {note}")
    click.echo(f"wrote {file}; next: backmatter index --config {file}")
    return FOUND


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@with_settings
def doctor(settings: Settings, as_json: bool) -> int:
    """Look for what keeps readers from finding posts, or soon will. Exits with 1 on a fault."""
    from index.doctor import examine
    from index.engines import open_engine

    findings = examine(open_engine(settings), settings)
    lines = (f"{each.level:<8} {each.check:<12} {each.said}" for each in findings)
    click.echo(_json(findings) if as_json else "\n".join(lines))
    return NOTHING if any(each.level == "fault" for each in findings) else FOUND


@cli.command()
@click.argument("file", type=FILE)
@with_settings
def backup(settings: Settings, file: Path) -> int:
    """Write what readers find, and what they looked for, into one FILE (.zip); a server may run meanwhile."""
    from index.backup import backup
    from index.engines import open_engine

    kept = backup(open_engine(settings), settings, file)
    click.echo(f"wrote {file}: generation {kept.generation}, {kept.counts}; settings and posts' files are not in it")
    return FOUND


@cli.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace an index that is there, and what was counted.")
@with_settings
def restore(settings: Settings, file: Path, force: bool) -> int:
    """Bring back what `backup` wrote; a server that is running shows it on its next request."""
    from index.backup import restore
    from index.engines import open_engine

    kept, generation = restore(open_engine(settings), settings, file, force=force)
    click.echo(
        f"restored generation {kept.generation} of {kept.made:%Y-%m-%d %H:%M} UTC as {generation}: {kept.counts}"
    )
    click.echo("next: backmatter index, for what was published since")
    return FOUND


@cli.command()
@click.option("--days", type=click.IntRange(1, 90), default=30, show_default=True, help="How far to look back.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--csv", "table", metavar="TABLE", help="Print one table as CSV.")
@click.option("--ubi", is_flag=True, help="Print searches and clicks as lines of JSON, by UBI 1.3.")
@with_settings
def insights(settings: Settings, days: int, as_json: bool, table: str | None, ubi: bool) -> int:
    """Say what readers look for, find, and do not find."""
    from index import editorial
    from index.engines import open_engine
    from index.insights import exports
    from index.insights.answers import Judge
    from index.insights.report import report
    from index.insights.tables import text

    if ubi:
        click.echo(exports.ubi(settings, days), nl=False)
        return FOUND
    judge = Judge(open_engine(settings).snapshot(), editorial.load(settings))
    found = report(settings, judge, days)
    click.echo(exports.csv(found, table) if table else _json(found) if as_json else text(found), nl=not table)
    return FOUND
