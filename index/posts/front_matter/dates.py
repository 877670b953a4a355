"""Dates as authors write them, and as the generators take them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

DATELESS_WORDS = frozenset(("", "created", "last modified", "git created", "git last modified", "null", "none"))
"""Eleventy's words for a date that is not in the file, and empty ones."""
HOURS_FROM_UTC = {
    **dict.fromkeys(("z", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "ist", "west"), 1),
    **dict.fromkeys(("cest", "eet", "sast"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    "jst": 9,
    "kst": 9,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
    "edt": -4,
    "est": -5,
    "cdt": -5,
    "cst": -6,
    "mdt": -6,
    "mst": -7,
    "pdt": -7,
    "pst": -8,
    "akst": -9,
    "hst": -10,
}
"""Zones by name, as `Date.parse` of Ruby and JavaScript have them; a name that stands for several is its first."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DAY = (
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?:(?P=sign)(?P<day>\d{1,2}))?",
    r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
    r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(?:of\s+)?(?P<name>[a-z]{3,9})\.?[\s,-]+(?P<year>\d{4})",
    r"(?:[a-z]{3,9},?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
)
"""None that could be day first in one country and month first in another."""
_TIME = r"""
    (?: (?:[t,\s-]|\s+at\s) \s* (?P<hour>\d{1,2}) : (?P<minute>\d{1,2}) (?: : (?P<second>\d{1,2}) (?:[.,]\d{1,9})? )?
        (?: \s* (?P<half>[ap])\.?m\.? )? )?
    (?: \s* (?:utc|gmt)? (?P<offset>[+-]\d{1,2}(?::?\d{2})?) )? (?: \s* \(?(?P<zone>[a-z]{1,5})\)? )?
"""
_DATE_PATTERNS = [re.compile(day + _TIME, re.IGNORECASE | re.VERBOSE) for day in _DAY]
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
"""Seconds, or milliseconds, since 1970; none before 1973."""
_COMPACT = re.compile(r"(?:19|20|21)\d{6}")
"""A date without signs, 20260131, which YAML takes for a number."""
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
MAX_LENGTH = 80
"""Characters of a date; what is longer is none."""


def parse_date(value: object) -> datetime | None:
    """Read a date; without a zone it counts as UTC, and year 1 (Hugo's zero) or 0 (WordPress') as none.

    Raises:
        ValueError: It is no date.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in DATELESS_WORDS):
        return None
    if isinstance(value, str) and value.strip().startswith("0000-00-00"):
        return None
    moment = _moment(value)
    if moment.year <= 1:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value!r:.80} is out of range") from None
    return moment


def latest_of(value: object) -> datetime | None:
    """Return the end of the latest year that what is no date names, so that what has surely expired is not shown."""
    years = [int(year) for year in _YEAR.findall(str(value)[:MAX_LENGTH])]
    return datetime(max(years) + 1, 1, 1, tzinfo=UTC) - timedelta(seconds=1) if years else None


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, int | float) and not isinstance(value, bool) and _EPOCH.fullmatch(str(value)):
        return _from_epoch(float(value))
    if isinstance(value, int) and _COMPACT.fullmatch(str(value)):
        return _from_text(str(value))
    if isinstance(value, str):
        return _from_text(value.strip())
    raise ValueError(f"{value!r:.80} is no date")


def _from_epoch(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds if seconds < 10**11 else seconds / 1000, UTC)


def _from_text(text: str) -> datetime:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"{text!r:.80} is no date")
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for pattern in _DATE_PATTERNS:
        if found := pattern.fullmatch(text):
            return _from_parts(found, text)
    from email.utils import parsedate_to_datetime  # slow to load, and seldom needed

    try:
        return parsedate_to_datetime(text)
    except ValueError:
        raise ValueError(f"{text!r:.80} is no date") from None


def _from_parts(found: re.Match[str], text: str) -> datetime:
    parts = found.groupdict()
    try:
        month = MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["month"])
        hour = int(parts["hour"] or 0)
        if parts["half"]:
            hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
        moment = datetime(int(parts["year"]), month, int(parts["day"] or 1), hour, int(parts["minute"] or 0))
        return moment.replace(second=int(parts["second"] or 0), tzinfo=_zone(parts["offset"], parts["zone"]))
    except (ValueError, KeyError):
        raise ValueError(f"{text!r:.80} is no date") from None


def _zone(offset: str | None, name: str | None) -> timezone | None:
    """Return a zone by its offset, which may have one digit, or by its name."""
    if offset:
        hours, minutes = offset[1:].replace(":", ""), 0
        if len(hours) > 2:
            hours, minutes = hours[:-2], int(hours[-2:])
        size = timedelta(hours=int(hours), minutes=minutes)
        return timezone(-size if offset[0] == "-" else size)
    return timezone(timedelta(hours=HOURS_FROM_UTC[name.lower()])) if name else None
