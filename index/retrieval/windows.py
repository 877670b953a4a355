"""Which part of an article answers a query: a section of it, and in there a window of prose or of code."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from ..model import Article, Code, Section, Spans
from .sections import CODE_PART, PASSAGE_LENGTH, WINDOW, Outlines, PageSpans, Parts, Weighed, parts_of, weigh

# The spans of a window leave room for the beginning of their sentence, and for what follows.
WINDOW_LENGTH = PASSAGE_LENGTH // 2

# A clause that weighs less hardly says what is asked for.
LIGHT = 0.05

_start_of = attrgetter("start")


class Run(NamedTuple):
    """Spans in a part of a section that is all prose, or one block of code; a passage lies within one.

    Attributes:
        start: Where the part begins.
        end: Where it ends.
        code: The block of code that it is.
        first: The first of the spans.
        last: The one after the last; the same where there are none.
    """

    start: int
    end: int
    code: Code | None
    first: int
    last: int


class Window(NamedTuple):
    """What answers best: a section, spans in it, and the other sections with clauses of the query, best first."""

    section: Section
    run: Run
    others: Sequence[Section]


def best_windows(articles: Sequence[Article], spans: PageSpans, *, is_code: bool = False) -> list[Window]:
    """Return the window of each article that answers best.

    Args:
        articles: The articles.
        spans: The spans of a query's clauses in their texts and headings.
        is_code: The query is code, so that a listing answers as well as prose.
    """
    outlines = Outlines(articles)
    parts = parts_of(spans, outlines)
    choice = _Choice(spans, parts, weigh(spans, parts, outlines, is_code=is_code), 1.0 if is_code else CODE_PART)
    return [choice.window(article, number) for number, article in enumerate(articles)]


def best_window(article: Article, spans: Spans, *, is_code: bool = False) -> Window:
    """Return the window of one article that answers best, of its spans or some of them."""
    return best_windows([article], spans_of_one(article, spans), is_code=is_code)[0]


def spans_of_one(article: Article, spans: Spans) -> PageSpans:
    """Return the spans of one article as those of a page."""
    parts = [_part_at(section_at(article, start), article.code, start) for start in spans.starts]
    # No two parts with text begin at one place.
    begins, codes = [begin for begin, _, _ in parts], [block is not None for _, _, block in parts]
    columns = ([0] * len(parts), spans.starts, spans.ends, spans.terms, begins, codes)
    return PageSpans(spans.weights, [spans.headings], *(np.array(column, np.int64) for column in columns))


class _Choice:
    """Chooses the windows of articles."""

    def __init__(self, spans: PageSpans, parts: Parts, sections: Weighed, code_part: float) -> None:
        self._starts, self._ends, self._clauses = spans.start.tolist(), spans.end.tolist(), spans.clause.tolist()
        self._parts = list(zip(parts.first.tolist(), parts.last.tolist(), parts.code.tolist(), strict=True))
        self._part_at, self._numbers = sections.part.tolist(), sections.number.tolist()
        self._worth, self._held, self._weights = (
            column.tolist() for column in (sections.worth, sections.held, sections.weights)
        )
        self._ranked = np.lexsort((sections.number, -sections.worth, sections.article)).tolist()
        posts = np.arange(len(sections.weights) + 1)
        self._bounds = sections.article.searchsorted(posts).tolist()
        self._first = spans.article.searchsorted(posts).tolist()
        self._code_part = code_part

    def window(self, article: Article, number: int) -> Window:
        """Return the best window of an article."""
        ranked = self._ranked[self._bounds[number] : self._bounds[number + 1]]
        if not ranked:
            section = next((each for each in article.sections if each.end > each.start), article.sections[0])
            return Window(section, _beginning(article, section), ())
        weights = self._weights[number]
        # Sections that cannot be the best, whatever their windows have, are not looked through.
        best, chosen, window = (-1.0, 0), ranked[0], None
        for row in ranked:
            if self._worth[row] < best[0]:
                break
            covered, found = self._best_of_section(row, weights)
            worth = self._worth[row] - WINDOW * (self._held[row] - covered)
            if (worth, -self._numbers[row]) > best:
                best, chosen, window = (worth, -self._numbers[row]), row, found
        section = article.sections[self._numbers[chosen]]
        others = [article.sections[self._numbers[row]] for row in ranked if row != chosen]
        if not window:
            return Window(section, _beginning(article, section), others)
        first, last = self._trimmed(*window, weights)
        part, before = _part_at(section, article.code, self._starts[first]), self._first[number]
        return Window(section, Run(*part, first - before, last - before), others)

    def _best_of_section(self, row: int, weights: Sequence[float]) -> tuple[float, tuple[int, int] | None]:
        """Return what the best window of a section covers, and its spans; of equals the fullest."""
        best, chosen = (0.0, 0.0), None
        for first, last, is_code in self._parts[self._part_at[row] : self._part_at[row + 1]]:
            covered, window = self._best_of_part(first, last, weights)
            part = self._code_part if is_code else 1.0
            worth = (part * covered, part * (window[1] - window[0]))
            if worth > best:
                best, chosen = worth, window
        return best[0], chosen

    def _best_of_part(self, first: int, stop: int, weights: Sequence[float]) -> tuple[float, tuple[int, int]]:
        """Return the window among spans whose clauses weigh most, and what they weigh."""
        starts, ends, clauses = self._starts, self._ends, self._clauses
        if ends[stop - 1] - starts[first] <= WINDOW_LENGTH:
            return round(_sum({*clauses[first:stop]}, weights), 9), (first, stop)
        best, window = (0.0, 0), (first, first + 1)
        inside, covered = [0] * len(weights), 0.0
        for last in range(first, stop):
            while first < last and ends[last] - starts[first] > WINDOW_LENGTH:
                inside[clauses[first]] -= 1
                covered -= 0.0 if inside[clauses[first]] else weights[clauses[first]]
                first += 1
            covered += 0.0 if inside[clauses[last]] else weights[clauses[last]]
            inside[clauses[last]] += 1
            # What was added in another order, or taken away again, leaves a trace.
            if (round(covered, 9), last + 1 - first) > best:
                best, window = (round(covered, 9), last + 1 - first), (first, last + 1)
        return best[0], window

    def _trimmed(self, first: int, last: int, weights: Sequence[float]) -> tuple[int, int]:
        """Leave out spans at both ends that add no clause, or one that hardly says anything."""
        inside = self._clauses[first:last]
        while len(inside) > 1 and (inside.count(inside[-1]) > 1 or weights[inside[-1]] < LIGHT):
            inside.pop()
        last = first + len(inside)
        while len(inside) > 1 and (inside.count(inside[0]) > 1 or weights[inside[0]] < LIGHT):
            inside.pop(0)
        return last - len(inside), last


def window_at(article: Article, offset: int) -> Window:
    """Return the window that begins at an offset, for a post that has none of the words."""
    section = section_at(article, offset)
    _, stop, block = _part_at(section, article.code, offset)
    return Window(section, Run(offset, stop, block, 0, 0), ())


def section_at(article: Article, offset: int) -> Section:
    """Return the section that an offset is in; of several that start there, the others are empty."""
    return article.sections[bisect_right(article.sections, offset, key=_start_of) - 1]


def _part_at(section: Section, code: Sequence[Code], offset: int) -> tuple[int, int, Code | None]:
    """Return the bounds of the block of code, or of the prose between two, that an offset of a section is in."""
    if not code:
        return section.start, section.end, None
    place = bisect_right(code, offset, key=_start_of)
    before = code[place - 1] if place else None
    if before and offset < before.end:
        return before.start, before.end, before
    start = max(section.start, before.end) if before else section.start
    return start, min(section.end, code[place].start) if place < len(code) else section.end, None


def _beginning(article: Article, section: Section) -> Run:
    """Return the first prose of a section or, where it has none, its first code."""
    offset, parts = section.start, list[tuple[int, int, Code | None]]()
    while not parts or (parts[-1][2] and offset < section.end):
        parts.append(_part_at(section, article.code, offset))
        offset = parts[-1][1] + 1
    prose = next((part for part in parts if part[2] is None), parts[0])
    return Run(*prose, 0, 0)


def _sum(clauses: Iterable[int], weights: Sequence[float]) -> float:
    return sum([weights[clause] for clause in clauses])
