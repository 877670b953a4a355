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

HOLDINGS_FILE = "cluster-holdings.msgpack"
HOLDINGS_PREFIX = struct.Struct("<4sQ")
HOLDINGS_MAGIC = b"BMCH"


class IndexState(NamedTuple):
    """A state of an index: its name and generation, and the version of the document that names the generation."""

    name: str
    generation: int
    revision: tuple[int, int]


_decoder = msgspec.msgpack.Decoder(tuple[IndexState, dict[str, Holding]])


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
            stored = (self._directory / HOLDINGS_FILE).read_bytes()
            head, data = stored[: HOLDINGS_PREFIX.size], stored[HOLDINGS_PREFIX.size :]
            if head == HOLDINGS_PREFIX.pack(HOLDINGS_MAGIC, checksum(data)):
                kept, holdings = _decoder.decode(data)
                return holdings if kept == state else None
        return None

    def save(self, state: IndexState, holdings: Mapping[str, Holding]) -> None:
        """Keep the holdings of a state; where nothing can be written, the next run reads them from the cluster."""
        if self._directory is None:
            return
        data = msgspec.msgpack.encode((state, holdings))
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._directory / HOLDINGS_FILE) as temporary:
                temporary.write_bytes(HOLDINGS_PREFIX.pack(HOLDINGS_MAGIC, checksum(data)) + data)
