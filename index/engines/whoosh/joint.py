"""Several journals searched as one index: all their segments are ranked in one list.

A word is as rare as it is in all of the journals together, and a text as long as it is beside the texts of all: scores
are those of one index with all posts, so that no journal is favoured for being small. What posts are to each other
stays within their journal, except that the same text in two of them is listed once.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple
from urllib.parse import urljoin

import numpy as np

from ...lazy import lazy
from ...model import Article
from ...retrieval.copies import Copies, join_copies
from ...retrieval.succession import Succession
from ...segment.segment import Segment
from ...segment.store import PostStore
from .snapshot import ArraySnapshot


class JournalPart(NamedTuple):
    """A generation of one of the journals, with the journal's name and address."""

    name: str
    home: str
    snapshot: ArraySnapshot

    def path(self, path: str) -> str:
        """Return the path of a post behind the name of its journal."""
        return f"{self.name}:{path}"

    def article(self, article: Article) -> Article:
        """Return an article with such a path, and with addresses that lead there from everywhere."""
        return replace(article, path=self.path(article.path), url=urljoin(self.home + "/", article.url))


class JointSnapshot(ArraySnapshot):
    """Generations of several journals as one, whose number is their sum: it grows with every commit to any of them."""

    def __init__(self, parts: Sequence[JournalPart]) -> None:
        self._parts = parts
        segments = [
            (JournalSegment(segment, part), np.ones(segment.docs, bool) if segment.alive is None else segment.alive)
            for part in parts
            for segment in part.snapshot.segments
        ]
        first = parts[0].snapshot
        super().__init__(sum(part.snapshot.generation for part in parts), segments, first.directory, first.model)

    @lazy
    def succession(self) -> Succession:
        """Which posts supersede others of their journal."""
        known = [(part, part.snapshot.succession) for part in self._parts]
        return Succession(
            {part.path(path): part.article(article) for part, own in known for path, article in own.latest.items()},
            {part.path(path): number for part, own in known for path, number in own.steps.items()},
        )

    def _find_translations(self, language: str) -> Copies:
        snapshots = [part.snapshot for part in self._parts]
        return join_copies([own.translations(own.nearest_language(language)) for own in snapshots])


class JournalSegment(Segment):
    """A segment of one of the journals."""

    def __init__(self, segment: Segment, part: JournalPart) -> None:
        vars(self).update(vars(segment))
        self.posts = PostStore(segment.posts.arrays, partial(_article_of, part, segment.posts.article))
        self._part = part

    def path(self, doc: int) -> bytes:
        """Return the path of a post behind the name of its journal."""
        return self._part.path(super().path(doc).decode()).encode()

    def paths(self) -> list[bytes]:
        """Return the path of every post behind the name of its journal."""
        return [self._part.path(path.decode()).encode() for path in super().paths()]


def _article_of(part: JournalPart, read: Callable[[int], Article], number: int) -> Article:
    return part.article(read(number))
