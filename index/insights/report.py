"""What was looked for and found in some days, summed up; the same for the page, the terminal and CSV.

A query that fewer days saw than the settings name is withheld: it may say more about one reader than about the journal.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from time import time
from typing import TypeVar

import msgspec
from msgspec import Struct

from ..model import Absent
from ..settings import Settings
from . import store
from .gaps import Asked, Gap, gaps
from .quality import Judge
from .store import DAY, Moment

# Lines of a list; further down, nothing is frequent.
LIST_LENGTH = 25
RUNS = 10

# Queries that enough days saw, of all that is kept.
COMMON = "SELECT text FROM searches GROUP BY text HAVING count(DISTINCT first / :day) >= :seen"

PER_DAY = """
SELECT first / :day AS day, count(*) AS searches, count(*) FILTER (WHERE total = 0) AS in_vain,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM clicks WHERE search = id)) AS clicked
FROM searches WHERE first >= :since GROUP BY day
"""

QUERIES = f"""
SELECT text, count(*) AS searches, count(*) FILTER (WHERE total = 0) AS in_vain,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM clicks WHERE search = id)) AS clicked
FROM searches WHERE first >= :since AND text IN ({COMMON}) GROUP BY text ORDER BY searches DESC, text
"""  # noqa: S608 - of our own text

REFORMULATIONS = f"""
SELECT after, text, count(*) AS times FROM searches
WHERE first >= :since AND after NOT IN ('', text) AND after IN ({COMMON}) AND text IN ({COMMON})
GROUP BY after, text ORDER BY times DESC, after, text LIMIT {LIST_LENGTH}
"""  # noqa: S608 - of our own text

ASKED = """
SELECT text, count(*) AS searches, group_concat(DISTINCT first / :day) AS days
FROM searches WHERE first >= :since GROUP BY text ORDER BY searches DESC, text
"""


Row = TypeVar("Row", bound=tuple[object, ...])


class Day(Struct, frozen=True):
    """A day's searches (UTC), those that found nothing, and those after which a result was opened."""

    date: str
    searches: int
    nothing: int
    clicked: int


class QueryCounts(Struct, frozen=True):
    """How often something was searched for, how often in vain, and how often a result was opened."""

    text: str
    searches: int
    nothing: int
    clicked: int

    @property
    def is_unclicked(self) -> bool:
        """Whether there were results, and nobody opened one."""
        return not self.clicked and self.nothing < self.searches


class Reformulation(Struct, frozen=True):
    """What was searched for after something else, and how often."""

    before: str
    after: str
    times: int


class IndexRun(Struct, frozen=True):
    """A commit of the index."""

    date: str
    generation: int
    added: int
    updated: int
    deleted: int
    held_back: int
    failed: int


class InsightsReport(Struct, frozen=True, kw_only=True):
    """Everything that the author is shown.

    `withheld` counts the searches whose query fewer than `min_days` days saw, so that it is named nowhere here.
    """

    since: str
    searches: int
    nothing: int
    clicked: int
    min_days: int
    withheld: int
    days: tuple[Day, ...]
    top: tuple[QueryCounts, ...]
    in_vain: tuple[QueryCounts, ...]
    unclicked: tuple[QueryCounts, ...]
    reformulations: tuple[Reformulation, ...]
    gaps: tuple[Gap, ...]
    runs: tuple[IndexRun, ...]
    held_back: tuple[Absent, ...]
    failed: tuple[Absent, ...]


def report(
    settings: Settings, judge: Judge, days: int, *, held_back: tuple[Absent, ...], failed: tuple[Absent, ...]
) -> InsightsReport:
    """Sum up the last days.

    Args:
        settings: Where counts and index are.
        judge: Says what is wrong with the index's answer to a query.
        days: How many (UTC), today included; at most 90 are kept.
        held_back: Posts that readers must not find.
        failed: Posts that could not be read.

    Raises:
        DatabaseUnusable: The counts cannot be read.
    """
    values = parameters(settings, days)
    with store.reading(settings.insights_file) as connection:
        per_day = _days(connection, values, days)
        queries = [QueryCounts(*row) for row in read_rows(connection, QUERIES, values, tuple[str, int, int, int])]
        rewritten = [Reformulation(*row) for row in read_rows(connection, REFORMULATIONS, values, tuple[str, str, int])]
        asked = _asked(connection, values)
        runs = _runs(connection)
    searches = sum(day.searches for day in per_day)
    return InsightsReport(
        since=_date(values["since"]),
        searches=searches,
        nothing=sum(day.nothing for day in per_day),
        clicked=sum(day.clicked for day in per_day),
        min_days=settings.insights.min_days,
        withheld=searches - sum(query.searches for query in queries),
        days=per_day,
        top=tuple(queries[:LIST_LENGTH]),
        in_vain=_worst(queries),
        unclicked=tuple(query for query in queries if query.is_unclicked)[:LIST_LENGTH],
        reformulations=tuple(rewritten),
        gaps=gaps(asked, judge, {query.text for query in queries}, settings.insights.min_days),
        runs=runs,
        held_back=held_back,
        failed=failed,
    )


def parameters(settings: Settings, days: int) -> dict[str, int]:
    """Return the parameters of SQL about the last days, today (UTC) included."""
    return {"since": (int(time()) // DAY - days + 1) * DAY, "day": DAY, "seen": settings.insights.min_days}


def read_rows(connection: sqlite3.Connection, query: str, values: Mapping[str, int], kind: type[Row]) -> list[Row]:
    """Return rows of a kind; where the file is damaged, a value can be of another one, which is an error of msgspec."""
    return msgspec.convert([tuple(row) for row in connection.execute(query, values)], list[kind])  # type: ignore[valid-type]


def _days(connection: sqlite3.Connection, values: Mapping[str, int], days: int) -> tuple[Day, ...]:
    """Return every day, also those without searches."""
    found = {row[0]: row[1:] for row in connection.execute(PER_DAY, values)}
    first = values["since"] // DAY
    return tuple(Day(_date(day * DAY), *found.get(day, (0, 0, 0))) for day in range(first, first + days))


def _asked(connection: sqlite3.Connection, values: Mapping[str, int]) -> list[Asked]:
    rows = read_rows(connection, ASKED, values, tuple[str, int, str])
    return [Asked(text, count, frozenset(seen.split(","))) for text, count, seen in rows]


def _runs(connection: sqlite3.Connection) -> tuple[IndexRun, ...]:
    found = connection.execute("SELECT * FROM runs ORDER BY moment DESC, generation DESC LIMIT ?", (RUNS,))
    rows = msgspec.convert([tuple(row) for row in found], list[tuple[Moment, int, int, int, int, int, int]])
    return tuple(IndexRun(f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}", *row) for moment, *row in rows)


def _worst(queries: Iterable[QueryCounts]) -> tuple[QueryCounts, ...]:
    """Return the queries that found nothing, the most frequent first."""
    in_vain = [query for query in queries if query.nothing]
    return tuple(sorted(in_vain, key=lambda query: -query.nothing)[:LIST_LENGTH])


def _date(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"
