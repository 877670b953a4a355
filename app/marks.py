"""A query's words marked in an article's page, which is safe HTML already: nothing is added to it but `<mark>`."""

import re
from collections.abc import Collection, Iterator

from bs4 import BeautifulSoup, NavigableString
from bs4.element import PageElement
from markupsafe import Markup

from index.analysis import HAS_CJK

# More spellings are no query but a prefix of much; a pattern of so many is matched quickly.
MAX_WORDS = 200


def mark(html: Markup, words: Collection[str]) -> Markup:
    """Mark whole words and phrases wherever they stand in a text, across the tags within it.

    Args:
        html: Safe HTML.
        words: As they are spelt in the text; space in them is any space.
    """
    pattern = _pattern(words)
    if pattern is None:
        return html
    # Beautiful Soup shortens space between tags, but for that in tags that preserve it; here all of it is preserved.
    soup = BeautifulSoup(html, "html.parser", preserve_whitespace_tags={BeautifulSoup.ROOT_TAG_NAME})
    strings = [string for string in soup.find_all(string=True) if type(string) is NavigableString]
    text = "".join(strings)
    spans = [match.span() for match in pattern.finditer(text)]
    at = 0
    for string in strings:
        end = at + len(string)
        inside = [(max(low, at) - at, min(high, end) - at) for low, high in spans if low < end and high > at]
        if inside:
            string.replace_with(*_pieces(soup, str(string), inside))
        at = end
    return Markup(str(soup))  # noqa: S704 - made of safe HTML, and of nothing else


def _pattern(words: Collection[str]) -> re.Pattern[str] | None:
    """Give what finds the words, the longest first; None for no words. Without spaces, words have no bounds."""
    longest = sorted({word for word in words if word.strip()}, key=len, reverse=True)[:MAX_WORDS]
    spelt = [_whole(r"\s+".join(map(re.escape, word.split())), word) for word in longest]
    return re.compile("|".join(spelt)) if spelt else None


def _whole(pattern: str, word: str) -> str:
    return pattern if HAS_CJK.search(word) else rf"(?<!\w){pattern}(?!\w)"


def _pieces(soup: BeautifulSoup, text: str, spans: list[tuple[int, int]]) -> Iterator[PageElement]:
    at = 0
    for start, end in spans:
        marked = soup.new_tag("mark")
        marked.string = text[start:end]
        yield NavigableString(text[at:start])
        yield marked
        at = end
    yield NavigableString(text[at:])
