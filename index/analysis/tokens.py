"""The tokens of a text."""

from typing import NamedTuple


class Tokens(NamedTuple):
    """The tokens of a text in reading order: their terms, and the spans of the text that they were made from.

    Parallel lists, since a text has thousands: a token's position is its place in them.

    Attributes:
        terms: One a token.
        starts: Offset of a token's first character.
        ends: Offset after its last one.
        extras: Other forms, each with the position of the token that it stands beside.
    """

    terms: list[str]
    starts: list[int]
    ends: list[int]
    extras: list[tuple[int, str]]
