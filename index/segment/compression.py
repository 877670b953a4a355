"""Compress short blocks of bytes by zstd, with a dictionary of what many of them have in common.

A block of two thousand characters has hardly anything before it that it could repeat; a dictionary has it, and makes
blocks a third smaller. What else was measured is in docs/numbers.md.
"""

from collections.abc import Sequence
from threading import Lock

import zstandard

from ..lazy import lazy

# Half of it makes the blocks a twentieth larger; more takes up a processor's cache.
MAX_DICTIONARY = 65_536
# Bytes of text from which on a dictionary saves more than it takes, and the part of them that it takes.
MIN_TEXT = 65_536
DICTIONARY_PART = 16
# Pieces that a dictionary is trained with; twice as many make it hardly better.
MAX_SAMPLES = 1_000
# Bytes of one: zstd refuses fewer than seven, and ends the process where nearly all the text is in the last one.
MAX_SAMPLE = 4_096
# Level 3 takes a fifth of the time, which saves some two hundredths of a build's, and makes the blocks a fifteenth
# larger; with level 9 and above they are hardly smaller.
LEVEL = 6


def dictionary_size(text: int) -> int:
    """Return the size of a dictionary for this many bytes of text; 0 where they are too few for one."""
    return min(MAX_DICTIONARY, text // DICTIONARY_PART) if text >= MIN_TEXT else 0


def train(size: int, blocks: Sequence[bytes]) -> bytes:
    """Return a dictionary of a size, trained with some of these blocks; long ones are cut."""
    some = blocks[:: -(-len(blocks) // MAX_SAMPLES)]
    samples = (block[start : start + MAX_SAMPLE] for block in some for start in range(0, len(block), MAX_SAMPLE))
    return zstandard.train_dictionary(size, [*samples]).as_bytes()


class Compression:
    """Compresses and decompresses blocks with one dictionary; threads may share it.

    Args:
        dictionary: What `train` returned.
    """

    def __init__(self, dictionary: bytes) -> None:
        self._dictionary = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._decompressor = zstandard.ZstdDecompressor(dict_data=self._dictionary)
        # No two threads may use it at once, and one for each thread would take more memory than a lock takes time.
        self._lock = Lock()

    @lazy
    def _compressor(self) -> zstandard.ZstdCompressor:
        return zstandard.ZstdCompressor(LEVEL, dict_data=self._dictionary, write_dict_id=False)

    def compress(self, block: bytes) -> bytes:
        """Return a block in its stored form."""
        with self._lock:
            return self._compressor.compress(block)

    def decompress(self, stored: bytes | memoryview) -> bytes:
        """Return a block as it was."""
        with self._lock:
            return self._decompressor.decompress(stored)
