"""Values of metadata: what ranges compare, what orders sort by, and what filters take for the same."""

import re
import unicodedata
from calendar import monthrange
from datetime import UTC, datetime
from math import isfinite
from struct import pack, unpack

_WHOLE = re.compile(r"(-?\d+)\.0+")


def value_key(value: str) -> str:
    """Return what the spellings of one value of a facet have in common.

    Case, zeros that say nothing, and whether accents are composed do not matter.
    """
    whole = _WHOLE.fullmatch(value)
    return whole[1] if whole else _composed(_composed(value).casefold())


_MONTH = re.compile(r"(\d{4})-(\d\d?)")


def bounds(low: str, high: str) -> tuple[float | None, float | None]:
    """Return what a range compares, both ends included; a month reaches from its first day to its last.

    Args:
        low: A number, a date or a month.
        high: The same.
    """
    month = _MONTH.fullmatch(high)
    if month and 1 <= int(month[2]) <= 12:
        high = f"{month[1]}-{int(month[2]):02}-{monthrange(int(month[1]), int(month[2]))[1]}"
    month = _MONTH.fullmatch(low)
    return measure(f"{month[1]}-{int(month[2]):02}-01" if month else low), measure(high)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def measure(value: str) -> float | None:
    """Return what ranges compare: a number, or a date as seconds since 1970; None for other text."""
    try:
        number = float(value)
    except ValueError:
        pass
    else:
        return number if isfinite(number) else None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def sortable(value: str) -> str:
    """Return a text by which values sort: numbers and dates by their size, then all other text, case-blind."""
    number = measure(value)
    if number is None:
        return f"t{value.casefold()}"
    [bits] = unpack(">q", pack(">d", number))
    # The bits of a positive double sort as it does, those of a negative one the other way round.
    return f"n{(bits if bits >= 0 else ~bits ^ -(2**63)) + 2**63:016x}"
