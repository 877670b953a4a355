"""Which part of an article answers a query: a section of it, and in there a window of prose or of code."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter

import numpy as np
from msgspec import Struct

from ..kernels import Chosen, Kernels
from ..model import Article, Code, Place, Section, Spans
from ..segment.outline import Outline
from .sections import (
    ARTICLE,
    CLAUSE,
    CODE_PART,
    HEADING,
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

# Sections that are named beside the one that answers best.
FURTHER = 3

# A clause that weighs less hardly says what is asked for.
LIGHT = 0.05

_start_of = attrgetter("start")


class Run(Struct, frozen=True, gc=False):
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


class Window(Struct, frozen=True, gc=False):
    """What answers best.

    Attributes:
        section: The section.
        place: A link to it.
        run: Spans in it.
        further: The other sections with clauses of the query, best first, at most FURTHER.
    """

    section: Section
    place: Place
    run: Run
    further: tuple[Place, ...] = ()


def best_windows(
    outlines: Sequence[Outline], spans: PageSpans, kernels: Kernels | None = None, *, is_code: bool = False
) -> list[Window]:
    """Return the window of each article that answers best.

    Args:
        outlines: The articles.
        spans: The spans of a query's clauses in their texts and headings.
        kernels: The compiled loops, where there are.
        is_code: The query is code, so that a listing answers as well as prose.
    """
    if not len(spans.rows) and not len(spans.headed):
        return [_beginning_of(outline.article) for outline in outlines]
    # Headings are words: that one has some of a piece of code says little.
    code_part, heading = (1.0, 0.0) if is_code else (CODE_PART, HEADING)
    words = [outlines[article].words(title) for article, title, _ in spans.headed.tolist()]
    if kernels:
        packed = [outline.packed for outline in outlines]
        chosen = kernels.best_windows(packed, *spans, words, code_part=code_part, heading=heading)
    else:
        chosen = _chosen(outlines, spans, words, code_part, heading)
    return list(map(_window, outlines, chosen))


def best_window(article: Article, spans: Spans, *, is_code: bool = False) -> Window:
    """Return the window of one article that answers best, of its spans or some of them."""
    return best_windows([Outline(article)], spans_of_one(article, spans), is_code=is_code)[0]


def spans_of_one(article: Article, spans: Spans) -> PageSpans:
    """Return the spans of one article as those of a page."""
    parts = [_part_at(section_at(article, start), article.code, start) for start in spans.starts]
    # No two parts with text begin at one place.
    begins, codes = [begin for begin, _, _ in parts], [block is not None for _, _, block in parts]
    nothing = [0] * len(parts)
    columns = (nothing, spans.starts, spans.ends, spans.terms, begins, codes, nothing)
    headed = [(0, *heading) for heading in spans.headings]
    return PageSpans(spans.weights, np.array(columns, np.int64).T, np.array(headed, np.int64).reshape(-1, 3))


def _window(outline: Outline, chosen: Chosen) -> Window:
    """Return the window that was chosen of an article; its beginning where nothing was."""
    article = outline.article
    number, others = chosen.section, chosen.others
    if number < 0:
        return _beginning_of(article)
    section, place = article.sections[number], outline.place(number)
    named = _further(outline, place, others) if others else ()
    if chosen.first == chosen.last:
        return Window(section, place, _beginning(article, section), named)
    run = Run(*_part_at(section, article.code, chosen.start), chosen.first, chosen.last)
    return Window(section, place, run, named)


def _further(outline: Outline, shown: Place, others: Sequence[int]) -> tuple[Place, ...]:
    """Return the first of some sections that have an anchor, beside the one that is shown."""
    named: list[Place] = []
    for number in others:
        place = outline.place(number)
        if place.anchor and place.anchor != shown.anchor:
            named.append(place)
            if len(named) == FURTHER:
                break
    return tuple(named)


def _chosen(
    outlines: Sequence[Outline], spans: PageSpans, words: Sequence[int], code_part: float, heading: float
) -> list[Chosen]:
    """Choose the windows of articles, as the compiled loops do."""
    sections = weigh(spans, Outlines(outlines), words, code_part=code_part, heading=heading)
    ranked = np.lexsort((sections.number, -sections.worth, sections.article))
    columns = (sections.number, sections.held, sections.at[:-1], sections.at[1:], sections.worth)
    rows, of_spans = np.column_stack(columns).take(ranked, axis=0).tolist(), spans.rows.tolist()
    articles = np.arange(len(outlines) + 1)
    bounds, before = sections.article.searchsorted(articles).tolist(), spans.rows[:, ARTICLE].searchsorted(articles)
    return [
        _choose(rows[low:high], of_spans, weights, code_part, first)
        for low, high, weights, first in zip(
            bounds, bounds[1:], sections.weights.tolist(), before.tolist(), strict=False
        )
    ]


def _choose(
    rows: Sequence[Sequence[float]],
    spans: Sequence[Sequence[int]],
    weights: Sequence[int],
    code_part: float,
    before: int,
) -> Chosen:
    """Choose the window of an article among its sections.

    Args:
        rows: A row for each section with clauses, the best first: its number, what its clauses weigh, the first of its
            spans and the one after the last, and its worth.
        spans: Rows of spans; see `PageSpans`.
        weights: What the clauses weigh.
        code_part: What a clause in code counts.
        before: How many spans are those of other articles before it.
    """
    best, chosen = -1.0, (-1, 0, 0)
    for number, held, first, last, worth in rows:
        # Sections that cannot be the best, whatever their windows have, are not looked through.
        if worth < best:
            break
        covered, window = _best_of_section(spans[int(first) : int(last)], weights, code_part)
        shown = worth - WINDOW * (held - covered) / WHOLE
        if shown > best or (shown == best and number < chosen[0]):
            best, chosen = shown, (int(number), int(first) + window[0], int(first) + window[1])
    section, low, high = chosen
    low, high = _trimmed([span[CLAUSE] for span in spans[low:high]], weights, low)
    start = spans[low][START] if low < high else 0
    others = [int(number) for number, *_ in rows if number != section]
    return Chosen(section, low - before, high - before, start, others)


def _best_of_section(
    spans: Sequence[Sequence[int]], weights: Sequence[int], code_part: float
) -> tuple[float, tuple[int, int]]:
    """Return what the best window among the spans of a section covers, and its bounds; of equals the fullest."""
    best, window = (0.0, 0.0), (0, 0)
    first, covered, inside = 0, 0, [0] * len(weights)
    for last, (_, _, end, clause, part, is_code, _) in enumerate(spans):
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


def _trimmed(clauses: list[int], weights: Sequence[int], first: int) -> tuple[int, int]:
    """Leave out spans at both ends of a window that add no clause, or one that hardly says anything.

    Args:
        clauses: The clauses of the spans.
        weights: What all clauses weigh.
        first: The number of the first span.
    """
    while len(clauses) > 1 and (clauses.count(clauses[-1]) > 1 or weights[clauses[-1]] < LIGHT * WHOLE):
        clauses.pop()
    last = first + len(clauses)
    while len(clauses) > 1 and (clauses.count(clauses[0]) > 1 or weights[clauses[0]] < LIGHT * WHOLE):
        clauses.pop(0)
    return last - len(clauses), last


def window_at(article: Article, offset: int) -> Window:
    """Return the window that begins at an offset, for a post that has none of the words."""
    section = section_at(article, offset)
    _, stop, block = _part_at(section, article.code, offset)
    return Window(section, article.place(section), Run(offset, stop, block, 0, 0))


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
    return Window(section, article.place(section), _beginning(article, section))


def _beginning(article: Article, section: Section) -> Run:
    """Return the first prose of a section or, where it has none, its first code."""
    offset, parts = section.start, list[tuple[int, int, Code | None]]()
    while not parts or (parts[-1][2] and offset < section.end):
        parts.append(_part_at(section, article.code, offset))
        offset = parts[-1][1] + 1
    prose = next((part for part in parts if part[2] is None), parts[0])
    return Run(*prose, 0, 0)
