"""The articles before and after one, by date: the way through a journal."""

from datetime import UTC, date, timedelta

from index.engine import Snapshot, Sort
from index.model import Article
from index.query import Dates

# More than are published on one day.
MOST_OF_DAY = 100


def neighbours(snapshot: Snapshot, article: Article) -> tuple[Article | None, Article | None]:
    """Give the article before this one and the one after it; an undated one has none."""
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
    """Give the articles of a day as they are listed, newest first."""
    dates = Dates(after=day, before=day + timedelta(days=1))
    return [match.article for match in snapshot.find(dates, sort="newest", limit=MOST_OF_DAY).matches]


def _first(snapshot: Snapshot, dates: Dates, sort: Sort) -> Article | None:
    return next((match.article for match in snapshot.find(dates, sort=sort, limit=1).matches), None)
