"""Charts as plain shapes, laid out here and drawn as SVG by the templates."""

from collections.abc import Sequence

from msgspec import Struct

from ...index.insights.report import Day

# The size of a plot, in its own units; it grows with the page.
WIDTH, HEIGHT = 720, 160


class Column(Struct, frozen=True):
    """A day: of a bar's whole height from `top` down, what found nothing stands at its foot, from `split` down."""

    x: float
    width: float
    top: float
    split: float
    label: str


class Columns(Struct, frozen=True):
    """A chart of days. `said` describes it in a sentence, for screen readers."""

    width: int
    height: int
    highest: int
    columns: tuple[Column, ...]
    said: str


def column_chart(days: Sequence[Day]) -> Columns:
    """Draw the searches per day: all of them, and of these the ones that found nothing."""
    highest = max(day.searches for day in days)
    step = WIDTH / len(days)

    def column(position: int, day: Day) -> Column:
        height, vain = (HEIGHT * count / max(highest, 1) for count in (day.searches, day.nothing))
        label = f"{day.date}: {day.searches}, of these {day.nothing} found nothing"
        return Column(
            round(position * step, 1), round(step * 0.8, 1), round(HEIGHT - height, 1), round(HEIGHT - vain, 1), label
        )

    busiest = next(day for day in days if day.searches == highest)
    said = f"Searches per day from {days[0].date} to {days[-1].date}."
    said += f" The most were {highest} on {busiest.date}." if highest else " There were none."
    return Columns(WIDTH, HEIGHT, highest, tuple(column(position, day) for position, day in enumerate(days)), said)
