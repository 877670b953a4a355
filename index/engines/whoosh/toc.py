"""The table of contents of a generation: Whoosh's own, with a checksum after it.

It names the segments of the generation and the posts that are deleted in each. Whoosh pickles it, so that the checksum
is compared before anything is read. Whoosh's own reader stops before the checksum.
"""

import os
import struct
import zlib
from pathlib import Path
from time import time_ns

from whoosh.filedb.filestore import RamStorage
from whoosh.index import _DEF_INDEX_NAME, TOC

from ...files import atomic_write, naming
from ...segment.arrays import OtherVersion, Unusable, is_of_another_version

TRAILER_MAGIC = b"BMTC"
TRAILER = struct.Struct("<4sI")
# A number has 32 bits in the file; a file with a larger one in its name is not ours.
LAST_GENERATION = 2**31 - 2
PATTERN = TOC._pattern(_DEF_INDEX_NAME)
# Nanoseconds after which another change of a directory has another time, on any file system (FAT counts in 2 s).
SETTLED = 2_500_000_000


def generations(directory: Path) -> list[int]:
    """Return the numbers of the generations that have a table of contents, newest first."""
    try:
        matches = [PATTERN.match(file.name) for file in os.scandir(directory)]
    except FileNotFoundError:
        return []
    # An index that Whoosh itself has made begins with an empty generation of the number 0.
    numbers = (int(match[1]) for match in matches if match)
    return sorted((number for number in numbers if 0 < number <= LAST_GENERATION), reverse=True)


class LatestGeneration:
    """The number of the latest generation of an index; its files are listed again only if one came or went."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._listed: tuple[int, int] | None = None
        self._number = 0

    def number(self) -> int:
        """Return the number, 0 if nothing was ever committed."""
        try:
            state = self._directory.stat()
        except FileNotFoundError:
            return 0
        if (state.st_ino, state.st_mtime_ns) != self._listed:
            self._number = max(generations(self._directory), default=0)
            is_settled = time_ns() - state.st_mtime_ns > SETTLED
            self._listed = (state.st_ino, state.st_mtime_ns) if is_settled else None
        return self._number


def toc_file(directory: Path, generation: int) -> Path:
    """Return the file of a generation's table of contents."""
    return directory / str(TOC._filename(_DEF_INDEX_NAME, generation))


def write_toc(directory: Path, toc: TOC) -> None:
    """Write a table of contents; once it returns, a power loss leaves the generation in place."""
    storage = RamStorage()
    toc.write(storage, _DEF_INDEX_NAME)
    file = toc_file(directory, toc.generation)
    data = storage.files[file.name]
    with atomic_write(file, durable=True) as temporary:
        temporary.write_bytes(data + TRAILER.pack(TRAILER_MAGIC, zlib.crc32(data)))


def read_toc(directory: Path, generation: int) -> TOC:
    """Read a table of contents.

    Raises:
        PermissionError: Who runs this may not read it.
        FileNotFoundError: There is none; a writer may have deleted it after a newer commit.
        OtherVersion: A version of Backmatter that wrote no checksum wrote it.
        Unusable: It is damaged.
    """
    file = toc_file(directory, generation)
    with naming(file):
        data = file.read_bytes()
    content, trailer = data[: -TRAILER.size], data[-TRAILER.size :]
    if trailer != TRAILER.pack(TRAILER_MAGIC, zlib.crc32(content)):
        if any(map(is_of_another_version, directory.glob("*.posts"))):
            raise OtherVersion(f"{file}: of another version")
        raise Unusable(f"{file}: damaged, its checksum is wrong")
    storage = RamStorage()
    storage.files[file.name] = content
    try:
        return TOC.read(storage, _DEF_INDEX_NAME, gen=generation)
    except Exception as error:  # a name that belongs to another generation, or a module that is gone
        raise Unusable(f"{file}: {type(error).__name__}: {error}") from error
