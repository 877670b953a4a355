"""Readers who search and click, and what is counted of it."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep, time

from backmatter.index.insights import store
from backmatter.index.insights.events import Clicked, Event, Searched, SearchOutcome

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
# The first second of a day that is still kept.
START = (int(time()) // store.DAY - 40) * store.DAY
TOKEN = "correct-horse-battery"  # noqa: S105 - of these tests alone
PATIENCE = 20


def searched(text: str, moment: int = 0, total: int = 1, after: str = "") -> Searched:
    outcome = SearchOutcome(total, False, ("/articles/a",) if total else ())
    return Searched(text=text, moment=START + moment, how="submitted", outcome=outcome, after=after)


def typed(text: str, moment: int = 0) -> Searched:
    return Searched(text=text, moment=START + moment, how="typed")


def clicked(text: str, moment: int = 0, url: str = "/articles/a") -> Clicked:
    return Clicked(text=text, url=url, moment=START + moment)


def record(file: Path, *events: Event) -> None:
    with store.writing(file) as connection:
        store.record(connection, events)


def counts(file: Path) -> list[tuple[str, int]]:
    """Give every intent in its order, with the number of its clicks."""
    with store.reading(file) as connection:
        rows = connection.execute(
            "SELECT text, (SELECT count(*) FROM clicks WHERE search = id) FROM searches ORDER BY id"
        )
        return [tuple(row) for row in rows]


def eventually(give: Callable[[], object], expected: object) -> None:
    """Wait until something is as expected: what is counted is written after the answer."""
    deadline = monotonic() + PATIENCE
    while give() != expected and monotonic() < deadline:
        sleep(0.01)
    assert give() == expected
