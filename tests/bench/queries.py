"""Queries drawn from a corpus with a seed: the same corpus and seed give the same queries.

Words are ASCII letters, so that every engine's tokenizer cuts them alike, and no stop words except in phrases, since
Whoosh's analyzer drops those.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from whoosh.analysis import STOP_WORDS

from tests.bench.corpus import Article

WORD = re.compile(r"(?<![^\s(])[A-Za-z]{2,20}(?=[\s.,;:)?!]|$)")
# Words with one blank between them, and nothing else.
IN_A_ROW = {
    length: re.compile(rf"(?<![^\s(])[A-Za-z]{{2,20}}(?: [A-Za-z]{{2,20}}){{{length - 1}}}(?=[\s.,;:)?!]|$)")
    for length in (2, 3)
}
TAG = re.compile(r"[\w-]+")
# A common word is in at least one of twenty articles, a rarer one in at most one of two hundred.
COMMON = 1 / 20
RARE = 1 / 200
# An article that gives words in a row has this many of them at least.
ENOUGH = 12
# How often drawing is tried for each query that is wanted; a small corpus may not have that many.
TRIES = 50


@dataclass(frozen=True, slots=True)
class Query:
    """One query in every engine's terms: `text` is Backmatter's, the parts are what the peers compile theirs from."""

    kind: str
    text: str
    words: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    prefix: str = ""
    without: str = ""
    tag: str = ""


class Source:
    """A corpus as words, for drawing."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = articles
        self.texts = [[word.lower() for word in WORD.findall(article.text)] for article in articles]
        self.frequency = Counter(word for text in self.texts for word in set(text))
        usual = sorted(word for word in self.frequency if word not in STOP_WORDS and len(word) > 2)
        share = len(articles)
        self.common = [word for word in usual if self.frequency[word] >= share * COMMON]
        self.rare = [word for word in usual if 2 <= self.frequency[word] <= max(2, share * RARE)]
        self.usable = [number for number, text in enumerate(self.texts) if len(text) >= ENOUGH]
        self.tags = [article.tags for article in articles]
        self.tagged = [n for n in self.usable if any(TAG.fullmatch(tag) for tag in self.tags[n])]

    def begin(self, seed: int) -> None:
        """Begin to draw: the same seed gives the same."""
        self.random = random.Random(seed)  # noqa: S311 (drawn to be repeated, not to be secret)

    def word(self) -> str:
        """Give a word that stands somewhere."""
        return self.random.choice(self.texts[self.random.choice(self.usable)])

    def row(self, length: int) -> tuple[str, ...]:
        """Give words that stand right after each other somewhere; empty where the article drawn has none."""
        text = self.articles[self.random.choice(self.usable)].text
        rows = [found[0] for found in IN_A_ROW[length].finditer(text)]
        return tuple(self.random.choice(rows).lower().split(" ")) if rows else ()

    def together(self, length: int) -> tuple[str, ...]:
        """Give different words that stand close together in one article; empty where there are not enough."""
        text = self.texts[self.random.choice(self.usable)]
        start = self.random.randrange(len(text))
        near = dict.fromkeys(word for word in text[start : start + 4 * length] if self._usual(word))
        return tuple(near)[:length] if len(near) >= length else ()

    def _usual(self, word: str) -> bool:
        return word not in STOP_WORDS and len(word) > 2


def draw(articles: Sequence[Article], seed: int, count: int) -> dict[str, list[Query]]:
    """Draw this many different queries of every kind; fewer, or a kind less, where the corpus does not have them."""
    drawn: dict[str, list[Query]] = {}
    source = Source(articles)
    for kind, make in KINDS.items():
        source.begin(seed)
        queries = _different(kind, make, source, count)
        if queries:
            drawn[kind] = queries
    return drawn


def _different(kind: str, make: "Make", source: Source, count: int) -> list[Query]:
    queries: dict[str, Query] = {}
    for _ in range(count * TRIES):
        if len(queries) == count:
            break
        for query in make(kind, source):
            queries[query.text] = query
    return list(queries.values())


# Gives one query, or none where the draw was no good.
Make = Callable[[str, Source], Iterator[Query]]


def _common(kind: str, source: Source) -> Iterator[Query]:
    if source.common:
        word = source.random.choice(source.common)
        yield Query(kind, word, words=(word,))


def _rare(kind: str, source: Source) -> Iterator[Query]:
    if source.rare:
        word = source.random.choice(source.rare)
        yield Query(kind, word, words=(word,))


def _together(length: int) -> Make:
    def make(kind: str, source: Source) -> Iterator[Query]:
        if words := source.together(length):
            yield Query(kind, " ".join(words), words=words)

    return make


def _phrase(kind: str, source: Source) -> Iterator[Query]:
    row = source.row(source.random.choice((2, 3)))
    if any(word not in STOP_WORDS for word in row):
        yield Query(kind, f'"{" ".join(row)}"', phrase=row)


def _prefix(length: int) -> Make:
    def make(kind: str, source: Source) -> Iterator[Query]:
        word = source.word()
        if len(word) > length and word not in STOP_WORDS:
            yield Query(kind, word[:length] + "*", prefix=word[:length])

    return make


def _without(kind: str, source: Source) -> Iterator[Query]:
    if pair := source.together(2):
        yield Query(kind, f"{pair[0]} -{pair[1]}", words=pair[:1], without=pair[1])


def _tag(kind: str, source: Source) -> Iterator[Query]:
    if source.tagged:
        number = source.random.choice(source.tagged)
        tag = source.random.choice([tag for tag in source.tags[number] if TAG.fullmatch(tag)])
        word = source.random.choice(source.texts[number])
        if word not in STOP_WORDS:
            yield Query(kind, f"{word} tag:{tag}", words=(word,), tag=tag)


def _unknown(kind: str, source: Source) -> Iterator[Query]:
    word = "".join(source.random.choices("bdfgklmnprtvz", k=9))
    if word not in source.frequency:
        yield Query(kind, word, words=(word,))


KINDS: dict[str, Make] = {
    "common word": _common,
    "rarer word": _rare,
    "two words": _together(2),
    "three words": _together(3),
    "six words": _together(6),
    "phrase": _phrase,
    "prefix of 3": _prefix(3),
    "prefix of 4": _prefix(4),
    "word -word": _without,
    "word tag:": _tag,
    "unknown word": _unknown,
}
