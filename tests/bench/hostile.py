"""How long random and hostile queries take, and that none raises.

python -m tests.bench.hostile INDEX
"""

import argparse
import gc
from pathlib import Path
from random import Random
from time import perf_counter

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import MAX_WORD_LENGTH
from backmatter.index.query.tree import MAX_CLAUSES
from backmatter.index.search.curation import load_editorial
from backmatter.index.search.search import search
from backmatter.index.search.suggest import suggest
from backmatter.index.settings import Settings

# What a request may take, in milliseconds.
ALLOWED = 250
SIGNS = [
    *'"-*:\\()[]{}|&^~?.,;/#@$%=<>',
    "OR",
    "AND",
    "NOT",
    "tag:",
    "title:",
    "in:code",
    "year:",
    "\0",
    "\u202e",
    "\ud800",
]


def hostile(random: Random, words: list[str]) -> str:
    """Draw a query: signs, words that are there, half there and misspelt, endless ones, any characters."""

    def misspelt() -> str:
        word = list(random.choice(words))
        word[random.randrange(len(word))] = random.choice("aeioxyz")
        return "".join(word)

    def part() -> str:
        return random.choice(
            [
                lambda: random.choice(SIGNS),
                lambda: random.choice(words),
                misspelt,
                misspelt,
                lambda: random.choice(words)[:2] + "*",
                lambda: f'"{random.choice(words)} {random.choice(words)}"',
                lambda: "".join(chr(random.randrange(32, 0x3100)) for _ in range(random.randrange(1, 30))),
                lambda: random.choice("aé生") * random.randrange(1, 2 * MAX_WORD_LENGTH),
            ]
        )()

    return random.choice([" ", " ", ""]).join(part() for _ in range(random.randrange(1, MAX_CLAUSES + 8)))


def words_of(snapshot: Snapshot) -> list[str]:
    return [word for letter in "abcdefghijklmnopqrstuvwxyz" for word in snapshot.vocabulary(letter)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask an index random and hostile queries.")
    parser.add_argument("index", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    snapshot, says = WhooshEngine(options.index).snapshot(), load_editorial(Settings())
    random = Random(options.seed)  # noqa: S311 (drawn to be repeated, not to be secret)
    words, took = words_of(snapshot), []
    # As a server's worker does before it answers: what is here now is not searched for garbage while somebody waits.
    gc.collect()
    gc.freeze()
    for _ in range(options.count):
        query = hostile(random, words)
        for answer in (
            lambda query: search(snapshot, analyse(query), editorial=says),
            lambda query: suggest(snapshot, analyse(query)),
        ):
            started = perf_counter()
            answer(query)
            took.append(((perf_counter() - started) * 1000, query))
    took.sort()
    slow = sum(milliseconds > ALLOWED for milliseconds, _ in took)
    middle, late, (most, slowest) = took[len(took) // 2][0], took[len(took) * 99 // 100][0], took[-1]
    print(f"{len(took)} requests, median {middle:.1f} ms, 99 % in {late:.0f} ms, most {most:.0f} ms")  # noqa: T201
    print(f"{slow} above {ALLOWED} ms; the slowest: {slowest[:200]!r}")  # noqa: T201


if __name__ == "__main__":
    main()
