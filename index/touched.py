"""Posts that were touched and are as they were, as after a fresh checkout: read once, and remembered for later runs.

A file of its own beside the index, and never more than a saving of time: without it they are read again.
"""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from index.whole import written

NAME = "touched.msgpack"


class Touched(NamedTuple):
    """A file's stamp, and the fingerprint that the index holds of it and that was found to be still its own."""

    stamp: str
    fingerprint: str


def load(directory: Path) -> dict[str, Touched]:
    """Read what was touched, by post id; nothing, where that cannot be read."""
    try:
        return msgspec.msgpack.decode((directory / NAME).read_bytes(), type=dict[str, Touched])
    except (OSError, msgspec.MsgspecError):
        return {}


def save(directory: Path, touched: dict[str, Touched]) -> None:
    """Write what was touched, whole or not at all; where there is no room, the next run reads it again."""
    with suppress(OSError), written(directory / NAME) as part:
        part.write_bytes(msgspec.msgpack.encode(touched))
