"""Which part of an article answers: the section and the cut of its text in which the query's terms stand best.

Text is cut where the terms were found and never analysed again. What goes out as HTML is escaped first and marked
after.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from html import escape
from operator import attrgetter

from msgspec.structs import replace

from index.model import Article, Code, Passage, Place, Section, Spans
from index.quotes import Cut, Once, directive

# About two lines on a wide screen and four on a phone.
PASSAGE_LENGTH = 240
# Sections that are named beside the one that answers best.
FURTHER = 3
# Lines of code that are taken in at a glance.
LINES = 8
# How far a cut moves to begin or end between words.
SLACK = 24

LINE = re.compile(r"[^\n]*[^\n\s][^\n]*")

# What `html.escape` escapes.
SPECIAL = re.compile("[&<>\"']")

_start_of = attrgetter("start")


def passage(article: Article, spans: Spans, cut: Cut, once: Once | None = None) -> Passage:
    """Give the passage of an article for the places where a query's terms stand.

    Args:
        article: Whose passage it is.
        spans: Where the terms stand in its text.
        cut: Gives parts of its text.
        once: Tells what stands only once in the article; with it, the address leads to the words, too.
    """
    if not spans.starts and not spans.headings:
        section = next((s for s in article.sections if s.end > s.start), article.sections[0])
        return _passage(article, section, section.start, section.start, spans, cut)
    section, first, last = _best_window(article, spans)
    if first == last:  # The heading alone answers.
        return _passage(article, section, section.start, section.start, spans, cut)
    start, end = spans.starts[first], min(max(spans.ends[first:last]), section.end)
    block = _code_at(article, start, end)
    found = _listing(article, section, block, start, end, spans, cut) if block else None
    found = found or _passage(article, section, start, end, spans, cut)
    return replace(found, url=found.url + _directive(article, start, spans.ends[first], cut, once)) if once else found


def further(article: Article, spans: Spans, shown: Passage) -> tuple[Place, ...]:
    """Give the sections beside the one that is shown that have, with the heading, the most different terms."""
    headed = _headed(article, spans)
    worth = {section.start: (len(terms), 0, section) for section, terms in headed.items()}
    low = 0
    while low < len(spans.starts):
        section = _section_at(article, spans.starts[low])
        high = bisect_left(spans.starts, section.end, low)
        terms = {*spans.terms[low:high], *headed.get(section, ())}
        worth[section.start] = (len(terms), high - low, section)
        low = high
    best = sorted(worth.values(), key=lambda found: found[:2], reverse=True)
    sections = [section for _, _, section in best if section.anchor not in ("", shown.anchor)]
    return tuple(Place(section=s.title, anchor=s.anchor, url=article.address(s)) for s in sections[:FURTHER])


def _directive(article: Article, start: int, end: int, cut: Cut, once: Once) -> str:
    """Give what leads from a section's address to a span in it."""
    leading = directive(start, end, article.sections[-1].end, cut, once)
    return leading if _section_at(article, start).anchor or not leading else f"#{leading}"


def _best_window(article: Article, spans: Spans) -> tuple[Section, int, int]:
    """Find the spans within one section and one passage's length that have, with the heading, the most different terms.

    Of several, those below the heading that the terms are closest to, then the most spans.

    Returns:
        The section, the first of these spans, and the one after the last; none where only the heading has terms.
    """
    starts = spans.starts
    all_terms = max([*spans.terms, *(term for _, term in spans.headings)]) + 1
    headed = _headed(article, spans)
    worths = {section: (len(terms), _closeness(section, terms, all_terms), 0) for section, terms in headed.items()}
    section = max(worths, key=worths.__getitem__, default=article.sections[0])
    best, window, low = worths.get(section, (0, 0.0, 0)), (section, 0, 0), 0
    while low < len(starts):
        section = _section_at(article, starts[low])
        high = bisect_left(starts, section.end, low)
        _, close, _ = worths.get(section, (0, 0.0, 0))
        # Where a window with all terms is known, a section with fewer places has no better one.
        if best < (all_terms, close, high - low):
            (different, count), found = _best_of_section(spans, low, high, headed.get(section, set()), all_terms)
            if (different, close, count) > best:
                best, window = (different, close, count), (section, *found)
        low = high
    return window


def _headed(article: Article, spans: Spans) -> dict[Section, set[int]]:
    """Give the terms in the headings of sections."""
    if not spans.headings:
        return {}
    titled, found = [section for section in article.sections if section.title], dict[Section, set[int]]()
    for number, term in spans.headings:
        found.setdefault(titled[number], set()).add(term)
    return found


def _closeness(section: Section, terms: Collection[int], all_terms: int) -> float:
    """Tell how close a heading is to the query: 1 where it is the same words."""
    return 2 * len(terms) / (all_terms + max(len(terms), len(section.title.split())))


def _best_of_section(
    spans: Spans, low: int, high: int, headed: Collection[int], all_terms: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Find the best window among the spans of one section: how many different terms and how many spans, and where."""
    starts, ends, terms = spans.starts, spans.ends, spans.terms
    if max(ends[low:high]) - starts[low] <= PASSAGE_LENGTH:
        return (len({*terms[low:high], *headed}), high - low), (low, high)
    inside = [int(term in headed) for term in range(all_terms)]
    best, window, first, different = (0, 0), (low, low + 1), low, len(headed)
    for last in range(low, high):
        earliest = ends[last] - PASSAGE_LENGTH
        while starts[first] < earliest and first < last:
            inside[terms[first]] -= 1
            different -= not inside[terms[first]]
            first += 1
        different += not inside[terms[last]]
        inside[terms[last]] += 1
        if (different, last + 1 - first) > best:
            best, window = (different, last + 1 - first), (first, last + 1)
    return best, window


def _section_at(article: Article, offset: int) -> Section:
    """Find the section that an offset is in; of several that start there, the others are empty."""
    return article.sections[bisect_right(article.sections, offset, key=_start_of) - 1]


def _passage(article: Article, section: Section, start: int, end: int, spans: Spans, cut: Cut) -> Passage:
    """Widen what is to be shown to a passage's length; two thirds of the room go to what comes after."""
    room = max(0, PASSAGE_LENGTH - (end - start))
    low = max(section.start, start - room // 3)
    high = min(section.end, max(end, low + PASSAGE_LENGTH))
    low = max(section.start, min(low, high - PASSAGE_LENGTH))
    text = cut(low, min(section.end, high + SLACK))
    begin = _word_start(text, start - low) if low > section.start else 0
    stop = _word_end(text, end - low, high - low) if high < section.end else high - low
    begin += len(text[begin:stop]) - len(text[begin:stop].lstrip())
    shown = text[begin:stop].rstrip()
    stop = begin + len(shown)
    head = "…\u00a0" if low > section.start or text[:begin].strip() else ""
    tail = "\u00a0…" if low + len(text) < section.end or text[stop:].strip() else ""
    return Passage(
        section=section.title,
        anchor=section.anchor,
        url=article.address(section),
        html=f"{head}{marked(shown, _inside(spans, low + begin, low + stop))}{tail}",
        text=f"{head}{shown}{tail}",
    )


def _code_at(article: Article, start: int, end: int) -> Code | None:
    """Find the code block that a span is in."""
    place = bisect_right(article.code, start, key=_start_of) - 1
    return article.code[place] if place >= 0 and end <= article.code[place].end else None


def _listing(
    article: Article, section: Section, block: Code, start: int, end: int, spans: Spans, cut: Cut
) -> Passage | None:
    """Give whole lines of a code block, as many as there is room for; None where its lines are too long for that."""
    low, high = max(block.start, end - PASSAGE_LENGTH), min(block.end, start + PASSAGE_LENGTH)
    text = cut(low, high)
    lines = [match.span() for match in LINE.finditer(text)]
    # What was cut off has no beginning or no end here.
    lines = lines[1 if low > block.start else 0 : -1 if high < block.end else None]
    first = next((n for n, (_, stop) in enumerate(lines) if stop > start - low), len(lines))
    last = next((n for n, (_, stop) in enumerate(lines) if stop >= end - low), len(lines))
    if last == len(lines) or lines[first][0] > start - low:
        return None
    # The line before says where this is; those after it are read on.
    for before, after in [(1, 0), *[(0, 1)] * LINES, *[(1, 0)] * LINES]:
        begin, stop = first - before, last + after
        is_there = begin >= 0 and stop < len(lines) and stop - begin < LINES
        if is_there and lines[stop][1] - lines[begin][0] <= PASSAGE_LENGTH:
            first, last = begin, stop
    begin, stop = lines[first][0], lines[last][1]
    return Passage(
        section=section.title,
        anchor=section.anchor,
        url=article.address(section),
        html=marked(text[begin:stop], _inside(spans, low + begin, low + stop)),
        text=text[begin:stop],
        code=block.language,
    )


def _word_start(text: str, keep: int) -> int:
    """Move the beginning of a cut to the next word, never past what is to be kept."""
    space = text.find(" ", 0, min(SLACK, keep))
    return space + 1


def _word_end(text: str, keep: int, end: int) -> int:
    """Move the end of a cut back to the end of a word, never into what is to be kept."""
    if end >= len(text) or text[end].isspace():
        return end
    space = text.rfind(" ", max(keep, end - SLACK), end)
    return space if space >= 0 else end


def _inside(spans: Spans, start: int, end: int) -> Iterable[tuple[int, int]]:
    first, stop = bisect_left(spans.starts, start), bisect_left(spans.starts, end)
    pairs = zip(spans.starts[first:stop], spans.ends[first:stop], strict=True)
    return [(low - start, high - start) for low, high in pairs if high <= end]


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Escape a text and put `<mark>` around spans of it, which are ordered by start; what overlaps is marked once."""
    # Most cuts of prose have nothing to escape.
    escaped = escape if SPECIAL.search(text) else str
    html, at = "", 0
    for start, end in spans:
        if end > at:
            start = max(at, start)
            html += f"{escaped(text[at:start])}<mark>{escaped(text[start:end])}</mark>"
            at = end
    return html + escaped(text[at:])
