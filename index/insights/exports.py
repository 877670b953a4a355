"""The counts for other programs: any table as CSV, and searches with their clicks by User Behavior Insights 1.3.

Schemas: https://o19s.github.io/ubi/schema/1.3.0/query.request.schema.json and .../event.schema.json. There are no
clients, sessions or users to name, times are those of the hour, and queries that few days saw are left out.
"""

import csv as writing
import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from ..errors import InputError
from ..settings import Settings
from ..terminal import printable, printable_json
from . import store
from .report import COMMON, InsightsReport, parameters, read_rows
from .store import Moment
from .tables import Cell, as_text, tables

APPLICATION = "backmatter"
HOUR = 3_600
# What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r")

SEARCHES = f"SELECT id, text, first, total, partly, urls FROM searches WHERE first >= :since AND text IN ({COMMON}) ORDER BY id"  # noqa: S608, E501 - of our own text
CLICKS = "SELECT url, moment FROM clicks WHERE search = :search ORDER BY moment, url"


class SearchedRow(NamedTuple):
    """A search, as the counts have it."""

    number: int
    text: str
    first: Moment
    total: int | None
    partly: int | None
    urls: str


def csv(shown: InsightsReport, name: str) -> str:
    """Return one table of a report as CSV (RFC 4180).

    Raises:
        InputError: There is no such table.
    """
    named = {table.name: table for table in tables(shown)}
    if name not in named:
        raise InputError(f"there is no table {name!r}; the tables are {', '.join(named)}")
    file = io.StringIO()
    writer = writing.writer(file)
    writer.writerow(named[name].head)
    writer.writerows(tuple(map(_harmless, row)) for row in named[name].rows)
    return file.getvalue()


def _harmless(value: Cell) -> str | int:
    if isinstance(value, int):
        return value
    text = as_text(value)
    return printable(f"'{text}" if text.startswith(FORMULA) else text)


def ubi(settings: Settings, days: int) -> str:
    """Return the searches of the last days and their clicks, as lines of JSON: a query, then its events.

    A line with `user_query` is a query, one with `action_name` an event.

    Raises:
        DatabaseUnusable: The counts cannot be read.
    """
    with store.reading(settings.insights_file) as connection:
        return "".join(
            printable_json(json.dumps(line, ensure_ascii=False)) + "\n"
            for row in read_rows(connection, SEARCHES, parameters(settings, days), SearchedRow)
            for line in _lines(connection, row)
        )


def _lines(connection: sqlite3.Connection, row: SearchedRow) -> Iterator[dict[str, object]]:
    urls = msgspec.json.decode(row.urls, type=list[str])
    named = {"application": APPLICATION, "query_id": str(row.number)}
    yield named | {
        "user_query": row.text,
        "timestamp": _hour(row.first),
        "object_id_field": "url",
        "query_response_hit_ids": urls,
        "query_attributes": {"total": row.total, "relaxed": bool(row.partly)},
    }
    for url, moment in read_rows(connection, CLICKS, {"search": row.number}, tuple[str, Moment]):
        event: dict[str, object] = {
            "action_name": "click",
            "timestamp": _hour(moment),
            "message_type": "CLICK",
            "message": url,
        }
        if url in urls:
            clicked = {"object_id": url[:256], "object_id_type": "post", "object_id_field": "url"}
            event["event_attributes"] = {"object": clicked, "position": {"ordinal": urls.index(url) + 1}}
        yield named | event


def _hour(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment // HOUR * HOUR, UTC):%Y-%m-%dT%H:%M:%SZ}"
