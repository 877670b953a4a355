"""Values as a reader sees them."""

from datetime import datetime
from math import ceil

# Careful reading of technical prose, in words a minute.
READING_SPEED = 220


def month(date: datetime | None) -> str:
    """Give a month as in a list of posts: `Jun '26`; nothing for an undated post."""
    return f"{_MONTHS[date.month - 1][:3]} '{date:%y}" if date else ""


def day(date: datetime | None) -> str:
    """Give a day in full: `3 June 2026`; nothing for an undated post."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year:04}" if date else ""


def machine_day(date: datetime | None) -> str:
    """Give a day for `<time datetime>`: `2026-06-03`; nothing for an undated post."""
    return date.date().isoformat() if date else ""


def reading_time(words: int) -> str:
    """Estimate how long a text of so many words takes to read: `7 min read`."""
    return f"{ceil(words / READING_SPEED) or 1} min read"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun: `1 article`, `1,200 articles`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# strftime("%B") speaks the language of the server's locale; the pages are in English.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
