"""Which sections of articles have words of a query, and what each of them is worth.

A section is worth the words of the query that it has, each weighed by its rarity in the journal and among the sections
of the article, and how nearly its heading is the query. The constants were chosen on links that lead into a section and
on questions whose sentences were found by reading; docs/numbers.md names both.

The sections of all articles of a page are weighed at once: they are rows of arrays, of which each column is a clause.
What is added is added in the order of the clauses, as the compiled loops do it.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from ..ranking import K1
from ..segment.arrays import Array
from ..segment.outline import Outline

# What a section is worth, beside the saturated frequencies of the query's words in it, which add up to less than 1: a
# heading that is the query, the words in its best window, those in its beginning; and headings of the fourth level and
# below, which name details. Half or twice of any one moves the share of right sections by 0.03 at most.
HEADING, WINDOW, BEGINNING, DETAIL = 4.0, 0.5, 0.25, -0.5
DETAIL_LEVEL = 4

# What a word in code counts beside one in prose, unless the query is code: a sentence explains, a listing shows.
CODE_PART = 0.7

# About two lines on a wide screen and four on a phone: a passage, and the beginning of a section.
PASSAGE_LENGTH = 240

# What windows cover is counted in whole parts of all that is asked for, which add up to the same in any order.
WHOLE = 1 << 30


# Columns of `PageSpans.rows`.
ARTICLE, START, CLAUSE, PART = 0, 1, 3, 4


class PageSpans(NamedTuple):
    """The spans of a query's clauses in some articles.

    Attributes:
        weights: What each clause weighs.
        rows: A row for each span in a text, ordered by article and start: which of the articles, from 0; the offset of
            the first character, and that after the last one; which of the clauses, from 0; a number for each stretch of
            prose and each block of code of a section, another one in the next; whether that is code; and which of the
            leaves that are looked for.
        headed: A row for each clause in a heading, ordered by article: which of them; the number of the section, from 0
            among those with a title; and the clause.
    """

    weights: list[float]
    rows: Array
    headed: Array


class Weighed(NamedTuple):
    """Sections with clauses of a query: parallel arrays, ordered by section.

    Attributes:
        article: Whose section it is, ascending.
        number: The number of the section in the article.
        worth: What it is worth if one of its windows has all that it has.
        held: What the clauses in its text weigh, in parts of WHOLE.
        at: The first of its spans; and at the end the number of spans.
        weights: For each article, the weights of the clauses, in parts of WHOLE.
    """

    article: Array
    number: Array
    worth: Array
    held: Array
    at: Array
    weights: Array


class Outlines:
    """The sections of some articles, one after the other.

    Attributes:
        count: How many sections each article has.
        at: The number of the first section of each, and the end.
        text_at: Where the text of each article begins if one follows the other, with a character between two.
        start: Where each section begins in these texts.
        level: The level of its heading.
    """

    def __init__(self, outlines: Sequence[Outline]) -> None:
        self._outlines = outlines
        self.count = np.array([each.table.shape[1] for each in outlines], np.intp)
        self.at = np.concatenate([[0], self.count.cumsum()])
        lengths = accumulate((each.article.sections[-1].end + 1 for each in outlines), initial=0)
        self.text_at = np.fromiter(lengths, np.int64, len(outlines) + 1)[:-1]
        self.start, self.level = np.concatenate([each.table for each in outlines], axis=1)
        self.start += self.text_at.repeat(self.count)

    def titled(self, headed: Array) -> tuple[Array, Array]:
        """Return the sections in whose headings there are clauses, and the clauses."""
        article, number, clause = headed.T
        counts = np.array([len(each.titled) for each in self._outlines])
        titled = np.concatenate([each.titled for each in self._outlines])
        return titled.take((counts.cumsum() - counts).take(article) + number) + self.at.take(article), clause

    def rarity(self, article: Array, having: Array) -> Array:
        """Return what a clause weighs that so many of the sections of an article have."""
        rarity = np.concatenate([each.rarity for each in self._outlines])
        return rarity.take((self.at[:-1] + np.arange(len(self.count))).take(article) + having)


def weigh(spans: PageSpans, outlines: Outlines, words: Sequence[int], *, code_part: float, heading: float) -> Weighed:
    """Return what the sections with clauses of a query are worth; see `windows.best_windows`.

    Args:
        spans: The spans of the clauses.
        outlines: The sections.
        words: How many different words each of the headings has.
        code_part: What a clause in code counts.
        heading: What a heading that is the query counts.
    """
    of_article, start, _, clause, _, code, _ = spans.rows.T
    # Of several sections that begin at one place, the others are empty.
    start = start + outlines.text_at.take(of_article)
    of_section = outlines.start.searchsorted(start, side="right") - 1
    titled, titles = outlines.titled(spans.headed)
    has_clauses = np.zeros(len(outlines.start), bool)
    has_clauses[of_section] = has_clauses[titled] = True
    (sections,) = has_clauses.nonzero()
    article = outlines.at.searchsorted(sections, side="right") - 1
    shape = len(sections), len(spans.weights)
    row = sections.searchsorted(of_section)
    cell = row * shape[1] + clause
    frequency = np.bincount(cell, np.where(code, code_part, 1.0), shape[0] * shape[1]).reshape(shape)
    in_text = frequency > 0
    headed = np.zeros(shape, bool)
    titled_row = sections.searchsorted(titled)
    headed[titled_row, titles] = True
    weights = _weights(spans.weights, article, in_text | headed, outlines)
    own = weights.take(article, axis=0)
    begins = np.zeros(shape, bool)
    begins.ravel()[cell[start < outlines.start.take(of_section) + PASSAGE_LENGTH]] = True
    worth = _sums(own * (frequency / (frequency + K1) + WINDOW * in_text)) + BEGINNING * _sums(begins * own)
    if heading and len(titled):
        worth += heading * _heading_closeness(headed, own, titled_row, words) ** 2
    worth[outlines.level.take(sections) >= DETAIL_LEVEL] += DETAIL
    whole = (weights * WHOLE + 0.5).astype(np.int64)
    held = (in_text * whole.take(article, axis=0)).sum(axis=1)
    at = row.searchsorted(np.arange(len(sections) + 1))
    return Weighed(article, sections - outlines.at.take(article), worth, held, at, whole)


def _heading_closeness(headed: Array, weights: Array, titled_row: Array, words: Sequence[int]) -> Array:
    """Return how close the heading of each section is to the query; 0 where it has no clause."""
    closeness, words_of = np.zeros(len(headed)), np.zeros(len(headed), np.int64)
    words_of[titled_row] = words
    rows = np.flatnonzero(headed.any(axis=1))
    closeness[rows] = _closeness(headed[rows], weights[rows], words_of[rows])
    return closeness


def _weights(weights: Sequence[float], article: Array, has: Array, outlines: Outlines) -> Array:
    """Return the weights of the clauses for each article, which add up to 1.

    A clause that every section has tells none from others.
    """
    articles = np.arange(len(outlines.count))[:, None]
    having = ((articles == article).astype(float) @ has).astype(np.int64)
    own = np.array(weights) * outlines.rarity(articles, having)
    return np.asarray(own / _sums(own)[:, None])


def _closeness(headed: Array, weights: Array, words: Array) -> Array:
    """Return the closeness of headings to the query, as the harmonic mean of the parts that each has of the other."""
    clauses = headed.sum(axis=1)
    of_query, of_heading = _sums(headed * weights), clauses / np.maximum(clauses, words)
    return np.asarray(2 * of_query * of_heading / (of_query + of_heading))


def _sums(rows: Array) -> Array:
    """Return the sum of each row, added from the first number to the last; `sum` adds in another order."""
    return np.add.accumulate(rows, axis=1)[:, -1]
