"""Values as a reader sees them."""

from datetime import UTC, datetime

import pytest

from backmatter.app.rendering import formats

DATES = [
    (datetime(2026, 6, 3, tzinfo=UTC), "3 Jun 2026", "3 June 2026", "2026-06-03"),
    (datetime(1999, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 1999", "31 December 1999", "1999-12-31"),
    (datetime(101, 1, 1, tzinfo=UTC), "1 Jan 0101", "1 January 0101", "0101-01-01"),
    (None, "", "", ""),
]


@pytest.mark.parametrize(("date", "short_day", "day", "machine_day"), DATES)
def test_a_date_is_shown_short_in_full_and_for_machines(date, short_day, day, machine_day):
    assert (formats.short_day(date), formats.day(date), formats.machine_day(date)) == (short_day, day, machine_day)


@pytest.mark.parametrize(
    ("length", "language", "expected"),
    [
        (0, "en", "1 min read"),
        (1_300, "en", "1 min read"),
        (1_301, "de-AT", "2 min read"),
        (1_300, "ja", "3 min read"),
        (1_300, "zh-Hans", "3 min read"),
    ],
)
def test_reading_time_is_rounded_up_to_minutes(length, language, expected):
    assert formats.reading_time(length, language) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 articles"), (1, "1 article"), (2, "2 articles"), (16730, "16,730 articles")]
)
def test_a_number_agrees_with_its_noun(number, expected):
    assert formats.articles(number) == expected
