"""Values as a reader sees them, in the reader's language."""

from datetime import date, datetime
from functools import lru_cache
from math import ceil

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from ..i18n import gettext, language, locale_of, ngettext

# Careful reading of technical prose, in characters a minute: some 220 words, or 450 signs that each are nearly one.
READING_SPEED, READING_SPEED_OF_SIGNS = 1_300, 450
_OF_SIGNS = ("ja", "ko", "zh")
# Dates, numbers and names of languages that are kept as they are written: those of a journal of ten years.
MAX_FORMATTED = 4_096


def short_day(date: datetime | None) -> str:
    """Return a day as in a list of posts: `3 Jun 2026`; nothing for an undated post."""
    # Translators: a day in a list, as a pattern of https://unicode.org/reports/tr35/tr35-dates.html
    return _written(date.date(), gettext("d MMM yyyy"), language()) if date else ""


def day(date: datetime | None) -> str:
    """Return a day in full: `3 June 2026`; nothing for an undated post."""
    # Translators: a day in full, as a pattern of https://unicode.org/reports/tr35/tr35-dates.html
    return _written(date.date(), gettext("d MMMM yyyy"), language()) if date else ""


def month(written: str) -> str:
    """Return a month such as 2026-03 in words: `Mar 2026`."""
    # Translators: a month, as a pattern of https://unicode.org/reports/tr35/tr35-dates.html
    return _written(date.fromisoformat(f"{written}-01"), gettext("MMM yyyy"), language())


def day_of_year(date: datetime) -> str:
    """Return a day without its year: `3 Jun`."""
    # Translators: a day below a chart, as a pattern of https://unicode.org/reports/tr35/tr35-dates.html
    return _written(date.date(), gettext("d MMM"), language())


@lru_cache(maxsize=MAX_FORMATTED)
def _written(date: date, pattern: str, language: str) -> str:
    return format_date(date, pattern, locale_of(language))


def machine_day(date: datetime | None) -> str:
    """Return a day for `<time datetime>`: `2026-06-03`; nothing for an undated post."""
    return date.date().isoformat() if date else ""


def reading_time(length: int, written_in: str) -> str:
    """Estimate how long a text of so many characters takes to read: `7 min read`."""
    speed = READING_SPEED_OF_SIGNS if written_in.startswith(_OF_SIGNS) else READING_SPEED
    return gettext("%(minutes)s min read", minutes=ceil(length / speed) or 1)


def language_name(tag: str) -> str:
    """Return a language's name: `German`; its tag if it is unknown."""
    return _name(tag, language())


@lru_cache(maxsize=MAX_FORMATTED)
def _name(tag: str, language: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale_of(language)) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def articles(number: int) -> str:
    """Return a number of articles: `1 article`, `1,200 articles`."""
    return ngettext("%(count)s article", "%(count)s articles", number, count=decimal(number))


def decimal(value: int) -> str:
    """Return a number as it is written: `1,200`."""
    return _decimal(value, language())


@lru_cache(maxsize=MAX_FORMATTED)
def _decimal(value: int, language: str) -> str:
    return format_decimal(value, locale=locale_of(language))
