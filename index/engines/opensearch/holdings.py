"""What an index on a cluster holds, kept in a file beside what runs remember, so that a run need not read it there.

The file says of which state of the index it is. After a commit from another machine, or of an index that was restored,
the state is another one, and the holdings are read from the cluster again.
"""

import struct
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from ...files import atomic_write
from ...model import Holding
from ...segment.arrays import checksum

FILE = "cluster-holdings.msgpack"
PREFIX = struct.Struct("<4sQ")
MAGIC = b"BMCH"


class IndexState(NamedTuple):
    """A state of an index: its name and generation, and the version of the document that names the generation."""

    name: str
    generation: int
    revision: tuple[int, int]


class HoldingsFile:
    """Keeps the holdings of one state.

    Args:
        directory: Where; None to keep nothing.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def load(self, state: IndexState) -> dict[str, Holding] | None:
        """Return the holdings of a state, None if those of another one are kept, or none that can be read."""
        if self._directory is None:
            return None
        with suppress(OSError, msgspec.MsgspecError):
            data = (self._directory / FILE).read_bytes()
            if data[: PREFIX.size] == PREFIX.pack(MAGIC, checksum(data[PREFIX.size :])):
                kept, holdings = msgspec.msgpack.decode(data[PREFIX.size :], type=tuple[IndexState, dict[str, Holding]])
                return holdings if kept == state else None
        return None

    def save(self, state: IndexState, holdings: Mapping[str, Holding]) -> None:
        """Keep the holdings of a state; where nothing can be written, the next run reads them from the cluster."""
        if self._directory is None:
            return
        data = msgspec.msgpack.encode((state, holdings))
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._directory / FILE) as temporary:
                temporary.write_bytes(PREFIX.pack(MAGIC, checksum(data)) + data)
