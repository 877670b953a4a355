"""What the author's page shows of a report, in the author's language."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from ...index.insights.tables import Cell, Column, Table
from ..i18n import gettext
from ..search.request import SearchRequest
from . import formats
from .result_links import Link


class CellView(Struct, frozen=True):
    """A cell: its text, or searches as links."""

    text: str
    links: tuple[Link, ...] = ()


class ColumnView(Struct, frozen=True):
    """What stands above a column, and whether numbers stand below."""

    title: str
    is_number: bool


class TableView(Struct, frozen=True):
    """A table in the author's language."""

    name: str
    title: str
    about: str
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[CellView, ...], ...]


def summary_text(said: Iterable[tuple[str, dict[str, str | int]]]) -> str:
    """Return the report in a few sentences."""
    return " ".join(
        gettext(
            text, **{name: _written(value) if name != "day" else _day(str(value)) for name, value in values.items()}
        )
        for text, values in said
    )


def _day(written: str) -> str:
    return formats.day(datetime.fromisoformat(written))


def table_views(tables: Iterable[Table]) -> tuple[TableView, ...]:
    """Lay out tables."""
    return tuple(
        TableView(
            table.name,
            gettext(table.title),
            gettext(table.about),
            tuple(ColumnView(gettext(column.title), column.holds == "number") for column in table.columns),
            tuple(tuple(map(_cell, table.columns, row)) for row in table.rows),
        )
        for table in tables
    )


def _cell(column: Column, value: Cell) -> CellView:
    if isinstance(value, tuple):
        return CellView("", tuple(map(_search, value)))
    if column.holds == "query":
        return CellView("", (_search(str(value)),))
    return CellView(gettext(str(value)) if column.holds == "message" else _written(value))


def _search(text: str) -> Link:
    return Link(text, SearchRequest(text=text).url())


def _written(value: str | int) -> str:
    return formats.decimal(value) if isinstance(value, int) else value
