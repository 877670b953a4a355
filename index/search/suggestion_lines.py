"""What a suggestion of an article shows: the words that were typed marked, and a line of the sentence that has them."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from .. import analysis
from ..engines.base import Match
from ..model import Passage, Section, Suggestion
from .marks import between, marked
from .passages import passage
from .text_fragments import TEXT_FRAGMENT

# The titles and headings that are looked at again at the next key; some 4 MB.
REMEMBERED = 4096
# Letters before the first marked word of a line, so that it is in view on a phone.
LEAD = 20

tokens = lru_cache(REMEMBERED)(analysis.tokenize)


def line(match: Match, typed: Sequence[str]) -> Suggestion:
    """Return the article if its title matches what was typed, otherwise the section that does.

    Args:
        match: The article, found by its whole text.
        typed: The terms that were typed; the last one may be unfinished.
    """
    article = match.article
    is_titled = all_in(article.title, typed)
    headed = None if is_titled else next((part for part in article.sections if all_in(part.title, typed)), None)
    best = _passage(match, headed)
    section, url = (headed.title, article.place(headed).url) if headed else (best.section, best.url)
    if is_titled:
        section, url = "", article.url
    is_quoted = TEXT_FRAGMENT in best.url
    return Suggestion(
        kind="section" if section else "article",
        title=article.title,
        section=section,
        url=best.url if is_quoted else url,
        query="",
        html=marked_words(section or article.title, typed),
        passage=_line(best) if is_quoted else "",
    )


def _passage(match: Match, section: Section | None) -> Passage:
    """Return what answers best, in a section if there is one that has the words."""
    inside = between(match.spans, section.start, section.end) if section else None
    if inside and inside.starts:
        return passage(match.article, inside, match.cut, match.is_unique)
    return passage(match.article, match.spans, match.cut, match.is_unique, window=match.window())


def _line(best: Passage) -> str:
    """Return a passage from shortly before its first mark on; formulas are shown by their source."""
    html = escape(best.text) if "<math" in best.html else best.html
    head, mark, rest = " ".join(html.split()).partition("<mark>")
    if mark and len(head) > LEAD:
        head = f"…\u00a0{head[-LEAD:].partition(' ')[2]}"
    return head + mark + rest


def marked_words(text: str, typed: Sequence[str]) -> str:
    """Escape a title and put `<mark>` around its words that begin as one that was typed."""
    terms, starts, ends, _ = tokens(text)
    spans = [
        (start, end)
        for term, start, end in zip(terms, starts, ends, strict=True)
        if term in typed or (typed and term.startswith(typed[-1]))
    ]
    return marked(text, spans)


def all_in(title: str, typed: Sequence[str]) -> bool:
    """Check whether a title has the typed terms, of which the last one may be unfinished."""
    terms = tokens(title).terms
    return all(word in terms for word in typed[:-1]) and begins_one(terms, typed[-1]) if typed else False


def begins_one(terms: Sequence[str], beginning: str) -> bool:
    """Check whether one of some terms begins so."""
    return any(term.startswith(beginning) for term in terms)
