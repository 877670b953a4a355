"""Dates where a query asks for them: "latest" wants what is new, and a year what was written in it, or on it."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

import numpy as np

from ..analysis import terms
from ..segment.arrays import Array
from ..segment.columns import UNDATED, seconds

# Words that ask for what is new. "New" and "now" do not: what was new in Go 1.20 is old.
NEWEST = frozenset(
    (
        *terms(
            "latest newest recent recently current currently aktuell aktuelle aktueller aktuellen aktuelles neueste "
            "neuester neuesten neuestes dernier dernière récent récente actuel actuelle último última reciente actual"
        ),
        "最新",  # It is its own term; to cut it would be the first text that needs all scripts.
    )
)
YEAR = re.compile(r"(?:19[7-9]|20[0-9])[0-9]")


def asks_for_dates(asked: Collection[str]) -> bool:
    """Check whether the terms of a query ask for dates."""
    return not NEWEST.isdisjoint(asked) or any(map(YEAR.fullmatch, asked))


def timeliness(asked: Collection[str], when: Array) -> Array | None:
    """Return how well the date of each post is what a query asks for, from 0 to 1; None if it asks for none.

    Args:
        asked: The terms of the query.
        when: The dates of posts in seconds.
    """
    # A year is often written about in the next one.
    years = [(_new_year(int(term)), _new_year(int(term) + 2)) for term in asked if YEAR.fullmatch(term)]
    if years:
        return np.asarray(np.any([(when >= low) & (when < high) for low, high in years], axis=0) * 1.0)
    dated = when != UNDATED
    if NEWEST.isdisjoint(asked) or not dated.any():
        return None
    oldest, newest = when[dated].min(), when.max()
    return np.asarray(np.where(dated, (when - oldest) / max(1, newest - oldest), 0.0))


def _new_year(year: int) -> int:
    return seconds(datetime(year, 1, 1, tzinfo=UTC))
