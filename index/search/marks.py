"""What a part of a text looks like: escaped, words marked, and formulas as MathML."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from html import escape
from operator import attrgetter

from ..model import Article, Formula, Spans
from .text_fragments import Cut

# The end of a line that is no sentence: an item of a list, a row of a table. In HTML, signs that are escaped are none.
# Patterns begin with the line's end, which is looked for first, and look back from there.
_NO_SENTENCE = r"[^\s.!?:;,…。！？：；，、\"'”’»]"
_ITEM_END = re.compile(rf"\n(?<={_NO_SENTENCE}\n)\s*")
_ENDS_IN_HTML = "|".join(
    rf"(?<={end}\n){unmarked}|(?<={end}</mark>\n)"
    for end, unmarked in ((_NO_SENTENCE, r"(?<!</mark>\n)"), ("&lt;", ""), ("&gt;", ""), ("&amp;", ""))
)
_ITEM_END_IN_HTML = re.compile(rf"\n(?:{_ENDS_IN_HTML})\s*")


def inside(spans: Spans, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans that lie between two offsets, counted from the first."""
    first, stop = bisect_left(spans.starts, start), bisect_left(spans.starts, end)
    pairs = zip(spans.starts[first:stop], spans.ends[first:stop], strict=True)
    return [(low - start, high - start) for low, high in pairs if high <= end]


def between(spans: Spans, start: int, end: int) -> Spans:
    """Return the spans that begin between two offsets, without those in headings."""
    first, stop = bisect_left(spans.starts, start), bisect_left(spans.starts, end)
    part = slice(first, stop)
    return Spans(spans.starts[part], spans.ends[part], spans.terms[part], spans.weights)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Escape a text and put `<mark>` around spans of it, ordered by start; what touches is marked in one piece."""
    escaped = escape(text)
    shown = escape if len(escaped) > len(text) else str
    html, at = "", 0
    for start, end in united(spans):
        html += f"{shown(text[at:start])}<mark>{shown(text[start:end])}</mark>"
        at = end
    return html + shown(text[at:]) if at else escaped


def united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans, which are ordered by start, with those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    low = high = 0
    for start, end in spans:
        if start > high or low == high:
            if high > low:
                found.append((low, high))
            low, high = start, end
        elif end > high:
            high = end
    if high > low:
        found.append((low, high))
    return found


def shown_html(article: Article, text: str, start: int, spans: Spans) -> str:
    """Return a part of an article's text as HTML: words marked, and formulas that are in it whole as MathML.

    Args:
        article: The article.
        text: The part of its text.
        start: Where that begins.
        spans: What to mark.
    """
    found = inside(spans, start, start + len(text))
    if not article.formulas:
        return marked(text, found)
    html, at = "", 0
    for formula in _formulas(article, start, start + len(text)):
        low, high = formula.start - start, formula.end - start
        html += marked(text[at:low], [(a - at, b - at) for a, b in found if at <= a and b <= low])
        is_found = any(a < high and b > low for a, b in found)
        html += f"<mark>{formula.mathml}</mark>" if is_found else formula.mathml
        at = high
    return html + marked(text[at:], [(a - at, b - at) for a, b in found if a >= at])


def on_one_line(text: str) -> str:
    """Separate the cells, the rows and the items in a part of a text, which is shown on one line."""
    return (_ITEM_END.sub(" · ", text) if "\n" in text else text).replace("\t", " | ")


def html_on_one_line(html: str) -> str:
    """Do the same in the HTML of a part of a text."""
    return (_ITEM_END_IN_HTML.sub(" · ", html) if "\n" in html else html).replace("\t", " | ")


def hiding_formulas(article: Article, cut: Cut) -> Cut:
    """Return what cuts an article's text without its formulas, which its page does not show as text."""
    if not article.formulas:
        return cut

    def shown(start: int, end: int) -> str:
        text = cut(start, end)
        for formula in _formulas(article, start, end):
            low, high = formula.start - start, formula.end - start
            text = f"{text[:low]}{chr(10) * (high - low)}{text[high:]}"
        return text

    return shown


def around_formulas(article: Article, start: int, end: int, longest: int) -> tuple[int, int]:
    """Widen a span to the formulas that it begins or ends in, but for those that are too long to be shown."""
    for formula in article.formulas:
        if formula.start < end and formula.end > start and formula.end - formula.start <= longest:
            start, end = min(start, formula.start), max(end, formula.end)
    return start, end


def outside_formulas(article: Article, low: int, cut: tuple[int, int], keep: tuple[int, int]) -> tuple[int, int]:
    """Move a cut out of formulas, never into what is to be kept; the bounds of both count from `low`."""
    begin, stop = cut
    for formula in article.formulas:
        first, last = formula.start - low, formula.end - low
        if first < begin < last <= keep[0]:
            begin = last
        if keep[1] <= first < stop < last:
            stop = first
    return begin, stop


def _formulas(article: Article, start: int, end: int) -> list[Formula]:
    first = bisect_left(article.formulas, start, key=attrgetter("start"))
    return [formula for formula in article.formulas[first:] if formula.end <= end]
