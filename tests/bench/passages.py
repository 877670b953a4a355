"""Does a passage answer? Questions with the sentences that answer them, chosen by reading the articles.

    backmatter index --content DIR --index INDEX
    python -m tests.bench.passages INDEX COLLECTION

`questions.tsv` has a collection ("content" is this repository's, "go" the site and blog of Go), an article, its
section, a question, and the beginnings of the sentences or lines of code that answer it.
"""

import argparse
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Hit
from backmatter.index.query.analysed import analyse
from backmatter.index.query.tree import Filter
from backmatter.index.search.search import search
from tests.bench.tables import table

QUESTIONS = Path(__file__).with_name("questions.tsv")
PAGE = 10
SIGNS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and where it is answered."""

    text: str
    path: str
    section: str
    sentences: tuple[str, ...]


def questions(collection: str) -> list[Question]:
    """Read the questions of a collection."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Question(text, path, section, tuple(sentences))
        for name, path, section, text, *sentences in rows
        if name == collection
    ]


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a question: the rank of the article, and whether its passage has the right section and sentence."""

    rank: int | None
    section: bool
    sentence: bool


def shown(question: Question, snapshot: Snapshot) -> Shown:
    """Search for a question in all articles, and for its passage in the right one."""
    hits = search(snapshot, analyse(question.text), per_page=PAGE).hits
    rank = next((rank for rank, hit in enumerate(hits, 1) if hit.path == question.path), None)
    own = hits[rank - 1] if rank else _alone(question, snapshot)
    section = bool(own) and words(own.passage.section) == words(question.section)
    sentence = bool(own) and any(words(each) in words(own.passage.text) for each in question.sentences)
    return Shown(rank, section, sentence)


def _alone(question: Question, snapshot: Snapshot) -> Hit | None:
    hits = search(snapshot, analyse(question.text, filters=(Filter("path", question.path),)), per_page=1).hits
    return hits[0] if hits else None


def words(text: str) -> str:
    """Give a text without signs, which Markdown has and a passage has not."""
    return SIGNS.sub(" ", text).strip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Look which passages are shown for questions.")
    parser.add_argument("index", type=Path)
    parser.add_argument("collection", choices=["content", "go"])
    parser.add_argument("--missed", action="store_true", help="print the questions whose sentence is not shown")
    options = parser.parse_args()
    snapshot = WhooshEngine(options.index).snapshot()
    outcomes = [(question, shown(question, snapshot)) for question in questions(options.collection)]
    if options.missed:
        for question, each in outcomes:
            if not each.sentence or not each.section:
                print(f"{question.text!r}: {question.path}#{question.section}, {each}")  # noqa: T201
    print(_figures([each for _, each in outcomes]))  # noqa: T201


def _figures(outcomes: Sequence[Shown]) -> str:
    shares = {
        "the first hit is the article": fmean(each.rank == 1 for each in outcomes),
        "its passage is of the right section": fmean(each.section for each in outcomes),
        "... and has the sentence": fmean(each.section and each.sentence for each in outcomes),
    }
    return table([f"{len(outcomes)} questions", "share"], [[name, f"{share:.1%}"] for name, share in shares.items()])


if __name__ == "__main__":
    main()
