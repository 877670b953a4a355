"""What stored texts take, and what it costs to write and to read them, by how they are compressed.

python -m tests.bench.stored INDEX
"""

import argparse
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import thread_time

from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor, train_dictionary

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.segment.compression import MAX_SAMPLES
from backmatter.index.segment.store import PIECE
from tests.bench.tables import table

# Pieces that are measured; most of them no dictionary was trained with.
MEASURED = 6_000
# Kilobytes of the dictionary, 0 for none, and the level of zstd.
SETTINGS = [(0, 3), (16, 3), (64, 3), (110, 3), (64, 9), (64, 19)]

Codec = tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]


def pieces(index: Path) -> list[bytes]:
    """Read pieces of the texts of an index, evenly from all of them."""
    texts = [post.text for post in WhooshEngine(index).snapshot().posts()]
    cut = [text[at : at + PIECE].encode() for text in texts for at in range(0, len(text), PIECE)]
    return cut[:: -(-len(cut) // MEASURED)]


def zstd(samples: Sequence[bytes], kilobytes: int, level: int) -> Codec:
    """Return how zstd compresses and decompresses a piece."""
    dictionary = ZstdCompressionDict(b"")
    if kilobytes:
        dictionary = train_dictionary(kilobytes << 10, [*samples[:: -(-len(samples) // MAX_SAMPLES)]])
    compressor = ZstdCompressor(level, dict_data=dictionary, write_dict_id=False)
    return compressor.compress, ZstdDecompressor(dict_data=dictionary).decompress


def timed(run: Callable[[bytes], bytes], each: Sequence[bytes]) -> tuple[list[bytes], float]:
    """Run for each; give what came out, and the microseconds that one took."""
    started = thread_time()
    done = list(map(run, each))
    return done, (thread_time() - started) * 1e6 / len(each)


def row(name: str, codec: Codec, raw: Sequence[bytes]) -> list[str]:
    """Measure one way."""
    stored, write = timed(codec[0], raw)
    again, read = timed(codec[1], stored)
    assert again == raw, name
    share = sum(map(len, stored)) / sum(map(len, raw))
    return [name, f"{share:.3f}", f"{write:.1f}", f"{read:.1f}"]


def main() -> None:
    """Measure all ways."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("index", type=Path)
    raw = pieces(arguments.parse_args().index)
    deflate = partial(zlib.compress, wbits=-zlib.MAX_WBITS), partial(zlib.decompress, wbits=-zlib.MAX_WBITS)
    rows = [row("zlib", deflate, raw)]
    for kilobytes, level in SETTINGS:
        rows.append(row(f"zstd {level}, dictionary of {kilobytes} kB", zstd(raw, kilobytes, level), raw))
    print(table(["compressed by", "of the size", "µs to write", "µs to read"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
