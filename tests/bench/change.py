"""One post changed among all: how long until a search finds it."""

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from backmatter.index.engines.base import Engine
from backmatter.index.posts import Listing
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.process import backmatter
from tests.bench.tables import figure, table

CHANGES = 10
PROCESSES = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """A way to bring an index up to date: each time in seconds, by the clock and of the processor."""

    clock: list[float]
    processor: list[float]


def measure(bench: Bench) -> Figures:
    """Change some posts one after the other, in process and by `backmatter index`."""
    taken = ways(bench)
    rows = [
        [name, str(len(way.clock)), *(figure(of(way.clock) * 1000) for of in (median, max)), processor(way)]
        for name, way in taken.items()
    ]
    head = ["one post changed", "times", "median, ms", "slowest, ms", "of the processor, ms"]
    return Figures(table(head, rows), taken)


def ways(bench: Bench) -> dict[str, Taken]:
    """Give the times of each way."""
    made = changes(bench)
    engine = bench.engine
    engine.snapshot().holdings()
    return {
        "sync and search in process": _taken(inside(engine, bench.settings, next(made)[1]) for _ in range(CHANGES)),
        "the same, told of the file by the watcher": _taken(_told(bench, made)),
        "`backmatter index`, whole process": _taken(_process(bench, next(made)[1]) for _ in range(PROCESSES)),
        "`backmatter index`, nothing changed": _taken(_whole(bench) for _ in range(PROCESSES)),
    }


def _told(bench: Bench, made: Iterator[tuple[Path, str]]) -> Iterator[tuple[float, float]]:
    """Change posts beside a process that lists only the folders in which something changed."""
    listing = Listing()
    sync(bench.engine, bench.settings, listing=listing)
    for file, word in islice(made, CHANGES):
        listing.forget({os.path.realpath(file)})
        yield inside(bench.engine, bench.settings, word, listing)


def _taken(pairs: Iterable[tuple[float, float]]) -> Taken:
    clock, processor = zip(*pairs, strict=True)
    return Taken(list(clock), list(processor))


def processor(way: Taken) -> str:
    """Write the median of the processor's milliseconds."""
    return figure(median(way.processor) * 1000)


def changes(bench: Bench) -> Iterator[tuple[Path, str]]:
    """Append a new word to one file after the other, and again from the first on, and give both."""
    held = _held(bench)
    files = [file for file in corpus.articles_in(bench.content) if _path(bench, file) in held]
    random.Random(bench.seed).shuffle(files)  # noqa: S311 (drawn to be repeated, not to be secret)
    for number, file in enumerate(cycle(files)):
        # No language takes two of them for forms of one word: they differ before their last letter.
        word = "changed" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}") + "x"
        with file.open("a", encoding="utf-8") as out:
            out.write(f"\n\n{word}\n")
        yield file, word


def _path(bench: Bench, file: Path) -> str:
    return file.relative_to(bench.content).as_posix()


def _held(bench: Bench) -> frozenset[str]:
    return frozenset(path for path in bench.engine.snapshot().holdings() if path.endswith((".md", ".markdown")))


def inside(engine: Engine, settings: Settings, word: str, listing: Listing | None = None) -> tuple[float, float]:
    """Bring an index up to what changed, and find it; gives the seconds by the clock and of the processor."""
    started, used = perf_counter(), process_time()
    sync(engine, settings, listing=listing)
    _find(engine, word)
    return perf_counter() - started, process_time() - used


def _process(bench: Bench, word: str) -> tuple[float, float]:
    taken = _whole(bench)
    _find(bench.engine, word)
    return taken


def _whole(bench: Bench) -> tuple[float, float]:
    built = backmatter("index", bench.settings)
    return built.seconds, built.processor


def _find(engine: Engine, word: str) -> None:
    if search(engine.snapshot(), analyse(word)).total != 1:
        raise RuntimeError(f"{word} was written and is not found")
