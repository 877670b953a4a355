"""Events that are counted. Texts are normalised, so that equal searches are equal."""

import unicodedata
from typing import Literal

from msgspec import Struct

# Longer than what anybody types; what is pasted is cut.
MAX_TEXT = 200
MAX_URL = 500


class SearchOutcome(Struct, frozen=True, array_like=True):
    """What a search found.

    Attributes:
        total: How many articles.
        partly: Whether none of them has all the words.
        urls: Addresses of the first page of hits, in their order.
    """

    total: int
    partly: bool
    urls: tuple[str, ...]


class Searched(Struct, frozen=True, kw_only=True):
    """Somebody searched.

    Attributes:
        text: What for, normalised.
        moment: When, in seconds since 1970.
        how: A form was sent or a link followed; or a program asked, which may ask with every key.
        after: What was searched for on the page that it came from; "" where that was no page of results.
        outcome: None where it is not known.
    """

    text: str
    moment: int
    how: Literal["submitted", "typed"]
    after: str = ""
    outcome: SearchOutcome | None = None


class Clicked(Struct, frozen=True, kw_only=True):
    """Somebody followed a result of a search.

    Attributes:
        text: What was searched for, normalised.
        url: Address of the article.
        moment: When, in seconds since 1970.
    """

    text: str
    url: str
    moment: int


Event = Searched | Clicked


def normalised(text: str) -> str:
    """Return a query as it is counted: one space between words, case folded."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())[:MAX_TEXT].strip()


def goes_on(before: str, after: str) -> bool:
    """Check whether a typed text continues another: letters were added or removed at its end."""
    return after.startswith(before) or before.startswith(after)
