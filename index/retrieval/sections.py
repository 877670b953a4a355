"""Which sections of articles have words of a query, and what each of them is worth.

A section is worth the words of the query that it has, each weighed by its rarity in the journal and among the sections
of the article, and how nearly its heading is the query. The constants were chosen on links that lead into a section and
on questions whose sentences were found by reading; docs/numbers.md names both.

The sections of all articles of a page are weighed at once: they are rows of arrays, of which each column is a clause.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from ..model import Article
from ..ranking import JOINING, K1
from ..segment.arrays import Array

# What a section is worth, beside the saturated frequencies of the query's words in it, which add up to less than 1: a
# heading that is the query, the words in its best window, those in its beginning; and headings of the fourth level and
# below, which name details. Half or twice of any one moves the share of right sections by 0.03 at most.
HEADING, WINDOW, BEGINNING, DETAIL = 4.0, 0.5, 0.25, -0.5
DETAIL_LEVEL = 4

# What a word in code counts beside one in prose, unless the query is code: a sentence explains, a listing shows.
CODE_PART = 0.7

# About two lines on a wide screen and four on a phone: a passage, and the beginning of a section.
PASSAGE_LENGTH = 240

WORD = re.compile(r"[^\W_]+")

_start, _level = attrgetter("start"), attrgetter("level")


class PageSpans(NamedTuple):
    """The spans of a query's clauses in the texts of some articles: parallel arrays, ordered by article and start.

    Attributes:
        weights: What each clause weighs.
        headings: For each article, what stands in the headings; see `Spans`.
        article: Which of the articles, from 0.
        start: Offset of the first character.
        end: Offset after the last one.
        clause: Which of the query's clauses, from 0.
        part: A number for each stretch of prose and each block of code of a section, another one in the next.
        code: Whether that is code.
    """

    weights: list[float]
    headings: list[list[tuple[int, int]]]
    article: Array
    start: Array
    end: Array
    clause: Array
    part: Array
    code: Array


class Parts(NamedTuple):
    """The stretches of prose and blocks of code with spans: parallel arrays.

    Attributes:
        first: The first of its spans.
        last: The one after its last.
        code: Whether it is code.
        section: The number of its section among those of all articles, ascending.
    """

    first: Array
    last: Array
    code: Array
    section: Array


class Weighed(NamedTuple):
    """Sections with clauses of a query: parallel arrays, ordered by section.

    Attributes:
        article: Whose section it is, ascending.
        number: The number of the section in the article.
        worth: What it is worth if one of its windows has all that it has.
        held: What the clauses in its text weigh.
        part: Its first part, and at the end the number of parts.
        weights: For each article, the weights of the clauses, which add up to 1.
    """

    article: Array
    number: Array
    worth: Array
    held: Array
    part: Array
    weights: Array


class Outlines:
    """The sections of some articles, one after the other.

    Attributes:
        at: The number of the first section of each article, and the end.
        text_at: Where the text of each article begins if one follows the other, with a character between two.
        start: Where each section begins in these texts.
        level: The level of its heading.
    """

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self.count = np.array([len(article.sections) for article in articles], np.intp)
        self.at = np.concatenate([[0], self.count.cumsum()])
        lengths = accumulate((article.sections[-1].end + 1 for article in articles), initial=0)
        self.text_at = np.fromiter(lengths, np.int64, len(articles) + 1)[:-1]
        starts, levels = (
            [name(each) for article in articles for each in article.sections] for name in (_start, _level)
        )
        self.start = np.array(starts, np.int64) + self.text_at.repeat(self.count)
        self.level = np.array(levels, np.int64)

    def titled(self, headings: Sequence[Sequence[tuple[int, int]]]) -> tuple[list[int], list[int]]:
        """Return the sections in whose headings there are clauses, and the clauses."""
        sections, clauses = [], []
        for article, first, found in zip(self._articles, self.at.tolist(), headings, strict=False):
            if found:
                titled = [number for number, section in enumerate(article.sections, first) if section.title]
                sections += [titled[number] for number, _ in found]
                clauses += [clause for _, clause in found]
        return sections, clauses

    def words(self, article: int, number: int) -> int:
        """Return how many different words the heading of a section has, without those that join others."""
        return _words(self._articles[article].sections[number].title)


def parts_of(spans: PageSpans, outlines: Outlines) -> Parts:
    """Return the parts that spans are in."""
    begins = np.ones(len(spans.part), bool)
    np.not_equal(spans.part[1:], spans.part[:-1], out=begins[1:])
    (first,) = begins.nonzero()
    places = spans.start.take(first) + outlines.text_at.take(spans.article.take(first))
    # Of several sections that begin at one place, the others are empty.
    section = outlines.start.searchsorted(places, side="right") - 1
    return Parts(first, np.append(first, len(spans.part))[1:], spans.code.take(first), section)


def weigh(spans: PageSpans, parts: Parts, outlines: Outlines, *, is_code: bool) -> Weighed:
    """Return what the sections with clauses of a query are worth; see `windows.best_windows`."""
    # Headings are words: that one has some of a piece of code says little.
    code_part, heading = (1.0, 0.0) if is_code else (CODE_PART, HEADING)
    titled, titles = outlines.titled(spans.headings)
    has_clauses = np.zeros(len(outlines.start), bool)
    has_clauses[parts.section] = has_clauses[titled] = True
    (sections,) = has_clauses.nonzero()
    article = outlines.at.searchsorted(sections, side="right") - 1
    shape = len(sections), len(spans.weights)
    part = sections.searchsorted(parts.section)
    row = part.repeat(parts.last - parts.first)
    cell = row * shape[1] + spans.clause
    counts = np.where(spans.code, code_part, 1.0)
    frequency = np.bincount(cell, counts, shape[0] * shape[1]).reshape(shape)
    headed = np.zeros(shape, bool)
    headed[sections.searchsorted(titled), titles] = True
    weights = _weights(spans, article, (frequency > 0) | headed, outlines.count)
    own = weights.take(article, axis=0)
    worth = (own * (frequency / (frequency + K1) + WINDOW * (frequency > 0))).sum(axis=1)
    ends = outlines.start.take(sections) - outlines.text_at.take(article) + PASSAGE_LENGTH
    begins = np.zeros(shape, bool)
    begins.ravel()[cell[spans.start < ends.take(row)]] = True
    worth += BEGINNING * (begins * own).sum(axis=1)
    number = sections - outlines.at.take(article)
    if titled and heading:
        rows = np.flatnonzero(headed.any(axis=1))
        words = list(map(outlines.words, article.take(rows).tolist(), number.take(rows).tolist()))
        worth[rows] += heading * _closeness(headed[rows], own[rows], np.array(words)) ** 2
    worth[outlines.level.take(sections) >= DETAIL_LEVEL] += DETAIL
    held = ((frequency > 0) * own).sum(axis=1)
    return Weighed(article, number, worth, held, part.searchsorted(np.arange(len(sections) + 1)), weights)


def _weights(spans: PageSpans, article: Array, has: Array, sections: Array) -> Array:
    """Return the weights of the clauses for each article: a clause that every section has tells none from others."""
    having = (np.arange(len(sections))[:, None] == article).astype(float) @ has
    weights = np.array(spans.weights) * np.log(1 + (sections[:, None] - having + 0.5) / (having + 0.5))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _closeness(headed: Array, weights: Array, words: Array) -> Array:
    """Return the closeness of headings to the query, as the harmonic mean of the parts that each has of the other."""
    clauses = headed.sum(axis=1)
    of_query, of_heading = (headed * weights).sum(axis=1), clauses / np.maximum(clauses, words)
    return np.asarray(2 * of_query * of_heading / (of_query + of_heading))


@lru_cache(maxsize=4096)
def _words(title: str) -> int:
    return len({*WORD.findall(title.casefold())} - JOINING)
