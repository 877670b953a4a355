"""What the pages show, worked out as plain data; templates only put it in place.

What a page has dozens of are structs, which are made faster.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup
from msgspec import Struct

from app import formats
from app.asking import MAX_REACHABLE, Asking, last_page
from app.words import gettext, later
from index.engine import SORTS
from index.model import Facet, Hit, Post, Results, Section

# Values of a facet that are shown at once; the others are one click away.
FACETS_SHOWN = 12
# With more than these, a list is no longer read.
FACETS_LISTED = 60
# Page links to either side of the current one.
NEIGHBOURS = 2
# A list of contents is worth its place from here on.
MIN_CONTENTS = 3
# Deeper headings are details.
MAX_CONTENTS_LEVEL = 3

# Hebrew, Arabic and their neighbours, and their forms for display.
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

# Gives the address of everything with a tag.
_OF_TAG = Asking().adding("tag")

SORT_LABELS = {"relevance": later("Best match"), "newest": later("Newest"), "oldest": later("Oldest")}


class Link(Struct, frozen=True):
    """A link with its text; `current` where it leads to what is shown already."""

    label: str
    url: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet's values as links: `shown` at once, `more` on demand."""

    title: str
    shown: tuple[Link, ...]
    more: tuple[Link, ...]


class HitView(Struct, frozen=True):
    """One article in a list. `html` is escaped text with marks, `section` and `further` are sections of it."""

    hit: Hit
    url: str
    html: Markup
    tags: tuple[Link, ...]
    section: Link | None
    further: tuple[Link, ...]


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


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in an article's list of contents; `depth` from 0."""

    title: str
    anchor: str
    depth: int


def search_view(asking: Asking, results: Results) -> SearchView:
    """Lay out results."""
    last = last_page(results.total, asking.per_page)
    return SearchView(
        heading=_heading(asking, results),
        summary=_summary(asking, results),
        hits=tuple(_hit(hit, results.correction or asking.text.strip()) for hit in results.hits),
        first=(asking.page - 1) * asking.per_page + 1,
        chips=chips(asking),
        facets=facet_views(asking, results.facets),
        sorts=sort_links(asking),
        pages=page_links(asking, last),
        previous=asking.url(page=asking.page - 1) if asking.page > 1 else "",
        following=asking.url(page=asking.page + 1) if asking.page < last else "",
        cut_off=asking.page == last and results.total > MAX_REACHABLE,
    )


def _hit(hit: Hit, words: str) -> HitView:
    found = hit.passage
    return HitView(
        hit=hit,
        # What stands before the first heading is the article's beginning.
        url=marking(hit.url if found.anchor else found.url, words),
        html=Markup(found.html),  # noqa: S704 - escaped by index.passages
        tags=tag_links(hit.tags),
        section=Link(found.section, marking(found.url, words)) if found.section and found.anchor else None,
        further=tuple(Link(place.section, marking(place.url, words)) for place in hit.further),
    )


def marking(url: str, words: str) -> str:
    """Give the address of an article with a query's words marked in it; the author's own site does not mark."""
    if not words or not url.startswith("/articles/"):
        return url
    path, sign, anchor = url.partition("#")
    return f"{path}?{urlencode({'q': words})}{sign}{anchor}"


def _heading(asking: Asking, results: Results) -> str:
    query = _isolated(results.correction or asking.text.strip())
    if not query:
        return gettext("Articles") if asking.is_narrowed else gettext("Latest articles")
    if results.total:
        return gettext("Results for “%(query)s”", query=query)
    return gettext("Nothing for “%(query)s”", query=query)


def _isolated(text: str) -> str:
    """Keep what is written from right to left in its own order within a sentence."""
    return f"\u2068{text}\u2069" if RIGHT_TO_LEFT.search(text) else text


def _summary(asking: Asking, results: Results) -> str:
    count = formats.articles(results.total)
    last = last_page(results.total, asking.per_page)
    return (
        gettext("%(count)s, page %(page)s of %(last)s", count=count, page=asking.page, last=last) if last > 1 else count
    )


def chips(asking: Asking) -> tuple[Link, ...]:
    """Give the active filters, each as a link that takes it away."""
    tags = [Link(tag, _without_tag(asking)(tag)) for tag in asking.tags]
    years = [Link(year, _without_year(asking)(year)) for year in asking.years]
    return (*tags, *years, *(Link(formats.language_name(o), _without_language(asking)(o)) for o in asking.languages))


def facet_views(asking: Asking, facets: Mapping[str, Collection[Facet]]) -> tuple[FacetView, ...]:
    """Give the facets that can narrow what is shown further; a value that is active has a link that undoes it."""
    tags = _facet_links(facets.get("tag", ()), asking.tags, asking.adding("tag"), _without_tag(asking))
    years = _facet_links(facets.get("year", ()), asking.years, asking.adding("year"), _without_year(asking))
    years.sort(key=lambda link: link.label, reverse=True)
    languages = _language_links(asking, facets.get("language", ()))
    return tuple(
        FacetView(title, tuple(links[:FACETS_SHOWN]), tuple(links[FACETS_SHOWN:FACETS_LISTED]))
        for title, links in ((gettext("Topics"), tags), (gettext("Years"), years), (gettext("Languages"), languages))
        if links
    )


def _facet_links(
    facets: Collection[Facet], active: tuple[str, ...], add: Callable[[str], str], remove: Callable[[str], str]
) -> list[Link]:
    return [
        Link(facet.value, (remove if facet.value in active else add)(facet.value), facet.value in active, facet.count)
        for facet in facets
    ]


def _language_links(asking: Asking, facets: Collection[Facet]) -> list[Link]:
    """Give the languages by their names; where there is only one, there is nothing to choose."""
    add, remove = asking.adding("language"), _without_language(asking)
    links = _facet_links(facets, asking.languages, add, remove) if len(facets) > 1 or asking.languages else []
    return [msgspec.structs.replace(link, label=formats.language_name(link.label)) for link in links]


def _without_tag(asking: Asking) -> Callable[[str], str]:
    return lambda tag: asking.url(tags=_without(asking.tags, tag))


def _without_year(asking: Asking) -> Callable[[str], str]:
    return lambda year: asking.url(years=_without(asking.years, year))


def _without_language(asking: Asking) -> Callable[[str], str]:
    return lambda language: asking.url(languages=_without(asking.languages, language))


def _without(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(other for other in values if other != value)


def sort_links(asking: Asking) -> tuple[Link, ...]:
    """Give the orders there are; without words nothing can match best, and the newest come first."""
    searching = bool(asking.text.strip())
    current = asking.sort if searching or asking.sort != "relevance" else "newest"
    return tuple(
        Link(gettext(SORT_LABELS[sort]), asking.url(sort=sort), sort == current)
        for sort in SORTS
        if searching or sort != "relevance"
    )


def page_links(asking: Asking, last: int) -> tuple[Link | None, ...]:
    """Give links to the first, the last and the neighbouring pages; None stands for a gap."""
    if last == 1:
        return ()
    near = range(asking.page - NEIGHBOURS, asking.page + NEIGHBOURS + 1)
    numbers = sorted({1, last} | {number for number in near if 1 <= number <= last})
    links: list[Link | None] = []
    url = asking.adding("page")
    for number, before in zip(numbers, [0, *numbers], strict=False):
        if number - before > 1:
            links.append(None)
        links.append(Link(str(number), url(str(number)) if number > 1 else asking.url(), number == asking.page))
    return tuple(links)


def tag_links(tags: Collection[str]) -> tuple[Link, ...]:
    """Give an article's tags, each with everything that has it."""
    return tuple(Link(tag, _OF_TAG(tag)) for tag in tags)


def contents(post: Post) -> tuple[Entry, ...]:
    """Give an article's list of contents; nothing for one of few sections."""
    listed = [section for section in post.sections if _is_listed(section, post.title)]
    if len(listed) < MIN_CONTENTS:
        return ()
    top = min(section.level for section in listed)
    return tuple(Entry(section.title, section.anchor, section.level - top) for section in listed)


def _is_listed(section: Section, title: str) -> bool:
    repeats_title = section.level == 1 and section.title == title
    return bool(section.anchor and section.title) and section.level <= MAX_CONTENTS_LEVEL and not repeats_title
