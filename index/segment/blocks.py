"""Blocks of bytes by number: compressed with a dictionary, and each with a checksum, so that one is read alone.

NAME, NAME_at      the blocks, compressed, and their offsets
NAME_sum           the checksum of each
NAME_dictionary    what they are compressed with; see `compression`
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from . import ragged
from .arrays import Array, StoredArrays, Unusable, checksum
from .compression import Compression, dictionary_size, train
from .ragged import Lists

# Bytes in a byte of blocks that are compressed without a dictionary, about.
EXPANSION = 2
# Blocks whose dictionary would be more than this many times as large as the one that they have get another.
OUTGROWN = 2


class Blocks(NamedTuple):
    """Blocks in their stored form."""

    stored: Lists
    sums: Array
    dictionary: bytes

    @classmethod
    def of(cls, arrays: Mapping[str, Array], name: str, kept: Array) -> "Blocks":
        """Return the blocks of a name that a mask selects."""
        stored = ragged.select(Lists(arrays[f"{name}_at"], arrays[name]), kept)
        return cls(stored, arrays[f"{name}_sum"][kept], arrays[f"{name}_dictionary"].tobytes())

    def arrays(self, name: str) -> dict[str, Array]:
        """Return the arrays of a file."""
        return {
            name: self.stored.values,
            f"{name}_at": self.stored.at,
            f"{name}_sum": self.sums,
            f"{name}_dictionary": np.frombuffer(self.dictionary, np.uint8),
        }

    def condensed(self) -> "Blocks":
        """Return the blocks compressed with a dictionary that is large enough for them."""
        size = dictionary_size(len(self.stored.values) * EXPANSION)
        if size <= OUTGROWN * len(self.dictionary):
            return self
        return self.compressed_with(train(size, self._decompressed()))

    def compressed_with(self, dictionary: bytes) -> "Blocks":
        """Return the blocks compressed with a dictionary."""
        if dictionary == self.dictionary:
            return self
        return stored_blocks(list(map(Compression(dictionary).compress, self._decompressed())), dictionary)

    def _decompressed(self) -> list[bytes]:
        return list(map(Compression(self.dictionary).decompress, ragged.to_bytes(self.stored)))


def trained_blocks(blocks: Sequence[bytes]) -> Blocks:
    """Return blocks compressed, with a dictionary where there is enough text for one."""
    size = dictionary_size(sum(map(len, blocks)))
    dictionary = train(size, blocks) if size else b""
    return stored_blocks(list(map(Compression(dictionary).compress, blocks)), dictionary)


def stored_blocks(stored: Sequence[bytes], dictionary: bytes) -> Blocks:
    """Return blocks that are compressed with a dictionary."""
    return Blocks(ragged.of_bytes(stored), np.fromiter(map(checksum, stored), np.uint64, len(stored)), dictionary)


def merged(parts: Sequence[Blocks]) -> Blocks:
    """Append blocks to each other; those of the largest part stay as they are, and so do those of its dictionary."""
    dictionary = max(parts, key=lambda part: len(part.stored.values)).dictionary
    stored, sums, _ = zip(*(part.compressed_with(dictionary) for part in parts), strict=True)
    return Blocks(ragged.append(stored), np.concatenate(sums), dictionary)


class BlockReader:
    """Reads single blocks; the checksum of each is compared when it is read."""

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        stored = arrays if isinstance(arrays, StoredArrays) else None
        self._data = (stored.unchecked(name) if stored is not None else arrays[name]).data
        self._at, self._sums = arrays[f"{name}_at"].data, arrays[f"{name}_sum"].data
        self._decompress = Compression(arrays[f"{name}_dictionary"].tobytes()).decompress
        self._source = f"{stored.file}: {name}" if stored is not None else name

    def __getitem__(self, number: int) -> bytes:
        block = self._data[self._at[number] : self._at[number + 1]]
        if checksum(block) != self._sums[number]:
            raise Unusable(f"{self._source}: number {number} is damaged")
        return self._decompress(block)
