"""A file that is there whole or not at all, also for who reads it meanwhile; what runs remember is in such files."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

Value = TypeVar("Value")


@contextmanager
def written(file: Path) -> Iterator[Path]:
    """Give a file beside another one, which takes its place when all is written.

    Raises:
        OSError: It cannot be written; the file that was there is as it was.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def load(file: Path, kind: type[Value]) -> dict[str, Value]:
    """Read what a run has remembered of some posts, by post id; nothing, where that cannot be read."""
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=dict[str, kind])  # type: ignore[valid-type]
    except (OSError, msgspec.MsgspecError):
        return {}


def save(file: Path, values: Mapping[str, object]) -> None:
    """Write what is to be remembered, and the directory, which an index on a cluster has not made.

    Raises:
        OSError: It cannot be written; what was remembered before is as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with written(file) as part:
        part.write_bytes(msgspec.msgpack.encode(values))
