"""Commands that measure, check and keep what is there. Imports wait until a command needs them."""

from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from .. import settings as configuration
from ..errors import IndexMissing
from ..settings import Settings
from ..terminal import as_json_text, printable, say
from .options import (
    FOUND,
    NOTHING,
    PATH,
    chosen_journals,
    for_each_journal,
    run_for_each,
    with_places,
    with_settings,
)


@click.command()
@click.option("--queries", type=PATH, required=True, help='YAML; or {"id", "text", "ignore"} lines or TREC topics.')
@click.option("--qrels", type=PATH, help="Query id, path and grade, by tabs; or TREC's.")
@click.option("--per-query", is_flag=True, help="Show every query, worst first.")
@click.option("--save", type=PATH, help="Keep the outcome here.")
@click.option("--against", type=PATH, help="Name what changed since this kept outcome.")
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
    from ..engines import open_engine
    from ..search import curation
    from ..tools.evaluation import comparison, evaluate, judgements
    from .output import changed, lacks, outcomes, scores

    snapshot = open_engine(settings).snapshot()
    before = evaluate.load_evaluation(against) if against else None
    judged = judgements.read_judgements(queries, qrels, partial(evaluate.has, snapshot))
    judged = judgements.located(judged, snapshot.holdings())
    run = evaluate.evaluate(evaluate.search_ranking(snapshot, curation.load_editorial(settings)), judged)
    if save:
        evaluate.save_evaluation(run, save)
    if as_json:
        say(as_json_text(run if per_query else run.scores))
    else:
        parts = [outcomes(run)] if per_query else []
        parts += [lacks(lacking)] if any(lacking := evaluate.lacking(snapshot, judged)) else []
        if before:
            [compared] = comparison.compare_sets({"": before}, {"": run})
            parts.append(changed(compared, comparison.changes(before, run)))
        say("\n\n".join([*parts, scores(run.scores)]))
    return NOTHING if run.scores.ndcg < min_ndcg else FOUND


@click.command()
@click.argument("settings", nargs=-1, type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def compare(settings: tuple[Path, ...], as_json: bool) -> int:
    """Compare runs that `evaluate --save` kept: a file, or a folder of one run a set, for each setting.

    The first is what the others are compared with, by a paired randomization test. Of several sets, each is left out
    once, and the setting that is best on the others is scored on it.
    """
    from ..tools.evaluation.comparison import compare_sets, cross_validate, load_runs
    from .output import compared

    if len(settings) < 2:
        raise click.UsageError("give two runs or folders of runs, the earlier first")
    runs = {str(place): load_runs(place) for place in settings}
    first, *others = runs
    tables = {other: compare_sets(runs[first], runs[other]) for other in others}
    left_out = cross_validate(runs)
    if as_json:
        say(as_json_text({"settings": tables, "left_out": left_out}))
    else:
        say(compared(tables, left_out))
    return FOUND


@click.command()
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "github", "sarif")), default="text", show_default=True
)
@for_each_journal
def check(settings: Settings, form: str) -> int:
    """Look for faults in the posts: dead links, missing dates, pictures without a text. Exits with 1 on an error."""
    from ..engines import open_engine
    from ..tools.check import check
    from ..tools.check.output import OUTPUT_FORMATS

    snapshot = None
    # Without an index, what searches find is not looked at.
    with suppress(IndexMissing):
        snapshot = open_engine(settings).snapshot()
    posts, findings = check(settings, snapshot=snapshot)
    say(OUTPUT_FORMATS[form](findings, posts))
    return NOTHING if any(finding.level == "error" for finding in findings) else FOUND


@click.command("suggest-links")
@click.argument("post")
@click.option("--json", "as_json", is_flag=True, help="Print the suggestions as JSON.")
@with_settings
def suggest_links(settings: Settings, post: str, as_json: bool) -> int:
    """Name sentences of older posts that could link to POST, and sentences of it that could link to others."""
    from ..engines import open_engine
    from ..tools.link_suggestions import suggest_links
    from .output import suggested_links

    found = suggest_links(open_engine(settings).snapshot(), settings, post)
    say(as_json_text(found) if as_json else suggested_links(found))
    return FOUND if found else NOTHING


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--built", is_flag=True, help="Search the built pages, also where the sources can be read.")
@click.option("--force", is_flag=True, help="Replace a backmatter.toml that is there.")
def init(directory: Path, built: bool, force: bool) -> int:
    """Look at a site's directory and write a backmatter.toml for it."""
    from ..tools.init import configuration, recognize, unread_files

    site = recognize(directory, built=built)
    if not site and built:
        raise click.UsageError(
            f"{directory}: no index.html was found, there or in a usual output folder; build the site"
        )
    if not site:
        advice = unread_files(directory) or "name the directory of your site"
        raise click.UsageError(f"{directory}: no generator and no post was found; {advice}")
    file = configuration.write_settings(directory, site, force=force)
    say(printable(f"found {site.label} by {site.sign}; posts in {', '.join(site.content)}"))
    for note in site.notes:
        say(printable(f"note: {note}"))
    say(printable(f"wrote {file}; next: backmatter index --config {file}"))
    return FOUND


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@with_places
def doctor(
    config: Path | None, content: tuple[Path, ...], index: Path | None, journal: str | None, as_json: bool
) -> int:
    """Look for what keeps readers from finding posts, or soon will. Exits with 1 on a fault."""
    from importlib.metadata import entry_points

    from ..engines import open_engine
    from ..tools.doctor import examine

    checks = {entry.name: entry.load() for entry in entry_points(group="backmatter.checks")}
    warnings: list[str] = []
    journals = chosen_journals(config, content, index, journal, warnings.append)
    exposed = [*configuration.exposed_secrets(config)]

    def examined(settings: Settings) -> int:
        others = tuple(f"journal {other.journal.name}: " for other in journals if other is not settings)
        own = [warning for warning in warnings if not warning.startswith(others)]
        findings = examine(open_engine(settings), settings, own, exposed, checks)
        lines = (printable(f"{each.level:<8} {each.check:<12} {each.said}") for each in findings)
        say(as_json_text(findings) if as_json else "\n".join(lines))
        return NOTHING if any(each.level == "fault" for each in findings) else FOUND

    return run_for_each(examined, journals)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
@for_each_journal
def verify(settings: Settings, as_json: bool) -> int:
    """Check every byte of the index, file by file. Exits with 1 when a file is damaged."""
    from ..engines import open_engine

    found = open_engine(settings).inspect()
    lines = (printable(f"{'damaged' if fault else 'ok':<8} {fault or name}") for name, fault in found.files.items())
    say(as_json_text(found.files) if as_json else "\n".join(lines) or "the cluster checks its files by itself")
    return NOTHING if found.damaged else FOUND


@click.command()
@click.argument("file", type=PATH)
@with_settings
def backup(settings: Settings, file: Path) -> int:
    """Write what readers find, and what they looked for, into one FILE (.zip); a server may run meanwhile."""
    from ..engines import open_engine
    from ..tools.backup import backup

    kept = backup(open_engine(settings), settings, file)
    say(f"wrote {file}: generation {kept.generation}, {kept.counts}; settings and posts' files are not in it")
    return FOUND


@click.command()
@click.argument("file", type=PATH)
@click.option("--force", is_flag=True, help="Replace an index that is there, and what was counted.")
@with_settings
def restore(settings: Settings, file: Path, force: bool) -> int:
    """Bring back what `backup` wrote; a server that is running shows it on its next request."""
    from ..engines import open_engine
    from ..tools.backup import restore

    kept, generation = restore(open_engine(settings), settings, file, force=force)
    say(f"restored generation {kept.generation} of {kept.made:%Y-%m-%d %H:%M} UTC as {generation}: {kept.counts}")
    say("next: backmatter index, for what was published since")
    return FOUND


@click.command()
@click.option("--days", type=click.IntRange(1, 90), default=30, show_default=True, help="How far to look back.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--csv", "table", metavar="TABLE", help="Print one table as CSV.")
@click.option("--ubi", is_flag=True, help="Print searches and clicks as lines of JSON, by UBI 1.3.")
@with_settings
def insights(settings: Settings, days: int, as_json: bool, table: str | None, ubi: bool) -> int:
    """Report what readers look for, find, and do not find."""
    from ..engines import open_engine
    from ..insights import exports
    from ..insights.quality import Judge
    from ..insights.report import report
    from ..insights.tables import report_text
    from ..search import curation
    from ..sync.state import absent

    if ubi:
        say(exports.ubi(settings, days), nl=False)
        return FOUND
    judge = Judge(open_engine(settings).snapshot(), curation.load_editorial(settings))
    held_back, failed = absent(settings.index)
    found = report(settings, judge, days, held_back=held_back, failed=failed)
    say(exports.csv(found, table) if table else as_json_text(found) if as_json else report_text(found), nl=not table)
    return FOUND


@click.command("words")
@click.option("--drop", metavar="RULE", help="Never search the one for the other, as in 'gc = golden cross'.")
@click.option("--keep", metavar="RULE", help="Always search the one for the other, as a synonym.")
@click.option("--json", "as_json", is_flag=True, help="Print the words as JSON.")
@with_settings
def decide_words(settings: Settings, drop: str | None, keep: str | None, as_json: bool) -> int:
    """List words that posts use for each other, or decide on two of them in the file of synonyms."""
    from ..engines import open_engine
    from ..search import curation
    from ..search.word_list import all_learned_words
    from .output import word_list

    if drop or keep:
        rules = [curation.decide_on(settings, rule, is_kept=rule is keep) for rule in (drop, keep) if rule]
        say("\n".join(printable(f"wrote {rule} into {settings.synonyms}") for rule in rules))
        return FOUND
    found = all_learned_words(open_engine(settings).snapshot(), curation.load_editorial(settings).excluded)
    say(as_json_text(found) if as_json else word_list(found))
    return FOUND if found else NOTHING


TOOLS = (evaluate, compare, check, suggest_links, init, doctor, verify, backup, restore, insights, decide_words)
