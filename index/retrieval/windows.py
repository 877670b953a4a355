"""Which part of an article answers a query: a section of it, and in there a window of prose or of code."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from ..model import Article, Code, Section, Spans
from ..segment.arrays import Array
from ..segment.outline import Outline
from .sections import (
    ARTICLE,
    CLAUSE,
    CODE_PART,
    NUMBER,
    PART,
    PASSAGE_LENGTH,
    START,
    WHOLE,
    WINDOW,
    Outlines,
    PageSpans,
    weigh,
)

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


class Chosen(NamedTuple):
    """What answers best in an article.

    Attributes:
        section: The number of the section.
        first: The first of the spans in the window.
        last: The one after the last; the same where there are none.
    """

    section: int
    first: int
    last: int


def best_windows(outlines: Sequence[Outline], spans: PageSpans, *, is_code: bool = False) -> list[Window]:
    """Return the window of each article that answers best.

    Args:
        outlines: The articles.
        spans: The spans of a query's clauses in their texts and headings.
        is_code: The query is code, so that a listing answers as well as prose.
    """
    if not len(spans.rows) and not len(spans.headed):
        return [_beginning_of(outline.article) for outline in outlines]
    sections = weigh(spans, Outlines(outlines), is_code=is_code)
    ranked = np.lexsort((sections.number, -sections.worth, sections.article))
    columns = (sections.article, sections.number, sections.held, sections.at[:-1], sections.at[1:], sections.worth)
    rows = np.column_stack(columns).take(ranked, axis=0)
    chosen = _choose(rows, spans.rows, sections.weights, 1.0 if is_code else CODE_PART)
    numbers, weights = rows[:, NUMBER].astype(np.intp).tolist(), sections.weights.tolist()
    posts = np.arange(len(outlines) + 1)
    bounds = rows[:, ARTICLE].searchsorted(posts).tolist()
    first = spans.rows[:, ARTICLE].searchsorted(posts).tolist()
    return [
        _window(outline.article, numbers[low:high], choice, spans.rows, at, own)
        for outline, low, high, choice, at, own in zip(
            outlines, bounds, bounds[1:], chosen, first, weights, strict=False
        )
    ]


def best_window(article: Article, spans: Spans, *, is_code: bool = False) -> Window:
    """Return the window of one article that answers best, of its spans or some of them."""
    return best_windows([Outline(article)], spans_of_one(article, spans), is_code=is_code)[0]


def spans_of_one(article: Article, spans: Spans) -> PageSpans:
    """Return the spans of one article as those of a page."""
    parts = [_part_at(section_at(article, start), article.code, start) for start in spans.starts]
    # No two parts with text begin at one place.
    begins, codes = [begin for begin, _, _ in parts], [block is not None for _, _, block in parts]
    columns = ([0] * len(parts), spans.starts, spans.ends, spans.terms, begins, codes)
    headed = [(0, *heading) for heading in spans.headings]
    return PageSpans(spans.weights, np.array(columns, np.int64).T, np.array(headed, np.int64).reshape(-1, 3))


def _window(
    article: Article, ranked: Sequence[int], chosen: Chosen, rows: Array, at: int, weights: Sequence[int]
) -> Window:
    """Return the window that was chosen of an article; its beginning where nothing was.

    Args:
        article: The article.
        ranked: The numbers of its sections with clauses, best first.
        chosen: What was chosen.
        rows: The spans of all articles.
        at: The first of its own.
        weights: What the clauses weigh in it.
    """
    if not ranked:
        return _beginning_of(article)
    number, first, last = chosen
    section, others = article.sections[number], [article.sections[other] for other in ranked if other != number]
    if first == last:
        return Window(section, _beginning(article, section), others)
    trimmed = _trimmed(rows[first:last, CLAUSE].tolist(), weights)
    part = _part_at(section, article.code, rows.item(first + trimmed[0], START))
    return Window(section, Run(*part, first - at + trimmed[0], first - at + trimmed[1]), others)


def _choose(rows: Array, spans: Array, weights: Array, code_part: float) -> list[Chosen]:
    """Choose the windows of articles among their sections.

    Args:
        rows: A row for each section with clauses, by article and the best first: which of the articles, the number of
            the section, what its clauses weigh, the first of its spans and the one after the last, and its worth.
        spans: Rows of spans; see `PageSpans`.
        weights: For each article, what the clauses weigh.
        code_part: What a clause in code counts.
    """
    chosen, shares, most, before = [Chosen(0, 0, 0)] * len(weights), weights.tolist(), -1.0, -1
    for article, number, held, first, last, worth in rows.tolist():
        most, before = most if article == before else -1.0, article
        # Sections that cannot be the best, whatever their windows have, are not looked through.
        if worth < most:
            continue
        in_section = spans[int(first) : int(last)].tolist()
        covered, window = _best_of_section(in_section, shares[int(article)], code_part)
        worth -= WINDOW * (held - covered) / WHOLE
        if worth > most or (worth == most and number < chosen[int(article)].section):
            most = worth
            chosen[int(article)] = Chosen(int(number), *(int(first) + place for place in window))
    return chosen


def _best_of_section(
    spans: Sequence[Sequence[int]], weights: Sequence[int], code_part: float
) -> tuple[float, tuple[int, int]]:
    """Return what the best window among the spans of a section covers, and its bounds; of equals the fullest."""
    best, window = (0.0, 0.0), (0, 0)
    first, covered, inside = 0, 0, [0] * len(weights)
    for last, (_, _, end, clause, part, is_code) in enumerate(spans):
        while first < last and (spans[first][PART] != part or end - spans[first][START] > WINDOW_LENGTH):
            left = spans[first][CLAUSE]
            inside[left] -= 1
            covered -= 0 if inside[left] else weights[left]
            first += 1
        covered += 0 if inside[clause] else weights[clause]
        inside[clause] += 1
        worth = ((code_part if is_code else 1.0) * covered, (code_part if is_code else 1.0) * (last + 1 - first))
        if worth > best:
            best, window = worth, (first, last + 1)
    return best[0], window


def _trimmed(clauses: list[int], weights: Sequence[int]) -> tuple[int, int]:
    """Leave out spans at both ends of a window that add no clause, or one that hardly says anything."""
    while len(clauses) > 1 and (clauses.count(clauses[-1]) > 1 or weights[clauses[-1]] < LIGHT * WHOLE):
        clauses.pop()
    last = len(clauses)
    while len(clauses) > 1 and (clauses.count(clauses[0]) > 1 or weights[clauses[0]] < LIGHT * WHOLE):
        clauses.pop(0)
    return last - len(clauses), last


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


def _beginning_of(article: Article) -> Window:
    """Return the beginning of an article that has none of the words."""
    section = next((each for each in article.sections if each.end > each.start), article.sections[0])
    return Window(section, _beginning(article, section), ())


def _beginning(article: Article, section: Section) -> Run:
    """Return the first prose of a section or, where it has none, its first code."""
    offset, parts = section.start, list[tuple[int, int, Code | None]]()
    while not parts or (parts[-1][2] and offset < section.end):
        parts.append(_part_at(section, article.code, offset))
        offset = parts[-1][1] + 1
    prose = next((part for part in parts if part[2] is None), parts[0])
    return Run(*prose, 0, 0)
