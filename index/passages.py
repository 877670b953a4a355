"""Which part of an article answers: the section and the cut of its text in which the query's terms stand best.

Text is cut where the terms were found and never analysed again. What goes out as HTML is escaped first and marked
after.
"""

from collections.abc import Sequence
from html import escape

from index.model import Passage, Post, Section, Span

# About two lines on a wide screen and four on a phone.
PASSAGE_LENGTH = 240
# How far a cut moves to begin or end between words.
SLACK = 24


def passage(post: Post, spans: Sequence[Span]) -> Passage:
    """Give the passage of a post for the places where a query's terms stand, in order of their start."""
    window = _best_window(post, spans)
    if window:
        section = _section_at(post, window[0].start)
        start, end = _cut(post.text, section, window)
        return _passage(post, section, start, end, [s for s in spans if start <= s.start and s.end <= end])
    section = _opening(post)
    end = min(section.end, section.start + PASSAGE_LENGTH)
    start, end = _trim(post.text, section, (section.start, end), (section.start, section.start))
    return _passage(post, section, start, end, [])


def _best_window(post: Post, spans: Sequence[Span]) -> Sequence[Span]:
    """Find the spans within one section and one passage's length with the most different terms, then the most spans."""
    best: Sequence[Span] = ()
    best_value = (0, 0)
    first = 0
    for last, span in enumerate(spans):
        section = _section_at(post, span.start)
        while span.end - spans[first].start > PASSAGE_LENGTH or spans[first].start < section.start:
            if first == last:
                break
            first += 1
        window = spans[first : last + 1]
        value = (len({s.term for s in window}), len(window))
        if value > best_value:
            best, best_value = window, value
    return best


def _section_at(post: Post, offset: int) -> Section:
    return next((s for s in post.sections if s.start <= offset < s.end), post.sections[-1])


def _opening(post: Post) -> Section:
    return next((s for s in post.sections if s.end > s.start), post.sections[0])


def _cut(text: str, section: Section, window: Sequence[Span]) -> tuple[int, int]:
    """Widen a window to a passage's length: two thirds of the room before it goes to what comes after."""
    room = max(0, PASSAGE_LENGTH - (window[-1].end - window[0].start))
    start = max(section.start, window[0].start - room // 3)
    end = min(section.end, max(window[-1].end, start + PASSAGE_LENGTH))
    start = max(section.start, min(start, end - PASSAGE_LENGTH))
    return _trim(text, section, (start, end), (window[0].start, window[-1].end))


def _trim(text: str, section: Section, cut: tuple[int, int], keep: tuple[int, int]) -> tuple[int, int]:
    """Move both ends of a cut between words and away from white space, never into what is to be kept."""
    start, end = cut
    if start > section.start:
        space = text.find(" ", start, min(start + SLACK, keep[0]))
        start = space + 1 if space >= 0 else start
    if end < section.end:
        space = text.rfind(" ", max(start, keep[1], end - SLACK), end)
        end = space if space >= 0 else end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _passage(post: Post, section: Section, start: int, end: int, spans: Sequence[Span]) -> Passage:
    head = "… " if start > section.start else ""
    tail = " …" if text_after(post.text, end, section.end) else ""
    return Passage(
        section=section.title,
        anchor=section.anchor,
        url=f"{post.url}#{section.anchor}" if section.anchor else post.url,
        html=f"{head}{marked(post.text, start, end, spans)}{tail}",
        text=f"{head}{post.text[start:end]}{tail}",
    )


def text_after(text: str, start: int, end: int) -> bool:
    """Tell whether anything but white space stands between two offsets."""
    return not (start >= end or text[start:end].isspace())


def marked(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    """Escape a cut of a text and put `<mark>` around the spans in it, which are in order and inside the cut."""
    pieces = []
    at = start
    for span in spans:
        if span.end <= at:
            continue
        pieces.append(escape(text[at : max(at, span.start)]))
        pieces.append(f"<mark>{escape(text[max(at, span.start) : span.end])}</mark>")
        at = span.end
    pieces.append(escape(text[at:end]))
    return "".join(pieces)
