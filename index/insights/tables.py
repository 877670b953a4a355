"""The report as tables, each with a name, a title and columns: what page, terminal and CSV have in common."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from ..model import Absent
from ..posts.page_matching import WAITS
from ..terminal import printable
from .report import InsightsReport, QueryCounts

# A column of the terminal; what is longer pushes the others aside.
MAX_COLUMN_WIDTH = 48

Cell = str | int | tuple[str, ...]


def message(text: str) -> str:
    """Mark a message for the catalogues of the pages; the terminal and CSV have it as it is."""
    return text


FAULTS = {
    "nothing": message("nothing is found"),
    "partly": message("no article has all the words"),
    "scattered": message("only mentioned"),
}


# Titles of columns of numbers.
COUNTS = (message("Searches"), message("Found nothing"), message("Opened a result"))
RUN_COUNTS = (
    *(message("Generation"), message("Added"), message("Updated")),
    *(message("Deleted"), message("Held back"), message("Failed")),
)


class Column(Struct, frozen=True):
    """A column: what stands above it, and what its cells hold.

    A `message` is in the catalogues of the pages. `query` cells can be searched; one of `queries` holds several.
    """

    title: str
    holds: Literal["text", "number", "message", "query", "queries"] = "text"


class Table(Struct, frozen=True):
    """Rows of as many cells as there are columns; `about` says what they are, for whoever sees none yet."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def head(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return tuple(column.title for column in self.columns)


def tables(shown: InsightsReport) -> tuple[Table, ...]:
    """Lay out a report."""
    return (*_of_searches(shown), *_of_posts(shown))


def _of_searches(shown: InsightsReport) -> Iterator[Table]:
    """Yield what readers did."""
    counts = tuple(Column(title, "number") for title in COUNTS)
    queries = (Column(message("Query"), "query"), *counts)
    yield Table(
        "days",
        message("Searches per day"),
        message("All of them, and those that found nothing."),
        (Column(message("Day (UTC)")), *counts),
        tuple((day.date, day.searches, day.nothing, day.clicked) for day in shown.days if shown.searches),
    )
    yield Table("top", message("Top queries"), message("What readers look for most."), queries, _queries(shown.top))
    about = message("What they look for in vain.")
    yield Table("nothing", message("Queries without results"), about, queries, _queries(shown.in_vain))
    about = message("What has results of which nobody opens one.")
    yield Table("unclicked", message("Queries without clicks"), about, queries, _queries(shown.unclicked))
    yield Table(
        "reformulations",
        message("Searched again in other words"),
        message("What they try next when the first words do not do."),
        (Column(message("From"), "query"), Column(message("To"), "query"), Column(message("Times"), "number")),
        tuple((each.before, each.after, each.times) for each in shown.reformulations),
    )
    topic, said = Column(message("Topic"), "query"), Column(message("Now"), "message")
    yield Table(
        "gaps",
        message("What to write about"),
        message("Topics that are looked for and have no article."),
        (topic, counts[0], said, Column(message("Queries"), "queries")),
        tuple((gap.topic, gap.searches, FAULTS[gap.fault], gap.queries) for gap in shown.gaps),
    )


def _of_posts(shown: InsightsReport) -> Iterator[Table]:
    """Yield what became of the posts."""
    posts = (Column(message("Post")), Column(message("Why")))
    waiting = [post for post in shown.held_back if post.reason.startswith(WAITS)]
    others = [post for post in shown.held_back if not post.reason.startswith(WAITS)]
    yield Table(
        "runs",
        message("What was indexed, and when"),
        message("Runs of “backmatter index” that changed something."),
        (Column(message("When (UTC)")), *(Column(title, "number") for title in RUN_COUNTS)),
        tuple((r.date, r.generation, r.added, r.updated, r.deleted, r.held_back, r.failed) for r in shown.runs),
    )
    about = message("Posts that are newer than what was built of the site.")
    yield Table("waiting", message("Posts that wait for a build"), about, posts, _absent(waiting))
    about = message("Drafts and others that are not shown yet.")
    yield Table("held-back", message("Posts held back"), about, posts, _absent(others))
    about = message("Posts that could not be read.")
    yield Table("failed", message("Posts that failed"), about, posts, _absent(shown.failed))


def summary(shown: InsightsReport) -> Iterator[tuple[str, dict[str, str | int]]]:
    """Yield sentences that sum up the report: each a message, and the values to fill in there."""
    if not shown.searches:
        yield (
            message("No searches since %(day)s. Each search of a reader is counted as it is made."),
            {"day": shown.since},
        )
        if shown.min_days > 1:
            yield (
                message("A query is named once %(days)s days have seen it: a rarer one may say who asked."),
                {"days": shown.min_days},
            )
        return
    yield (
        message("%(searches)s searches since %(day)s: %(nothing)s found nothing, %(clicked)s led to a result."),
        {"searches": shown.searches, "day": shown.since, "nothing": shown.nothing, "clicked": shown.clicked},
    )
    if shown.withheld:
        yield (
            message("%(count)s are of queries that fewer than %(days)s days saw, which are not named."),
            {"count": shown.withheld, "days": shown.min_days},
        )


def _queries(queries: Iterable[QueryCounts]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((query.text, query.searches, query.nothing, query.clicked) for query in queries)


def _absent(posts: Iterable[Absent]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((f"{post.path}:{post.line}" if post.line else post.path, post.reason) for post in posts)


def report_text(shown: InsightsReport) -> str:
    """Show a report in a terminal; what readers typed cannot reach its controls."""
    said = " ".join(text % {name: _cell(value) for name, value in values.items()} for text, values in summary(shown))
    return "\n\n".join([said, *map(_text, tables(shown))])


def _text(table: Table) -> str:
    if not table.rows:
        return f"{table.title}\n  None."
    rows = [tuple(map(_cell, row)) for row in (table.head, *table.rows)]
    widths = [min(MAX_COLUMN_WIDTH, max(map(len, column))) for column in zip(*rows, strict=True)]
    numbers = [column.holds == "number" for column in table.columns]
    lines = [
        "  " + "  ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numbers, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, *lines])


def _cell(value: Cell) -> str:
    return f"{value:,}" if isinstance(value, int) else printable(as_text(value))


def as_text(value: str | tuple[str, ...]) -> str:
    """Return a cell as one text."""
    return value if isinstance(value, str) else "; ".join(value)
