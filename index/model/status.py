"""The state of an index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from msgspec import Struct


class Absent(Struct, frozen=True):
    """A post that is not in the index: its path, the line that is wrong where one is, and the reason."""

    path: str
    line: int | None
    reason: str


class Health(Struct, frozen=True):
    """The health of the cluster that stores the index.

    Attributes:
        status: Green; yellow where copies of the index's parts are missing; red where parts are.
        nodes: How many machines there are.
        unassigned: How many parts and copies of the index are on none of them.
    """

    status: Literal["green", "yellow", "red"]
    nodes: int
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Statistics of an index. `bytes` is its size on disk."""

    generation: int
    posts: int
    sections: int
    words: int
    terms: int
    bytes: int
    languages: Mapping[str, int]
    newest: datetime | None
