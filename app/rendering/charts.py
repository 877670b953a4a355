"""Charts as plain shapes, laid out here and drawn as SVG by the templates."""

from collections.abc import Sequence
from datetime import datetime
from math import floor, log10

from msgspec import Struct

from ...index.insights.report import Day
from ..i18n import gettext
from . import formats

# The size of a plot, in its own units; it is stretched to its place on the page.
WIDTH, HEIGHT = 720, 160
# Dates below it, at most: as many as a phone has room for.
MAX_DATES = 7
# What the top of an axis may be, times a power of ten; each has a half that is no odd fraction.
ROUND = (1, 2, 4, 6, 8, 10)


class Bar(Struct, frozen=True):
    """A day: of a bar's whole height from `top` down, what found nothing stands at its foot, from `split` down."""

    x: float
    width: float
    top: float
    split: float
    label: str


class ColumnChart(Struct, frozen=True):
    """A chart of days.

    Attributes:
        scale: The numbers of the axis at the left, from the top down.
        dates: The dates below, each at the beginning of as many days as there are between two of them.
        said: The chart in a sentence, for screen readers.
    """

    width: int
    height: int
    scale: tuple[str, ...]
    columns: tuple[Bar, ...]
    dates: tuple[str, ...]
    said: str


def column_chart(days: Sequence[Day]) -> ColumnChart:
    """Draw the searches per day: all of them, and of these the ones that found nothing."""
    highest = max(day.searches for day in days)
    top = axis_top(highest)
    step = WIDTH / len(days)

    def column(position: int, day: Day) -> Bar:
        height, vain = (HEIGHT * count / top for count in (day.searches, day.nothing))
        return Bar(
            round(position * step, 1),
            round(step * 0.8, 1),
            round(HEIGHT - height, 1),
            round(HEIGHT - vain, 1),
            _said(day),
        )

    return ColumnChart(
        width=WIDTH,
        height=HEIGHT,
        scale=tuple(formats.decimal(value) for value in dict.fromkeys((top, top // 2, 0))),
        columns=tuple(column(position, day) for position, day in enumerate(days)),
        dates=tuple(formats.day_of_year(_date(day)) for day in days[:: _days_between_dates(len(days))]),
        said=_summary(days, highest),
    )


def axis_top(highest: int) -> int:
    """Return the number at the top of an axis: the next round one."""
    power = int(10 ** floor(log10(max(highest, 1))))
    return next(factor * power for factor in ROUND if factor * power >= highest)


def _days_between_dates(days: int) -> int:
    """Return the least number of days that divides all of them, and leaves few enough dates."""
    return next(between for between in range(-(-days // MAX_DATES), days + 1) if days % between == 0)


def _said(day: Day) -> str:
    counts = {"searches": formats.decimal(day.searches), "nothing": formats.decimal(day.nothing)}
    return gettext("%(day)s: %(searches)s, of these %(nothing)s found nothing", day=formats.day(_date(day)), **counts)


def _summary(days: Sequence[Day], highest: int) -> str:
    first, last = (formats.day(_date(day)) for day in (days[0], days[-1]))
    said = gettext("Searches per day from %(first)s to %(last)s.", first=first, last=last)
    if not highest:
        none = gettext("There were none.")
        return f"{said} {none}"
    busiest = next(formats.day(_date(day)) for day in days if day.searches == highest)
    most = gettext("The most were %(count)s on %(day)s.", count=formats.decimal(highest), day=busiest)
    return f"{said} {most}"


def _date(day: Day) -> datetime:
    return datetime.fromisoformat(day.date)
