"""Queries that led readers nowhere, and what they opened after asking in other words."""

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from ..settings import Settings
from . import store
from .report import COMMON
from .store import DAY

# The most frequent of them; each costs a search or two.
MAX_UNANSWERED = 100

UNANSWERED = f"""
SELECT text, count(*) AS searches FROM searches WHERE text IN ({COMMON}) GROUP BY text
HAVING max(coalesce(total, 1)) = 0 OR count(*) FILTER (WHERE EXISTS (SELECT 1 FROM clicks WHERE search = id)) = 0
ORDER BY searches DESC, text LIMIT {MAX_UNANSWERED}
"""  # noqa: S608 - of our own text

OPENED_AFTERWARDS = """
SELECT url FROM clicks JOIN searches ON search = id WHERE after = :text AND text <> :text
GROUP BY url HAVING count(DISTINCT first / :day) >= :seen ORDER BY count(*) DESC, url LIMIT 1
"""


class Unanswered(Struct, frozen=True):
    """A query after which nobody opened a result, or that found nothing.

    Attributes:
        text: The query, normalised.
        searches: How often it was searched for.
        opened: The address that was opened most often after the query that followed; "" if on too few days.
    """

    text: str
    searches: int
    opened: str


def unanswered(settings: Settings) -> list[Unanswered]:
    """Return the queries of all days that are kept, the most frequent first; those of too few days are withheld.

    Raises:
        DatabaseUnusable: The counts cannot be read.
    """
    with store.reading(settings.insights_file) as connection:
        return list(_unanswered(connection, settings.insights.min_days))


def _unanswered(connection: sqlite3.Connection, min_days: int) -> Iterator[Unanswered]:
    values = {"day": DAY, "seen": min_days}
    for text, searches in connection.execute(UNANSWERED, values).fetchall():
        opened = connection.execute(OPENED_AFTERWARDS, {**values, "text": text}).fetchone()
        yield Unanswered(text, searches, opened[0] if opened else "")
