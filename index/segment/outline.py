"""The sections of an article as arrays, as the choice of a passage needs them."""

import re
from functools import lru_cache
from operator import attrgetter

import numpy as np

from ..kernels import outline_row
from ..model import Article
from ..ranking import JOINING

WORD = re.compile(r"[^\W_]+")

_columns = attrgetter("start", "level", "title")


class Outline:
    """The sections of an article.

    Attributes:
        article: The article.
        table: The next three, as rows.
        start: Where each section begins in the text.
        level: The level of its heading.
        words: How many different words its heading has, without those that join others.
        titled: The numbers of the sections with a title.
        rarity: What a word weighs that so many of the sections have, from 0 on.
        packed: The arrays, for the compiled loops.
    """

    def __init__(self, article: Article) -> None:
        starts, levels, titles = zip(*map(_columns, article.sections), strict=True)
        count = len(starts)
        self.article = article
        self.table = np.array([starts, levels, list(map(_words, titles))], np.int64)
        self.start, self.level, self.words = self.table
        self.titled = np.array([number for number, title in enumerate(titles) if title], np.int64)
        having = np.arange(count + 1)
        self.rarity = np.log(1 + (count - having + 0.5) / (having + 0.5))
        self.packed = outline_row(self.table, self.titled, self.rarity)


@lru_cache(maxsize=4096)
def _words(title: str) -> int:
    return len({*WORD.findall(title.casefold())} - JOINING)
