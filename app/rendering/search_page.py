"""What the pages show, worked out as plain data; templates only put it in place.

What a page has dozens of are structs, which are made faster.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote_plus, unquote, urlencode

from markupsafe import Markup
from msgspec import Struct

from ...index.model import Hit, Passage, Results
from ...index.search.text_fragments import TEXT_FRAGMENT
from ..context import local
from ..i18n import gettext
from ..search.request import SearchRequest
from ..search.result_pages import MAX_REACHABLE, last_page
from . import formats
from .links import picture_url
from .result_links import FacetView, Link, chips, facet_views, page_links, sort_links, tag_links

# Anchors that are remembered as they are written: those of the sections that many searches find.
MAX_ANCHORS = 4_096

# Hebrew, Arabic and their neighbours, and their forms for display.
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class HitView(Struct, frozen=True):
    """One article in a list. `html` is escaped text with marks, `section` and `further` are sections of it."""

    hit: Hit
    url: str
    thumbnail: str
    html: Markup
    tags: tuple[Link, ...]
    section: Link | None
    further: tuple[Link, ...]
    passages_url: str


class SectionView(Struct, frozen=True):
    """What a section of an article says: a link to it, and escaped text with marks; `code` is that of `Passage`."""

    link: Link
    html: Markup
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """A page of results, or of posts to browse."""

    heading: str
    summary: str
    hits: tuple[HitView, ...]
    first: int
    chips: tuple[Link, ...]
    facets: tuple[FacetView, ...]
    sorts: tuple[Link, ...]
    pages: tuple[Link | None, ...]
    previous: str
    following: str
    cut_off: bool


def search_view(search_request: SearchRequest, results: Results) -> SearchView:
    """Lay out results."""
    last = last_page(results.total, search_request.per_page)
    words = results.correction or search_request.text.strip()
    query = urlencode({"q": words}) if words else ""
    mark, narrowing = marking(query), lru_cache(search_request.adding("tag"))
    sections = f"{local('/search/sections')}?{query}&path=" if query else ""
    return SearchView(
        heading=_heading(search_request, results),
        summary=_summary(search_request, results),
        hits=tuple([_hit(hit, mark, narrowing, sections) for hit in results.hits]),
        first=(search_request.page - 1) * search_request.per_page + 1,
        chips=chips(search_request),
        facets=facet_views(search_request, results.facets),
        sorts=sort_links(search_request),
        pages=page_links(search_request, last),
        previous=search_request.page_url(search_request.page - 1) if search_request.page > 1 else "",
        following=search_request.page_url(search_request.page + 1) if search_request.page < last else "",
        cut_off=search_request.page == last and results.total > MAX_REACHABLE,
    )


def _hit(hit: Hit, mark: Callable[[str], str], narrowing: Callable[[str], str], sections: str) -> HitView:
    found, is_own = hit.passage, not hit.journal
    return HitView(
        hit=hit,
        url=mark(found.url if TEXT_FRAGMENT in found.url else hit.url),
        thumbnail=thumbnail_url(hit) if hit.thumbnail and is_own else "",
        html=Markup(found.html),  # noqa: S704 - escaped by index.passages
        tags=tag_links(hit.tags, narrowing),
        section=Link(found.section, mark(found.url)) if found.section and found.anchor else None,
        further=tuple([Link(place.section, _landing_in(place.url, mark(place.url))) for place in hit.further]),
        passages_url=sections + quote_plus(hit.path) if hit.further and sections and is_own else "",
    )


def thumbnail_url(hit: Hit) -> str:
    """Return the address of a hit's picture: of a file beside the post, or of this or another site; "" for all else."""
    is_elsewhere = not hit.url.startswith(local("/articles/"))
    url = picture_url(hit.thumbnail, hit.path, hit.url, local(""), has_own_site=is_elsewhere) or ""
    return url if url.startswith((local("/media/"), "https:", "http:")) else ""


def section_views(search_request: SearchRequest, passages: Iterable[Passage]) -> tuple[SectionView, ...]:
    """Return what sections of an article say."""
    mark = marking(urlencode({"q": search_request.text.strip()}))
    return tuple(
        SectionView(
            Link(passage.section, mark(passage.url)),
            Markup(passage.html),  # noqa: S704 - escaped by index.passages
            passage.code,
        )
        for passage in passages
    )


def marking(query: str) -> Callable[[str], str]:
    """Return a function that makes the address of an article one with the words of a query string marked.

    An address of the author's own site stays as it is, which cannot mark words.
    """
    articles = local("/articles/")

    def marked(url: str) -> str:
        if not query or not url.startswith(articles):
            return url
        path, sign, anchor = url.partition("#")
        return f"{path}?{query}{sign}{anchor}"

    return marked


def _landing_in(url: str, marked: str) -> str:
    """Return the address that leads to a sentence of a section, which is looked for when it is asked for."""
    path, _, anchor = marked.partition("#")
    return f"{path}&at={_parameter(anchor)}" if marked != url else url


@lru_cache(maxsize=MAX_ANCHORS)
def _parameter(anchor: str) -> str:
    """Return the anchor of an address as the value of a parameter."""
    return quote_plus(unquote(anchor))


def _heading(search_request: SearchRequest, results: Results) -> str:
    query = _isolated(results.correction or search_request.text.strip())
    if not query:
        return gettext("Articles") if search_request.is_narrowed else gettext("Latest articles")
    if results.correction:
        return gettext("Showing results for “%(query)s”", query=query)
    if results.total:
        return gettext("Results for “%(query)s”", query=query)
    return gettext("Nothing for “%(query)s”", query=query)


def _isolated(text: str) -> str:
    """Keep what is written from right to left in its own order within a sentence."""
    return f"\u2068{text}\u2069" if RIGHT_TO_LEFT.search(text) else text


def _summary(search_request: SearchRequest, results: Results) -> str:
    count = formats.articles(results.total)
    if 0 < results.complete < results.total:
        count = gettext("%(count)s, %(complete)s of them with all words", count=count, complete=results.complete)
    last = last_page(results.total, search_request.per_page)
    return (
        gettext("%(count)s, page %(page)s of %(last)s", count=count, page=search_request.page, last=last)
        if last > 1
        else count
    )
