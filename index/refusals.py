"""What was not indexed and why, remembered between runs, so that no file is read again that did not change.

A file of its own beside the index, and never more than a saving of time: without it everything refused is read again.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from index import whole

NAME = "refused.msgpack"


class Refusal(msgspec.Struct, frozen=True, array_like=True):
    """Why one post is not in the index.

    Attributes:
        stamp: The file's stamp when it was read.
        reason: Why it is held back, or what is wrong with it.
        line: The line in the file that is wrong, where one is.
        held_back: Whether it is held back, or else failed.
        until: When the reason may cease by itself.
        winner: The post that has the address which this one asks for; "" where that is not the reason.
    """

    stamp: str
    reason: str
    line: int | None = None
    held_back: bool = False
    until: datetime | None = None
    winner: str = ""

    def holds(self, stamp: str, now: datetime) -> bool:
        """Tell whether the file is the one that was refused, and the time has not come."""
        return self.stamp == stamp != "" and (self.until is None or now < self.until)


def load(directory: Path) -> dict[str, Refusal]:
    """Read what was refused, by post id."""
    return whole.load(directory / NAME, Refusal)


def save(directory: Path, refusals: dict[str, Refusal]) -> None:
    """Write what was refused, unless it is there already."""
    if refusals != load(directory):
        whole.save(directory / NAME, refusals)
