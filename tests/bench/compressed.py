"""How small pages, answers and files get at each level, and the processor's time that it takes.

python -m tests.bench.compressed [CONTENT]

The saving of a level is what it saves over the level before on a line of 10 Mbit/s, less what it takes here.
"""

import gzip
import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import brotli
import zstandard

from backmatter.app import create_app
from backmatter.index.engines import open_engine
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.bench.tables import figure, table

# Bytes that a line of 10 Mbit/s carries in a millisecond.
BYTES_A_MILLISECOND = 1_250
REPEATS = 9
CODERS: dict[str, Callable[[bytes], bytes]] = {
    **{f"brotli {n}": lambda body, n=n: brotli.compress(body, quality=n) for n in (1, 4, 5, 6, 9, 11)},
    **{f"gzip {n}": lambda body, n=n: gzip.compress(body, n, mtime=0) for n in (1, 4, 5, 6, 9)},
    **{f"zstd {n}": lambda body, n=n: zstandard.ZstdCompressor(level=n).compress(body) for n in (1, 3, 6)},
}


def bodies(content: Path, folder: Path) -> dict[str, bytes]:
    """Give what readers load: pages, answers to programs, style sheet and script."""
    settings = Settings(content=(content,), index=folder / "index")
    engine = open_engine(settings)
    sync(engine, settings)
    client = create_app(settings, engine).test_client()
    home = client.get("/").text
    style, script = (re.search(rf'"(/assets/{name}[^"]+)"', home)[1] for name in ("style", "script"))
    found = client.get("/api/v1/search?q=cache").json["hits"][0]["url"]
    addresses = ("/search?q=cache", found, "/api/v1/search?q=cache", "/api/v1/suggest?q=ca", style, script)
    return {address: client.get(address).data for address in addresses}


def milliseconds(coder: Callable[[bytes], bytes], body: bytes) -> float:
    """Give the least time of a few, as others use the processor, too."""
    taken = []
    for _ in range(REPEATS):
        started = process_time()
        coder(body)
        taken.append(process_time() - started)
    return min(taken) * 1_000


def rows(body: bytes) -> list[list[str]]:
    made, before = [], (len(body), 0.0, "")
    for name, coder in CODERS.items():
        size, taken = len(coder(body)), milliseconds(coder, body)
        if name.split()[0] != before[2]:
            before = (len(body), 0.0, name.split()[0])
        saved = (before[0] - size) / BYTES_A_MILLISECOND - (taken - before[1])
        made.append([name, f"{size:,}", figure(taken), f"{saved:+.2f}"])
        before = (size, taken, name.split()[0])
    return made


def main() -> None:
    content = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("content")
    with TemporaryDirectory() as folder:
        for address, body in bodies(content, Path(folder)).items():
            print(f"\n{address}: {len(body):,} bytes\n")  # noqa: T201
            print(table(["coding, level", "bytes", "ms to make", "saving, ms"], rows(body)))  # noqa: T201


if __name__ == "__main__":
    main()
