"""Text that is the same in nearly all articles of a built site, as an invitation to subscribe: it is the theme's."""

from collections import Counter
from collections.abc import Iterable

from ...model import Source
from ..addresses.headings import HeadingIdMaker
from ..extraction.extract import Extractor
from ..pages.html_reader import HtmlTree, parse_html, walk_page
from ..pages.main_content import find_main
from ..pages.page_head import read_head
from ..pages.page_kind import no_article

MIN_ARTICLES = 5
"""Articles that can share something."""
MIN_SHARE_OF_ARTICLES = 0.9
"""The share of them that it has to be in."""
MIN_LINE_LENGTH = 20
"""Characters of a line that is the theme's; shorter ones, as "Parameters", may be what a reference is made of."""


def shared_lines(pages: Iterable[tuple[Source, str]]) -> frozenset[str]:
    """Return the lines of text that nearly all of some pages share, without their code and without lists of pages."""
    counts: Counter[str] = Counter()
    articles = 0
    for source, html in pages:
        lines = _lines(source, html)
        articles += bool(lines)
        counts.update(lines)
    enough = max(MIN_ARTICLES, MIN_SHARE_OF_ARTICLES * articles)
    return frozenset(line for line, count in counts.items() if count >= enough)


def _lines(source: Source, html: str) -> set[str]:
    """Return the longer lines of an article; none for a page that is no article."""
    try:
        tree = HtmlTree(parse_html(html))
        main = find_main(tree)
        if no_article(source, tree.root, main, read_head(tree, main)):
            return set()
        extractor: Extractor[None] = Extractor(HeadingIdMaker("github"))
        extractor.begin_page(makes_ids=False)
        walk_page(tree, main, extractor)
    except RecursionError:
        return set()
    extract = extractor.finish("", "")
    text = extract.text
    for code in reversed(extract.code):
        text = text[: code.start] + text[code.end :]
    return {line for line in text.split("\n") if len(line) >= MIN_LINE_LENGTH}
