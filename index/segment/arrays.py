"""Named NumPy arrays in one file, memory-mapped.

    magic, version, header's length and CRC-32       16 bytes, little-endian
    header                                           msgpack: key, maker, size, (name, dtype, offset, count, checksum,
                                                     wide gaps or nil)
    arrays                                           each at a multiple of 64 bytes

Offsets are stored as the gaps between them, in one or two bytes each; the gaps that need more stand before the others.

The CRC-32 of the header begins with the version. The checksum of an array, XXH3 with 64 bits, includes the padding
after it, and is compared when the array is first read. XXH3 was measured at over twice the speed of CRC-32.

A file is written under another name and renamed, so that it is complete or absent.
"""

import mmap
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import xxhash

from ..errors import IndexDamaged
from ..files import atomic_write, naming

MAGIC = b"BMAR"
# Raise it with every change of what the arrays mean.
ARRAYS_VERSION = 17
ALIGNMENT = 64
PREFIX = struct.Struct("<4sIII")
# Ends of the names of 32-bit numbers that ascend nearly everywhere: offsets, and ends of blocks of each post.
GAPPED = ("_at", "_end")

Array = np.ndarray[Any, np.dtype[Any]]


class Entry(NamedTuple):
    """One array of a file: its offset counts from the first array.

    `wide` is the number of gaps of 32 bits that stand before the others; None if its values are stored as they are.
    """

    name: str
    dtype: str
    offset: int
    size: int
    checksum: int
    wide: int | None = None


class Header(msgspec.Struct, array_like=True):
    """The header of a file: its key, what made it, the size of its arrays, and where each array is."""

    key: str
    maker: str
    size: int
    arrays: list[Entry]


class Unusable(IndexDamaged):
    """The file is missing, truncated, damaged, of another version or has another key."""


class OtherVersion(Unusable):
    """The file is of another version of this format, or was made by other means."""


class StoredArrays(dict[str, Array]):
    """The arrays of a file by name; each is mapped and checked when it is first read.

    Attributes:
        file: The file.
        entries: What the header says of each array.
    """

    def __init__(self, file: Path, data: mmap.mmap, base: int, entries: Sequence[Entry]) -> None:
        self.file = file
        self.entries = {entry.name: entry for entry in entries}
        self._data, self._base = data, base
        self._is_verified = False
        self._ends = dict(zip(self.entries, [*(entry.offset for entry in entries[1:]), len(data) - base], strict=False))

    def __missing__(self, name: str) -> Array:
        entry = self.entries[name]
        if self._checksum(entry) != entry.checksum:
            raise Unusable(f"{self.file}: {name} is damaged")
        array = self[name] = self.unchecked(name) if entry.wide is None else self._from_gaps(entry, entry.wide)
        return array

    def _from_gaps(self, entry: Entry, wide: int) -> Array:
        start = self._base + entry.offset
        widest = np.frombuffer(self._data, np.uint32, wide, start)
        narrow = np.frombuffer(self._data, entry.dtype, entry.size, start + widest.nbytes)
        values = narrow.astype(np.uint32)
        values[narrow == _highest(narrow.itemsize)] = widest
        values.cumsum(dtype=np.uint32, out=values)
        values.flags.writeable = False
        return values

    def unchecked(self, name: str) -> Array:
        """Return an array without comparing its checksum, for blocks that have checksums of their own."""
        entry = self.entries[name]
        return np.frombuffer(self._data, entry.dtype, entry.size, self._base + entry.offset)

    def load_all(self) -> dict[str, Array]:
        """Map and check all arrays, and return them; before, only those that were read can be iterated over."""
        return {name: self[name] for name in self.entries}

    def release(self) -> None:
        """Take what was read out of this process's memory; what is wanted again is read from the file again."""
        self._data.madvise(mmap.MADV_DONTNEED)

    def verify(self) -> None:
        """Compare all checksums, once.

        Raises:
            Unusable: An array is damaged, or the padding before the first.
        """
        if self._is_verified:
            return
        _, _, length, _ = PREFIX.unpack_from(self._data)
        if any(self._data[PREFIX.size + length : self._base]):
            raise Unusable(f"{self.file}: its header is damaged")
        for entry in self.entries.values():
            if self._checksum(entry) != entry.checksum:
                raise Unusable(f"{self.file}: {entry.name} is damaged")
        self._is_verified = True

    def _checksum(self, entry: Entry) -> int:
        with memoryview(self._data) as data:
            return checksum(data[self._base + entry.offset : self._base + self._ends[entry.name]])


def checksum(data: bytes | memoryview, padding: bytes = b"") -> int:
    """Return the checksum of an array with its padding, or of a block."""
    if not padding:
        return xxhash.xxh3_64_intdigest(data)
    digest = xxhash.xxh3_64(data)
    digest.update(padding)
    return digest.intdigest()


def write_arrays(file: Path, key: str, arrays: Mapping[str, Array], maker: str = "") -> None:
    """Write arrays to a file, with a key that says what they belong to, and the version of what made them."""
    offset, entries, contents = 0, list[Entry](), list[bytes | memoryview]()
    for name, array in arrays.items():
        wide, stored = _gaps(array) if array.dtype == np.uint32 and name.endswith(GAPPED) else (None, array)
        content = np.ascontiguousarray(stored).view(np.uint8).data
        if wide is not None:
            content = memoryview(wide.tobytes() + content)
        padding = bytes(-content.nbytes % ALIGNMENT)
        contents += [content, padding]
        count = None if wide is None else len(wide)
        entries.append(Entry(name, stored.dtype.str, offset, array.size, checksum(content, padding), count))
        offset += content.nbytes + len(padding)
    # Offsets count from the first array, so that they do not depend on the length of the header.
    header = msgspec.msgpack.encode(Header(key, maker, offset, entries))
    with atomic_write(file) as temporary, temporary.open("wb") as out:
        out.write(PREFIX.pack(MAGIC, ARRAYS_VERSION, len(header), zlib.crc32(header, ARRAYS_VERSION)))
        out.write(header)
        out.write(bytes(-out.tell() % ALIGNMENT))
        out.writelines(contents)


def _gaps(values: Array) -> tuple[Array, Array]:
    """Return the gaps before values: those of 32 bits, and all in fewer, whose highest number stands for them."""
    gaps = np.diff(values, prepend=np.uint32(0))
    size = min((1, 2), key=lambda size: size * len(gaps) + 4 * np.count_nonzero(gaps >= _highest(size)))
    return gaps[gaps >= _highest(size)], np.minimum(gaps, _highest(size)).astype(f"u{size}")


def _highest(size: int) -> int:
    """Return the highest number of so many bytes."""
    return int((1 << 8 * size) - 1)


def read_arrays(file: Path, key: str, maker: str = "") -> StoredArrays:
    """Map the arrays of a file into memory.

    Raises:
        OtherVersion: The file is of another version, or was made by something else.
        Unusable: The file does not hold the arrays of this key, or not all of them.
        PermissionError: Who runs this may not read it, which says nothing of what it holds.
    """
    try:
        with naming(file), file.open("rb") as source:
            data = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, length, crc = PREFIX.unpack_from(data)
        encoded = data[PREFIX.size : PREFIX.size + length]
        _check_header(file, magic, version, crc, encoded)
        header = msgspec.msgpack.decode(encoded, type=Header)
    except PermissionError:
        raise
    except (OSError, ValueError, struct.error, msgspec.MsgspecError) as error:
        raise Unusable(f"{file}: {error}") from error
    base = _aligned(PREFIX.size + length)
    if header.maker != maker:
        raise OtherVersion(f"{file}: made by {header.maker}, where {maker} is expected")
    if header.key != key or len(data) != base + header.size:
        raise Unusable(f"{file}: of another segment, or truncated")
    return StoredArrays(file, data, base, header.arrays)


def _check_header(file: Path, magic: bytes, version: int, crc: int, encoded: bytes) -> None:
    # In files up to version 8, the checksum does not include the version.
    expected = {zlib.crc32(encoded, version)} | ({zlib.crc32(encoded)} if version <= 8 else set())
    if magic != MAGIC or crc not in expected:
        raise Unusable(f"{file}: its header is damaged")
    if version != ARRAYS_VERSION:
        raise OtherVersion(f"{file}: of version {version}, where {ARRAYS_VERSION} is expected")


def is_of_another_version(file: Path) -> bool:
    """Return whether a file of arrays says that it is of another version."""
    with file.open("rb") as source:
        start = source.read(PREFIX.size)
    return len(start) == PREFIX.size and PREFIX.unpack(start)[:2] != (MAGIC, ARRAYS_VERSION) and start[:4] == MAGIC


def compact(values: Array) -> Array:
    """Return integers in the smallest type that holds the largest one."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))), copy=False)


def _aligned(offset: int) -> int:
    return offset + -offset % ALIGNMENT
