"""The sections of an article as numbers, as the choice of a passage needs them, and as links."""

import re
from array import array
from functools import lru_cache

import numpy as np

from ..kernels import address, outline_row
from ..lazy import lazy
from ..model import Article, Place
from ..ranking import JOINING
from .arrays import Array

WORD = re.compile(r"[^\W_]+")

# Numbers of sections whose rarities are kept; most articles have fewer than a hundred.
CACHED_RARITIES = 256


class Outline:
    """The sections of an article.

    Attributes:
        article: The article.
        rarity: What a word weighs that so many of the sections have, from 0 on.
        packed: The numbers of the sections and the rarities, for the compiled loops.
    """

    def __init__(self, article: Article) -> None:
        sections = article.sections
        titled = [number for number, section in enumerate(sections) if section.title]
        starts, levels = [section.start for section in sections], [section.level for section in sections]
        self.article = article
        self.rarity, rarity_at = _rarity(len(sections))
        # An array is made of a list in half the time that it takes of a tuple.
        self._numbers = array("q", [*starts, *levels, *titled])
        self._places: dict[int, Place] = {}
        self.packed = outline_row(self._numbers, rarity_at, len(sections), len(titled))

    @lazy
    def table(self) -> Array:
        """For each section where it begins in the text, and the level of its heading."""
        return np.array(self._numbers[: 2 * len(self.article.sections)], np.int64).reshape(2, -1)

    @lazy
    def titled(self) -> Array:
        """The numbers of the sections with a title."""
        return np.array(self._numbers[2 * len(self.article.sections) :], np.int64)

    def words(self, heading: int) -> int:
        """Return how many different words a heading has, without those that join others."""
        sections = self.article.sections
        return _words(sections[self._numbers[2 * len(sections) + heading]].title)

    def place(self, number: int) -> Place:
        """Return the section of a number as a link."""
        if number not in self._places:
            self._places[number] = self.article.place(self.article.sections[number])
        return self._places[number]


@lru_cache(maxsize=CACHED_RARITIES)
def _rarity(count: int) -> tuple[Array, int]:
    """Return what a word weighs among so many sections, and the address of these numbers."""
    having = np.arange(count + 1)
    rarity = np.log(1 + (count - having + 0.5) / (having + 0.5))
    return rarity, address(rarity)


@lru_cache(maxsize=4096)
def _words(title: str) -> int:
    return len({*WORD.findall(title.casefold())} - JOINING)
