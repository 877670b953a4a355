"""Named NumPy arrays in one file, memory-mapped.

    magic, version, header's length and CRC-32       16 bytes, little-endian
    header                                           msgpack: key, size of the file, (name, dtype, offset, count) ...
    arrays                                           each at a multiple of 64 bytes

The file is written aside and renamed, so that it is whole or absent. It is derived data: whatever is wrong with it, the
answer is to make it again.
"""

import mmap
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from index.whole import written

MAGIC = b"BMAR"
# To be raised with every change of what the arrays mean.
VERSION = 8
ALIGNMENT = 64
PREFIX = struct.Struct("<4sIII")

Array = np.ndarray[Any, np.dtype[Any]]


class Header(msgspec.Struct, array_like=True):
    """What the file says of itself."""

    key: str
    size: int
    arrays: list[tuple[str, str, int, int]]


class Unusable(Exception):
    """The file is missing, truncated, damaged, of another version or made for something else."""


class OtherVersion(Unusable):
    """The file is of another version of this format."""


def write(file: Path, key: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays under the key of what they were derived from."""
    offset, entries = 0, []
    for name, array in arrays.items():
        entries.append((name, array.dtype.str, offset, array.size))
        offset = _aligned(offset + array.nbytes)
    # Sizes are counted from the first array, so that the header's own length does not matter to it.
    header = msgspec.msgpack.encode(Header(key, offset, entries))
    with written(file) as part, part.open("wb") as out:
        out.write(PREFIX.pack(MAGIC, VERSION, len(header), zlib.crc32(header)))
        out.write(header)
        for array in arrays.values():
            out.write(bytes(-out.tell() % ALIGNMENT))
            out.write(np.ascontiguousarray(array).data)
        out.write(bytes(-out.tell() % ALIGNMENT))


def read(file: Path, key: str) -> dict[str, Array]:
    """Map the arrays of a file.

    Raises:
        OtherVersion: The file is of another version.
        Unusable: The file cannot be trusted to hold the arrays of this key.
    """
    try:
        with file.open("rb") as source:
            data = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, length, checksum = PREFIX.unpack_from(data)
        encoded = data[PREFIX.size : PREFIX.size + length]
        if magic != MAGIC or checksum != zlib.crc32(encoded):
            raise Unusable(f"{file}: damaged")
        if version != VERSION:
            raise OtherVersion(f"{file}: of version {version}, where {VERSION} is expected")
        header = msgspec.msgpack.decode(encoded, type=Header)
    except (OSError, ValueError, struct.error, msgspec.MsgspecError) as error:
        raise Unusable(f"{file}: {error}") from error
    base = _aligned(PREFIX.size + length)
    if header.key != key or len(data) != base + header.size:
        raise Unusable(f"{file}: made for something else, or truncated")
    return {name: np.frombuffer(data, dtype, count, base + offset) for name, dtype, offset, count in header.arrays}


def compact(values: Array) -> Array:
    """Keep whole numbers in as few bytes as the largest one needs."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _aligned(offset: int) -> int:
    return offset + -offset % ALIGNMENT
