"""The report as tables, each with a name, a title and a head: what page, terminal and CSV have in common."""

from collections.abc import Iterable

from msgspec import Struct

from ..model import Absent
from ..terminal import printable
from .report import MIN_DAYS_SEEN, InsightsReport, QueryCounts

# A column of the terminal; what is longer pushes the others aside.
MAX_COLUMN_WIDTH = 48

FAULTS = {
    "nothing": "nothing is found",
    "partly": "no article has all the words",
    "scattered": "only mentioned",
}


class Table(Struct, frozen=True):
    """Rows of equal length; `about` says what they are, for whoever sees none yet."""

    name: str
    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


def tables(shown: InsightsReport) -> tuple[Table, ...]:
    """Lay out a report."""
    queries = ("Query", "Searches", "Found nothing", "Opened a result")
    return (
        Table(
            "days",
            "Searches per day",
            "All of them, and those that found nothing.",
            ("Day (UTC)", "Searches", "Found nothing", "Opened a result"),
            tuple((day.date, day.searches, day.nothing, day.clicked) for day in shown.days if shown.searches),
        ),
        Table("top", "Top queries", "What readers look for most.", queries, _queries(shown.top)),
        Table("nothing", "Queries without results", "What they look for in vain.", queries, _queries(shown.in_vain)),
        Table(
            "unclicked",
            "Queries without clicks",
            "What has results of which nobody opens one.",
            queries,
            _queries(shown.unclicked),
        ),
        Table(
            "reformulations",
            "Searched again in other words",
            "What they try next when the first words do not do.",
            ("From", "To", "Times"),
            tuple((each.before, each.after, each.times) for each in shown.reformulations),
        ),
        Table(
            "gaps",
            "What to write about",
            "Topics that are looked for and have no article.",
            ("Topic", "Searches", "Now", "Queries"),
            tuple((gap.topic, gap.searches, FAULTS[gap.fault], "; ".join(gap.queries)) for gap in shown.gaps),
        ),
        Table(
            "runs",
            "What was indexed, and when",
            "Runs of “backmatter index” that changed something.",
            ("When (UTC)", "Generation", "Added", "Updated", "Deleted", "Held back", "Failed"),
            tuple((r.date, r.generation, r.added, r.updated, r.deleted, r.held_back, r.failed) for r in shown.runs),
        ),
        Table(
            "held-back",
            "Posts held back",
            "Drafts and others that are not shown yet.",
            ("Post", "Why"),
            _absent(shown.held_back),
        ),
        Table("failed", "Posts that failed", "Posts that could not be read.", ("Post", "Why"), _absent(shown.failed)),
    )


def summary(shown: InsightsReport) -> str:
    """Summarize the report in a sentence or two."""
    if not shown.searches:
        return (
            f"No searches since {shown.since}. Each search of a reader is counted as it is made, and a query is named "
            f"once {MIN_DAYS_SEEN} days have seen it: a rarer one may say who asked."
        )
    said = f"{shown.searches:,} searches since {shown.since}: {shown.nothing:,} found nothing, "
    said += f"{shown.clicked:,} led to a result."
    return f"{said} {shown.withheld:,} are of rare queries, which are not named." if shown.withheld else said


def _queries(queries: Iterable[QueryCounts]) -> tuple[tuple[str | int, ...], ...]:
    return tuple((query.text, query.searches, query.nothing, query.clicked) for query in queries)


def _absent(posts: Iterable[Absent]) -> tuple[tuple[str | int, ...], ...]:
    return tuple((f"{post.path}:{post.line}" if post.line else post.path, post.reason) for post in posts)


def report_text(shown: InsightsReport) -> str:
    """Show a report in a terminal; what readers typed cannot reach its controls."""
    return "\n\n".join([summary(shown), *map(_text, tables(shown))])


def _text(table: Table) -> str:
    if not table.rows:
        return f"{table.title}\n  None."
    rows = [tuple(map(_cell, row)) for row in (table.head, *table.rows)]
    widths = [min(MAX_COLUMN_WIDTH, max(map(len, column))) for column in zip(*rows, strict=True)]
    numbers = [isinstance(value, int) for value in table.rows[0]]
    lines = [
        "  " + "  ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numbers, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, *lines])


def _cell(value: str | int) -> str:
    return printable(value) if isinstance(value, str) else f"{value:,}"
