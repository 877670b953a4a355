"""A fresh process, `python -m tests.bench.first INDEX QUERY...`: its time to the first answer, and its memory."""

import os
import sys
from pathlib import Path
from time import perf_counter

import msgspec

from backmatter.index.engines import open_engine
from backmatter.index.engines.whoosh import engine as _imported  # noqa: F401 (what opening imports is not opening)
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from tests.bench.machine import own_memory, resident


def main(index: Path, queries: list[str]) -> None:
    """Print milliseconds and bytes as JSON."""
    started = perf_counter()
    engine = open_engine(Settings(index=index))
    search(engine.snapshot(), analyse(queries[0]))
    first = (perf_counter() - started) * 1000
    for query in queries:
        search(engine.snapshot(), analyse(query))
    figures = {"first_ms": first, "resident": resident(os.getpid()), "own": own_memory(os.getpid())}
    sys.stdout.buffer.write(msgspec.json.encode(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
