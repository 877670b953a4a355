"""Suggest links between a post and others that are about the same, at the sentence that already speaks of the other."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

from msgspec import Struct

from ..engines.base import Snapshot
from ..errors import BackmatterError
from ..model import Hit, Post, Source
from ..query.analysed import analyse
from ..search.related import related
from ..search.search import search
from ..settings import Settings
from .check.page import Page, read_page
from .check.rules.links import has_link
from .check.site import Site

# Related posts that are looked at.
MAX_RELATED = 10
# Key terms of a post, of which a sentence about it has some, where none has the words of its title.
MAX_KEY_TERMS, MIN_KEY_TERMS = 8, 2
# Words by which a sentence is found in its file; fewer are tried where the file has markup between them.
SOUGHT_WORDS = (8, 5, 3)
# ... from as many before the first marked one.
WORDS_BEFORE = 2

_ANY_WORD = re.compile(r"\w+")
_MARK_TAG = re.compile("</?mark>")
_MARKED_WORD = re.compile("<mark>(.*?)</mark>")


class LinkSuggestion(Struct, frozen=True, kw_only=True):
    """A place in a file for a link, and the post that it leads to.

    Attributes:
        line: From 1; None where the sentence is not in the file as it is read.
        text: The sentence and some around it.
        target: The path of the post to link to.
    """

    file: str
    line: int | None
    text: str
    target: str
    title: str
    url: str


def suggest_links(snapshot: Snapshot, settings: Settings, path: str) -> list[LinkSuggestion]:
    """Return links that older posts could have to a post, and then those that it could have to others.

    Raises:
        BackmatterError: The index has no such post, or its file cannot be read.
    """
    post = _post(snapshot, path)
    others = [_post(snapshot, other.path) for other in related(snapshot, post, MAX_RELATED)]
    older = [other for other in others if other.date and post.date and other.date <= post.date]
    pairs = [*((other, post) for other in older), *((post, other) for other in others)]
    pages = {each.path: _page(each.path, settings) for each in (post, *others)}
    return [found for source, target in pairs for found in _suggested(snapshot, settings, source, target, pages)]


def _suggested(
    snapshot: Snapshot, settings: Settings, source: Post, target: Post, pages: dict[str, Page]
) -> Iterator[LinkSuggestion]:
    """Yield the best place in a post for a link to another one, unless it links there."""
    page = pages[source.path]
    if has_link(Site(tuple(pages.values()), settings, datetime.now(UTC)), page, pages[target.path]):
        return
    hit = _mention(snapshot, source, target)
    if hit:
        yield LinkSuggestion(
            file=page.source.file.as_posix(),
            line=_line(page, hit),
            text=" ".join(hit.passage.text.split()),
            target=target.path,
            title=target.title,
            url=target.url,
        )


def _mention(snapshot: Snapshot, source: Post, target: Post) -> Hit | None:
    """Return the passage of a post that has all words of another's title, or else some of its key terms."""
    titled = _best(snapshot, source, target.title)
    if titled and not titled.missing:
        return titled
    found = _best(snapshot, source, " OR ".join(snapshot.key_terms(target.slug, MAX_KEY_TERMS)))
    return found if found and len(set(_MARKED_WORD.findall(found.passage.html.casefold()))) >= MIN_KEY_TERMS else None


def _best(snapshot: Snapshot, source: Post, query: str) -> Hit | None:
    """Return the hit of a query in one post, if its passage is prose with words of the query."""
    hits = search(snapshot, analyse(query, exact=True).only(source.path), per_page=1).hits if query else ()
    return hits[0] if hits and "<mark>" in hits[0].passage.html and hits[0].passage.code is None else None


def _line(page: Page, hit: Hit) -> int | None:
    """Find the line of the first marked word by the words around it, or else that of the section's heading."""
    before, _, after = hit.passage.html.partition("<mark>")
    words = [
        *_ANY_WORD.findall(unescape(before))[-WORDS_BEFORE:],
        *_ANY_WORD.findall(unescape(_MARK_TAG.sub("", after))),
    ]
    for count in SOUGHT_WORDS:
        found = re.search(r"[\W_]+".join(map(re.escape, words[:count])), page.text)
        if found and len(words) >= count:
            return page.text.count("\n", 0, found.start()) + 1
    anchors = [section.anchor for section in page.post.sections]
    return page.heading_lines[anchors.index(hit.passage.anchor)] if hit.passage.anchor in anchors else None


def _post(snapshot: Snapshot, path: str) -> Post:
    held = snapshot.holdings().get(path)
    post = snapshot.post(held.slug) if held else None
    if post is None:
        raise BackmatterError(f"{path}: is no post of the index; name one by its path, as results have it")
    return post


def _page(path: str, settings: Settings) -> Page:
    for root in settings.content:
        if (root / path).is_file():
            return read_page(Source(root, path, ""), settings)
    raise BackmatterError(f"{path}: is not below {', '.join(map(str, settings.content))}; index again")
