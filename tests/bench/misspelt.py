"""Judged queries, misspelt: one edit in every word of five letters or more, the same ones for the same seed.

    python -m tests.bench.misspelt queries.jsonl misspelt.jsonl
    backmatter evaluate --queries misspelt.jsonl --qrels qrels.tsv

An edit takes a letter away, puts another in its place, adds one or swaps two; the first letter stays, as it does when
people type (Yannakoudakis and Fawthrop, "The rules of spelling errors", 1983). Any run of letters is a word, so that
parts of identifiers are misspelt as well.
"""

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from string import ascii_lowercase

WORD = re.compile(r"[^\W\d_]{5,}")


def removed(word: str, at: int, _: Random) -> str:
    return word[:at] + word[at + 1 :]


def replaced(word: str, at: int, random: Random) -> str:
    return word[:at] + random.choice(ascii_lowercase.replace(word[at].lower(), "")) + word[at + 1 :]


def added(word: str, at: int, random: Random) -> str:
    return word[:at] + random.choice(ascii_lowercase) + word[at:]


def swapped(word: str, at: int, _: Random) -> str:
    """Swap a letter with a different one beside it, where there is one."""
    places = [i for i in [*range(at, len(word) - 1), *range(1, at)] if word[i] != word[i + 1]]
    return word[: places[0]] + word[places[0] + 1] + word[places[0]] + word[places[0] + 2 :] if places else word[:-1]


EDITS: tuple[Callable[[str, int, Random], str], ...] = (removed, replaced, added, swapped)


def misspell(text: str, random: Random) -> str:
    """Make one edit in each word of five letters or more."""
    return WORD.sub(lambda found: random.choice(EDITS)(found[0], random.randrange(1, len(found[0])), random), text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Misspell the queries of a file.")
    parser.add_argument("queries", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = Random(options.seed)  # noqa: S311 (drawn to be repeated, not to be secret)
    queries = [json.loads(line) for line in options.queries.read_text("utf-8").splitlines() if line.strip()]
    lines = [json.dumps({**query, "text": misspell(query["text"], random)}, ensure_ascii=False) for query in queries]
    options.out.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
