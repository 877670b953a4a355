"""State that runs keep beside the index, so that no file is read again that did not change.

Small files: which posts were refused and why, which were touched without being changed (as by a fresh checkout), how
many posts each source had, and, with built pages, what these say and which source each belongs to. Each begins with a
checksum; one that is damaged or missing counts as empty. Without most of them, files are read again; without the
numbers of posts, a source that is empty may have had any post, so that none goes.
"""

import struct
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from ..files import atomic_write
from ..model import Absent, Claim
from ..posts.page_matching import BuiltPage
from ..segment.arrays import checksum
from .removals import SourceState
from .report import Failure

PAGES_FILE = "pages.msgpack"
CLAIMS_FILE = "claims.msgpack"
REFUSED_FILE = "refused.msgpack"
TOUCHED_FILE = "touched.msgpack"
SOURCES_FILE = "sources.msgpack"

# A file begins with this and the checksum of the rest, the one that arrays have.
STATE_MAGIC = b"BMST"
STATE_PREFIX = struct.Struct("<4sQ")

Value = TypeVar("Value")


class Refusal(msgspec.Struct, frozen=True, array_like=True):
    """Why one post is not in the index.

    Attributes:
        stamp: The file's stamp when it was read.
        reason: Why it is held back, or what is wrong with it.
        line: The line in the file that is wrong, where one is.
        held_back: Whether it is held back, or else failed.
        until: When the reason may cease by itself.
        winner: The post that has the address which this one asks for; "" where that is not the reason.
        since: When a post that failed was first found so.
    """

    stamp: str
    reason: str
    line: int | None = None
    held_back: bool = False
    until: datetime | None = None
    winner: str = ""
    since: datetime | None = None

    @property
    def is_failure(self) -> bool:
        """Whether the post cannot be read; otherwise it is held back, or another post has its address."""
        return not self.held_back and not self.winner

    def holds(self, stamp: str, now: datetime) -> bool:
        """Check whether the refusal still holds: the file is the same, and its time has not come."""
        return self.stamp == stamp != "" and (self.until is None or now < self.until)

    def failure(self, path: str, *, is_kept: bool) -> Failure:
        """Return the line of the report about a post; `is_kept` is whether readers find it as it was before."""
        since = f"; it has failed since {self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        kept = f"; readers find it as it was before{since}" if is_kept else ""
        return Failure(path, self.line, self.reason + kept)


def load_refusals(directory: Path) -> dict[str, Refusal]:
    """Read what was refused, by post id."""
    return _read(directory / REFUSED_FILE, Refusal)


def absent(directory: Path) -> tuple[tuple[Absent, ...], tuple[Absent, ...]]:
    """Return the posts that are held back, and those that failed, by path."""
    refusals = sorted(load_refusals(directory).items())
    held_back = [Absent(path, each.line, each.reason) for path, each in refusals if each.held_back]
    failed = [Absent(path, each.line, each.reason) for path, each in refusals if not each.held_back]
    return tuple(held_back), tuple(failed)


def save_refusals(directory: Path, refusals: Mapping[str, Refusal]) -> None:
    """Write what was refused.

    Raises:
        OSError: It cannot be written.
    """
    _write(directory / REFUSED_FILE, refusals)


class Touched(NamedTuple):
    """A file's stamp, and the fingerprint that the index holds of it and that was found to be still its own.

    `wanted` is the slug that the post asks for and another one has, where it has a longer one.
    """

    stamp: str
    fingerprint: str
    wanted: str = ""


def load_touched(directory: Path) -> dict[str, Touched]:
    """Read what was touched, by post id."""
    return _read(directory / TOUCHED_FILE, Touched)


def save_touched(directory: Path, touched: Mapping[str, Touched]) -> None:
    """Write what was touched, if it can be written."""
    _try_to_write(directory / TOUCHED_FILE, touched)


def load_sources(directory: Path) -> dict[str, SourceState]:
    """Read what the last run left of each source, by its path."""
    return _read(directory / SOURCES_FILE, SourceState)


def save_sources(directory: Path, sources: Mapping[str, SourceState]) -> None:
    """Write what the next run has to know of each source, if it can be written."""
    _try_to_write(directory / SOURCES_FILE, sources)


def load_pages(directory: Path) -> dict[str, BuiltPage]:
    """Read what the last run read of built pages, by path."""
    return _read(directory / PAGES_FILE, BuiltPage)


def save_pages(directory: Path, pages: Mapping[str, BuiltPage]) -> None:
    """Write what was read of built pages, if it can be written."""
    _try_to_write(directory / PAGES_FILE, pages)


def load_claims(directory: Path) -> dict[str, Claim]:
    """Read which built page each source had, by post id."""
    return _read(directory / CLAIMS_FILE, Claim)


def save_claims(directory: Path, claims: Mapping[str, Claim]) -> None:
    """Write which built page each source has, if it can be written."""
    _try_to_write(directory / CLAIMS_FILE, claims)


def _read(file: Path, kind: type[Value]) -> dict[str, Value]:
    """Return the values in a file by key; none if the file cannot be read or is damaged."""
    try:
        data = file.read_bytes()
        start, content = data[: STATE_PREFIX.size], data[STATE_PREFIX.size :]
        if start != STATE_PREFIX.pack(STATE_MAGIC, checksum(content)):
            return {}
        return msgspec.msgpack.decode(content, type=dict[str, kind])  # type: ignore[valid-type]
    except (OSError, msgspec.MsgspecError):
        return {}


def _try_to_write(file: Path, values: Mapping[str, object]) -> None:
    """Write values as `_write` does; where there is no room, the next run does without."""
    with suppress(OSError):
        _write(file, values)


def _write(file: Path, values: Mapping[str, object]) -> None:
    """Write values by key after their checksum, and the directory, which an index on a cluster does not create.

    A file that has these values already is left alone, and none is made for no values.

    Raises:
        OSError: The file cannot be written; the old one is unchanged.
    """
    content = msgspec.msgpack.encode(values, order="deterministic")
    data = STATE_PREFIX.pack(STATE_MAGIC, checksum(content)) + content
    written = file.read_bytes() if file.is_file() else b""
    if written == data or not (written or values):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as temporary:
        temporary.write_bytes(data)
