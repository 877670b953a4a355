"""Does a passage open the right section? Measured on links between articles that lead into a page.

    backmatter index --content DIR --index INDEX
    python -m tests.bench.sections INDEX DIR

The text of such a link is the query, the section that it leads to the answer. Links of one word ("here",
"documentation") say too little and are left out, and so are links to sections that the index does not have.
"""

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from backmatter.index.analysis import terms
from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Hit, Post
from backmatter.index.query.analysed import analyse
from backmatter.index.query.tree import Filter
from backmatter.index.search.search import search
from tests.bench.corpus import articles_in
from tests.bench.tables import table

# Markdown, inside the site: [text](/docs/page/#anchor), also with a title behind.
LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(/([^)\s#]+?)/?#([^)\s]+)[^)]*\)")
PAGE = 10


@dataclass(frozen=True, slots=True)
class Link:
    """A text, and the section that it leads to."""

    text: str
    post: Post
    anchor: str


def links(texts: Iterable[str], snapshot: Snapshot) -> list[Link]:
    """Give the links that lead into an article of an index, each once."""
    found = {(text, slug, anchor) for markdown in texts for text, slug, anchor in _written(markdown)}
    into = ((text, snapshot.post(slug), anchor) for text, slug, anchor in sorted(found))
    return [Link(text, post, anchor) for text, post, anchor in into if post and anchor in _anchors(post)]


def _written(markdown: str) -> Iterator[tuple[str, str, str]]:
    for text, slug, anchor in LINK.findall(markdown):
        plain = " ".join(text.replace("`", "").replace("*", "").split())
        if len(terms(plain)) > 1:
            yield plain, slug, anchor


def _anchors(post: Post) -> set[str]:
    return {section.anchor for section in post.sections if section.anchor}


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of a link's text: where the article was found, and whether its section was opened, there and alone."""

    rank: int | None
    right: bool
    alone: bool


def opened(link: Link, snapshot: Snapshot) -> Opened:
    """Search for a link's text, in all articles and in the right one."""
    hits = search(snapshot, analyse(link.text, exact=True), per_page=PAGE).hits
    place = next((rank for rank, hit in enumerate(hits, 1) if hit.path == link.post.path), None)
    own = search(snapshot, analyse(link.text, exact=True, filters=(Filter("path", link.post.path),)), per_page=1).hits
    return Opened(place, bool(place and _opens(hits[place - 1 : place], link)), _opens(own, link))


def _opens(hits: tuple[Hit, ...], link: Link) -> bool:
    return any(hit.passage.anchor == link.anchor for hit in hits)


def main() -> None:
    parser = argparse.ArgumentParser(description="Look which sections are opened for the texts of links into them.")
    parser.add_argument("index", type=Path)
    parser.add_argument("content", type=Path)
    parser.add_argument("--missed", action="store_true", help="print the links whose section is not opened")
    options = parser.parse_args()
    snapshot = WhooshEngine(options.index).snapshot()
    asked = links((file.read_text("utf-8", "replace") for file in articles_in(options.content)), snapshot)
    outcomes = [(link, opened(link, snapshot)) for link in asked]
    if options.missed:
        missed = [f"{link.text!r}: {link.post.path}#{link.anchor}" for link, each in outcomes if not each.alone]
        print("\n".join(missed))  # noqa: T201
    print(_figures([each for _, each in outcomes]))  # noqa: T201


def _figures(outcomes: list[Opened]) -> str:
    found = [each for each in outcomes if each.rank]
    shares = {
        f"the article is among {PAGE}": [bool(each.rank) for each in outcomes],
        "... and opens the right section": [each.right for each in found],
        "the first hit is the article": [each.rank == 1 for each in outcomes],
        "... and opens the right section, of all": [each.rank == 1 and each.right for each in outcomes],
        "in the article alone, the right section": [each.alone for each in outcomes],
    }
    rows = [[name, str(len(values)), f"{fmean(values) if values else 0:.1%}"] for name, values in shares.items()]
    return table(["links into a section", "of", "share"], rows)


if __name__ == "__main__":
    main()
