"""Posts that were touched and are as they were, as after a fresh checkout: read once, and remembered for later runs.

A file of its own beside the index, and never more than a saving of time: without it they are read again.
"""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from index import whole

NAME = "touched.msgpack"


class Touched(NamedTuple):
    """A file's stamp, and the fingerprint that the index holds of it and that was found to be still its own."""

    stamp: str
    fingerprint: str


def load(directory: Path) -> dict[str, Touched]:
    """Read what was touched, by post id."""
    return whole.load(directory / NAME, Touched)


def save(directory: Path, touched: dict[str, Touched]) -> None:
    """Write what was touched; where there is no room, the next run reads it again."""
    with suppress(OSError):
        whole.save(directory / NAME, touched)
