"""One post changed among all: how long until a search finds it."""

import random
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from backmatter.index.engines.base import Engine
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


def measure(bench: Bench) -> Figures:
    """Change some posts one after the other, in process and by `backmatter index`."""
    words = changes(bench)
    engine = bench.engine
    engine.snapshot().holdings()
    here = [inside(engine, bench.settings, next(words)) for _ in range(CHANGES)]
    whole = [_process(bench, next(words)) for _ in range(PROCESSES)]
    nothing = [backmatter("index", bench.settings).seconds for _ in range(PROCESSES)]
    taken = {
        "sync and search in process": here,
        "`backmatter index`, whole process": whole,
        "`backmatter index`, nothing changed": nothing,
    }
    rows = [
        [name, str(len(part)), figure(median(part) * 1000), figure(max(part) * 1000)] for name, part in taken.items()
    ]
    return Figures(table(["one post changed", "times", "median, ms", "slowest, ms"], rows), taken)


def changes(bench: Bench) -> Iterator[str]:
    """Append a new word to one file after the other, and give it."""
    files = [file for file in corpus.articles_in(bench.content) if _path(bench, file) in _held(bench)]
    random.Random(bench.seed).shuffle(files)  # noqa: S311 (drawn to be repeated, not to be secret)
    for number, file in enumerate(files):
        # No language takes two of them for forms of one word: they differ before their last letter.
        word = "changed" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}") + "x"
        with file.open("a", encoding="utf-8") as out:
            out.write(f"\n\n{word}\n")
        yield word


def _path(bench: Bench, file: Path) -> str:
    return file.relative_to(bench.content).as_posix()


def _held(bench: Bench) -> frozenset[str]:
    return frozenset(path for path in bench.engine.snapshot().holdings() if path.endswith((".md", ".markdown")))


def inside(engine: Engine, settings: Settings, word: str) -> float:
    """Bring an index up to what changed, and find it."""
    started = perf_counter()
    sync(engine, settings)
    _find(engine, word)
    return perf_counter() - started


def _process(bench: Bench, word: str) -> float:
    taken = backmatter("index", bench.settings).seconds
    _find(bench.engine, word)
    return taken


def _find(engine: Engine, word: str) -> None:
    if search(engine.snapshot(), analyse(word)).total != 1:
        raise RuntimeError(f"{word} was written and is not found")
