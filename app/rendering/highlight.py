"""Mark a query's words in an article, which is safe HTML already: only `<mark>` is added."""

import re
from collections.abc import Collection, Iterator

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PageElement
from markupsafe import Markup

from ...index.analysis import HAS_CJK, characters, tokenize
from ...index.posts.extraction.tags import BLOCK_TAGS, CELL_TAGS, HEADING_LEVELS
from ...index.search.marks import united

# More spellings are no query but a prefix of much; a pattern of so many is matched quickly.
MAX_MARKED_WORDS = 200

# What words do not go on across.
_BORDERS = BLOCK_TAGS | CELL_TAGS | HEADING_LEVELS.keys() | {"br", "pre"}


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
    strings = list(_strings(soup))
    text = "".join(strings)
    spans = list(united(_whole(text, pattern)))
    at = first = 0
    for string in strings:
        end = at + len(string)
        while first < len(spans) and spans[first][1] <= at:
            first += 1
        inside = _inside(spans, first, at, end)
        if inside and isinstance(string, NavigableString):
            string.replace_with(*_pieces(soup, str(string), inside))
        at = end
    return Markup(str(soup))  # noqa: S704 - made of safe HTML, and of nothing else


def _pattern(words: Collection[str]) -> re.Pattern[str] | None:
    """Compile a pattern of the words, the longest first; None without words."""
    longest = sorted({word for word in words if word.strip()}, key=len, reverse=True)[:MAX_MARKED_WORDS]
    return re.compile("|".join(r"\s+".join(map(re.escape, word.split())) for word in longest)) if longest else None


def _strings(root: Tag) -> Iterator[str]:
    """Yield the strings that are shown, and a line end wherever a block begins or ends."""
    pending: list[PageElement | str] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Tag) and node.name == "math":
            yield node.get_text()  # In MathML there is no place for marks.
        elif isinstance(node, Tag):
            border = ["\n"] if node.name in _BORDERS else []
            pending += [*border, *reversed(node.contents), *border]
        elif isinstance(node, str) and type(node) in (str, NavigableString):
            yield node


def _whole(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield where words stand that begin and end as tokens do: the C of C++ is no C.

    Text without spaces has tokens of two characters, and a word may be one.
    """
    tokens = tokenize(text)
    starts, ends = set(tokens.starts), set(tokens.ends)
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        if HAS_CJK.match(text, start):
            _, begins, stops = characters(text[start:end])
            starts.update(start + begin for begin in begins)
            ends.update(start + stop for stop in stops)
    for start in sorted(starts):
        match = pattern.match(text, start)
        if match and match.end() in ends:
            yield match.span()


def _inside(spans: list[tuple[int, int]], first: int, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans from the first on, as far as they lie in a string."""
    found = []
    for number in range(first, len(spans)):
        low, high = spans[number]
        if low >= end:
            break
        found.append((max(low, start) - start, min(high, end) - start))
    return found


def _pieces(soup: BeautifulSoup, text: str, spans: list[tuple[int, int]]) -> Iterator[PageElement]:
    at = 0
    for start, end in spans:
        marked = soup.new_tag("mark")
        marked.string = text[start:end]
        yield NavigableString(text[at:start])
        yield marked
        at = end
    yield NavigableString(text[at:])
