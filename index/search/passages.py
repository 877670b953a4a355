"""Passages: the section and the excerpt of an article that match a query best.

Text is cut where the terms were found and never analysed again. What goes out as HTML is escaped first and marked
after.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from msgspec.structs import replace

from ..model import FOOTNOTE_SIGN, Article, Code, Passage, Place, Spans
from ..retrieval.sections import PASSAGE_LENGTH
from ..retrieval.windows import Run, Window, best_window, section_at
from .marks import (
    around_formulas,
    hiding_formulas,
    html_on_one_line,
    inside,
    marked,
    on_one_line,
    outside_formulas,
    shown_html,
)
from .text_fragments import LAST_SENTENCE_END, SENTENCE_END, Cut, IsUnique, directive

# Lines of code that are taken in at a glance.
MAX_CODE_LINES = 8
# How far a cut moves to begin or end between words.
SLACK = 24

LINE = re.compile(r"[^\n]*[^\n\s][^\n]*")


def passage(
    article: Article, spans: Spans, cut: Cut, is_unique: IsUnique | None = None, *, window: Window | None = None
) -> Passage:
    """Return the best passage of an article for the spans of a query's clauses.

    Args:
        article: Whose passage it is.
        spans: The spans of the clauses in its text.
        cut: Returns parts of its text.
        is_unique: Checks whether a quotation is unique in the article; with it, the URL has a text fragment.
        window: What to show; the best without it.
    """
    window = window or best_window(article, spans)
    place, run = window.place, window.run
    has_spans = run.first < run.last
    start = spans.starts[run.first] if has_spans else run.start
    end = max(spans.ends[run.first : run.last]) if has_spans else start
    found = _listing(place, run.code, start, end, spans, cut) if run.code else None
    found = found or _passage(article, window, start, end, spans, cut)
    if is_unique and has_spans:
        quoted = _fullest(spans, run, cut)
        directed = _directive(article, spans.starts[quoted], spans.ends[quoted], cut, is_unique)
        return replace(found, url=found.url + directed)
    return found


def _fullest(spans: Spans, run: Run, cut: Cut) -> int:
    """Return the first span in the sentence of a run that has the most clauses, by weight."""
    if run.code or run.last - run.first == 1:
        return run.first
    low, high = spans.starts[run.first], spans.ends[run.last - 1]
    stop = min(run.end, high + PASSAGE_LENGTH)
    ends = [low + found.end() for found in SENTENCE_END.finditer(cut(low, stop))]
    # The sentence of the last span may have others behind it.
    last = bisect_left(spans.starts, next((end for end in ends if end >= high), stop))
    sentences: dict[int, list[int]] = {}
    for number in range(run.first, last):
        sentences.setdefault(bisect_right(ends, spans.starts[number]), []).append(number)
    return max(sentences.values(), key=lambda numbers: _weight(spans, numbers))[0]


def _weight(spans: Spans, numbers: Sequence[int]) -> float:
    return sum(spans.weights[term] for term in {spans.terms[number] for number in numbers})


def _directive(article: Article, start: int, end: int, cut: Cut, is_unique: IsUnique) -> str:
    """Return the text fragment that leads from a section's URL to a span in it."""
    is_code = any(code.start <= start < code.end for code in article.code)
    shown = hiding_formulas(article, cut)
    leading = directive(start, end, article.sections[-1].end, shown, is_unique, is_code=is_code)
    return leading if section_at(article, start).anchor or not leading else f"#{leading}"


def _passage(article: Article, window: Window, start: int, end: int, spans: Spans, cut: Cut) -> Passage:
    """Widen what is to be shown to a passage's length, from the beginning of its sentence on if that is near."""
    section, place, run = window.section, window.place, window.run
    if article.formulas:
        start, end = around_formulas(article, start, end, PASSAGE_LENGTH)
    room = max(0, PASSAGE_LENGTH - (end - start))
    low = max(run.start, start - room)
    text = cut(low, min(run.end, max(end, start + PASSAGE_LENGTH) + SLACK))
    begin = _start(text, start - low, room, run.end - low, is_whole=low == run.start)
    stop = min(run.end - low, max(end - low, begin + PASSAGE_LENGTH))
    stop = _word_end(text, end - low, stop)
    if article.formulas:
        begin, stop = outside_formulas(article, low, (begin, stop), (start - low, end - low))
    part = text[begin:stop]
    shown = part.lstrip()
    begin += len(part) - len(shown)
    shown = shown.rstrip()
    stop = begin + len(shown)
    head = "…\u00a0" if low > section.start or text[:begin].strip() else ""
    tail = "\u00a0…" if low + len(text) < section.end or text[stop:].strip() else ""
    html = shown_html(article, shown, low + begin, spans)
    if FOOTNOTE_SIGN in shown:
        html, shown = html.replace(FOOTNOTE_SIGN, ""), shown.replace(FOOTNOTE_SIGN, "")
    return Passage(
        section=place.section,
        anchor=place.anchor,
        url=place.url,
        html=f"{head}{html_on_one_line(html)}{tail}",
        text=f"{head}{on_one_line(shown)}{tail}",
    )


def _listing(place: Place, block: Code, start: int, end: int, spans: Spans, cut: Cut) -> Passage | None:
    """Return whole lines of a code block, as many as fit; None if its lines are too long."""
    low, high = max(block.start, end - PASSAGE_LENGTH), min(block.end, start + PASSAGE_LENGTH)
    text = cut(low, high)
    lines = [match.span() for match in LINE.finditer(text)]
    # What was cut off has no beginning or no end here.
    lines = lines[1 if low > block.start else 0 : -1 if high < block.end else None]
    first = next((n for n, (_, stop) in enumerate(lines) if stop > start - low), len(lines))
    last = next((n for n, (_, stop) in enumerate(lines) if stop >= end - low), len(lines))
    if last == len(lines) or lines[first][0] > start - low:
        return None
    begin, stop = _grown(lines, first, last)
    return Passage(
        section=place.section,
        anchor=place.anchor,
        url=place.url,
        html=marked(text[begin:stop], inside(spans, low + begin, low + stop)),
        text=text[begin:stop],
        code=block.language,
    )


def _grown(lines: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """Return the bounds of some lines and of as many lines around them as fit."""
    # The line before gives the context; those after it are read on.
    for before, after in [(1, 0), *[(0, 1)] * MAX_CODE_LINES, *[(1, 0)] * MAX_CODE_LINES]:
        begin, stop = first - before, last + after
        exists = begin >= 0 and stop < len(lines) and stop - begin < MAX_CODE_LINES
        if exists and lines[stop][1] - lines[begin][0] <= PASSAGE_LENGTH:
            first, last = begin, stop
    return lines[first][0], lines[last][1]


def _start(text: str, at: int, room: int, end: int, *, is_whole: bool) -> int:
    """Return where a passage begins: with the sentence of what is shown, or the ones before it if little follows.

    Args:
        text: What can be shown.
        at: Where it has to begin at the latest.
        room: How much can be shown beside what has to.
        end: Where the prose ends; it may be longer than the text.
        is_whole: Nothing is cut off before the text.
    """
    least = end - PASSAGE_LENGTH
    if is_whole and least <= 0:
        return 0
    # What follows the end of a sentence is looked at, too.
    last = LAST_SENTENCE_END.match(text, 0, at + 1)
    begins = [0] if is_whole else []
    if last:
        begin = last.end()
        # Space that follows may be that of a sentence whose end is before the one of a line.
        if begin <= at and begin <= least and not text[begin : begin + 1].isspace():
            return begin
        begins += [stop for match in SENTENCE_END.finditer(text, 0, at + 1) if (stop := match.end()) <= at]
    if begins:
        return begins[min(bisect_left(begins, least), len(begins) - 1)]
    begin = max(0, at - room // 3)
    return max(begin, text.find(" ", begin, min(begin + SLACK, at)) + 1)


def _word_end(text: str, keep: int, end: int) -> int:
    """Move the end of a cut back to the end of a word, never into what is to be kept."""
    if end >= len(text) or text[end].isspace():
        return end
    space = text.rfind(" ", max(keep, end - SLACK), end)
    return space if space >= 0 else end
