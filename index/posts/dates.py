"""Dates as authors write them."""

from datetime import UTC, date, datetime, time

FORMATS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M %z",
    "%Y-%m-%d-%H:%M:%S%z",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d.%m.%Y",
)
"""Beyond ISO 8601 and RFC 2822; none that could be day first in one country and month first in another."""

NO_DATE = frozenset(("", "created", "last modified", "git created", "git last modified", "null", "none"))
"""Eleventy's words for a date that is not in the file, and empty ones."""


def parse_date(value: object) -> datetime | None:
    """Read a date; without a zone it counts as UTC, and year 1 (Hugo's zero) as none.

    Raises:
        ValueError: It is no date.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in NO_DATE):
        return None
    moment = _moment(value)
    if moment.year <= 1:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value!r} is out of range") from None
    return moment


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str):
        return _from_text(value.strip())
    raise ValueError(f"{value!r} is no date")


def _from_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    from email.utils import parsedate_to_datetime  # slow to load, and seldom needed

    try:
        return parsedate_to_datetime(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date") from None
