"""The previous and the next article by date."""

from datetime import UTC, date, timedelta

from ..engines.base import Snapshot
from ..model import Article
from ..query.tree import Dates, Sort

# More than are published on one day.
MOST_OF_DAY = 100


def neighbours(snapshot: Snapshot, article: Article) -> tuple[Article | None, Article | None]:
    """Return the previous and the next article; an undated article has neither."""
    if article.date is None:
        return None, None
    day = article.date.astimezone(UTC).date()
    listed = _of_day(snapshot, day)
    place = next((n for n, other in enumerate(listed) if other.path == article.path), None)
    if place is None:
        return None, None
    before = _first(snapshot, Dates(before=day), "newest") if place == len(listed) - 1 else listed[place + 1]
    if place:
        return before, listed[place - 1]
    after = _first(snapshot, Dates(after=day + timedelta(days=1)), "oldest")
    # Of a day with several, the one that is listed last.
    return before, _of_day(snapshot, after.date.astimezone(UTC).date())[-1] if after and after.date else None


def _of_day(snapshot: Snapshot, day: date) -> list[Article]:
    """Return the articles of a day, newest first."""
    dates = Dates(after=day, before=day + timedelta(days=1))
    return [match.article for match in snapshot.find(dates, sort="newest", limit=MOST_OF_DAY).matches]


def _first(snapshot: Snapshot, dates: Dates, sort: Sort) -> Article | None:
    return next((match.article for match in snapshot.find(dates, sort=sort, limit=1).matches), None)
