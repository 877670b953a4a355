"""Power losses: the states in which a disk may be after one, computed from the file operations of a program.

What a program has written is on the disk for certain once it is synced: a file's content by a sync of the file, a
name by a sync of its directory. All else may be there or not, whatever came first.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

# So many operations that are not synced are tried in every combination; of more, a sample.
EXHAUSTIVE = 12


@dataclass(frozen=True)
class Operation:
    """A change to a directory: content of an inode, or a name that is bound to one (None: deleted)."""

    kind: str
    name: str = ""
    inode: int = 0
    data: bytes = b""


@dataclass
class Trace:
    """The operations on the files of one directory, in order, with its syncs among them."""

    directory: Path
    names: dict[str, int] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)

    def add(self, kind: str, path: Path, inode: int = 0, data: bytes = b"") -> None:
        """Record an operation, if it is on a file of the directory."""
        if path.parent == self.directory or path == self.directory:
            self.operations.append(Operation(kind, path.name, inode, data))


def recorded(directory: Path, work: Callable[[], object]) -> Trace:
    """Run work and return what it did to the files of a directory.

    A file's content is recorded when it is synced or renamed: what was written in between is no state that a name leads
    to, since everything is written under temporary names.
    """
    trace = Trace(directory)
    rename, unlink, fsync = os.replace, os.unlink, os.fsync

    def content(path: Path) -> tuple[int, bytes]:
        return path.stat().st_ino, path.read_bytes()

    def replacing(source: Any, target: Any, **options: Any) -> None:
        inode, data = content(Path(source))
        trace.add("write", Path(target), inode, data)
        rename(source, target, **options)
        trace.add("name", Path(target), inode)

    def unlinking(path: Any, **options: Any) -> None:
        unlink(path, **options)
        trace.add("name", Path(path))

    def syncing(number: int) -> None:
        fsync(number)
        path = Path(f"/proc/self/fd/{number}").readlink()
        if path.is_dir():
            trace.add("sync names", path)
        else:
            inode, data = content(path)
            trace.add("write", path, inode, data)
            trace.add("sync", path, inode)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "replace", replacing)
        patched.setattr(os, "rename", replacing)
        patched.setattr(os, "unlink", unlinking)
        patched.setattr(os, "remove", unlinking)
        patched.setattr(os, "fsync", syncing)
        work()
    return trace


def unsynced(operations: Sequence[Operation]) -> list[int]:
    """Return the indices of the operations that no sync among them makes certain."""
    pending: list[int] = []
    for number, operation in enumerate(operations):
        if operation.kind == "sync names":
            pending = [each for each in pending if operations[each].kind != "name"]
        elif operation.kind == "sync":
            pending = [
                each
                for each in pending
                if operations[each].kind != "write" or operations[each].inode != operation.inode
            ]
        else:
            pending.append(number)
    return pending


def states(trace: Trace, before: dict[str, bytes], samples: int, seed: int) -> Iterator[dict[str, bytes]]:
    """Yield the contents of the directory after power losses: after each operation, with subsets of what is not synced.

    A write that is lost leaves an empty file, or one that was half written.
    """
    random = Random(seed)  # noqa: S311
    for end in range(len(trace.operations) + 1):
        done = trace.operations[:end]
        pending = unsynced(done)
        for lost in _subsets(pending, samples, random):
            yield _after(done, before, lost, random)


def _subsets(pending: Sequence[int], samples: int, random: Random) -> Iterator[frozenset[int]]:
    if 2 ** len(pending) <= samples or (len(pending) <= EXHAUSTIVE and samples >= 2**EXHAUSTIVE):
        chosen = product((False, True), repeat=len(pending))
    else:
        some = ((False,) * len(pending), (True,) * len(pending))
        chosen = iter([*some, *(tuple(random.random() < 0.5 for _ in pending) for _ in range(samples))])  # type: ignore[assignment]
    for mask in chosen:
        yield frozenset(number for number, is_lost in zip(pending, mask, strict=True) if is_lost)


def _after(
    operations: Sequence[Operation], before: dict[str, bytes], lost: frozenset[int], random: Random
) -> dict[str, bytes]:
    contents: dict[int, bytes] = {}
    files: dict[str, bytes | int] = dict(before)
    for number, operation in enumerate(operations):
        if operation.kind == "write":
            if number not in lost:
                contents[operation.inode] = operation.data
            else:
                contents.setdefault(operation.inode, operation.data[: random.choice((0, len(operation.data) // 2))])
        elif operation.kind == "name" and number not in lost:
            if operation.inode:
                files[operation.name] = operation.inode
            else:
                files.pop(operation.name, None)
    return {name: contents[held] if isinstance(held, int) else held for name, held in files.items()}
