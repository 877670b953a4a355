"""Commands that search. Imports wait until a command needs them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import click

from ..settings import Settings
from ..terminal import as_json_text, printable, say
from .options import FOUND, NOTHING, PATH, with_journals, with_settings

if TYPE_CHECKING:
    from ..engines.base import Snapshot
    from ..search.curation import Editorial


# A word such as -redis excludes it; what is no option of this command belongs to the query. There is no -h, since it
# would be seen in every such word that has an h.
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
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


@click.command(context_settings={"ignore_unknown_options": True})
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
