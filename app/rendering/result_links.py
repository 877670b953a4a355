"""Links from a page of results to others: with other filters, in another order, at another page."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from msgspec import Struct

from ...index.model import Facet
from ...index.query.tree import SORTS
from ..i18n import gettext, later
from ..search.request import VALUES_OF, FilterName, SearchRequest
from . import formats

# Values of a facet that are shown at once; the others are one click away.
FACETS_SHOWN = 12
# With more than these, a list is no longer read.
FACETS_LISTED = 60
# Page links to either side of the current one.
NEIGHBOURS = 2

FACET_TITLES = {
    "tag": later("Topics"),
    "year": later("Years"),
    "language": later("Languages"),
    "author": later("Authors"),
}
# Facets of which a single value is not offered.
OF_SEVERAL = {"language", "author"}
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


def chips(search_request: SearchRequest) -> tuple[Link, ...]:
    """Return the active filters, each as a link that removes it."""
    common = (
        Link(_label(name, value), search_request.removing(name)(value))
        for name in VALUES_OF
        for value in search_request.values_of(name)
    )
    of_keys = (Link(": ".join(pair), search_request.toggling(*pair)) for pair in search_request.chosen)
    return (*common, *_months(search_request), *of_keys)


def _months(search_request: SearchRequest) -> tuple[Link, ...]:
    """Return the chosen range of months."""
    if not search_request.months:
        return ()
    first, last = (
        formats.month(each) if each else "" for each in (search_request.first_month, search_request.last_month)
    )
    label = first if first == last else f"{first} – {last}".strip()
    return (Link(label, search_request.url(first_month="", last_month="")),)


def facet_views(search_request: SearchRequest, facets: Mapping[str, Collection[Facet]]) -> tuple[FacetView, ...]:
    """Return the facets that can narrow the results; the link of an active value removes it."""
    links = {name: _facet_links(search_request, name, facets.get(name, ())) for name in VALUES_OF}
    links["year"].sort(key=lambda link: link.label, reverse=True)
    of_keys = {name: _key_links(search_request, name, facets.get(name, ())) for name in search_request.facets}
    chosen = {name for name, _ in search_request.filter_parameters}
    return tuple(
        FacetView(_title(name), tuple(values[:FACETS_SHOWN]), tuple(values[FACETS_SHOWN:FACETS_LISTED]))
        for name, values in (*links.items(), *of_keys.items())
        if len(values) >= (2 if name in OF_SEVERAL - chosen else 1)
    )


def _title(name: str) -> str:
    """Return the heading of a facet: a key of front matter by its name."""
    return gettext(FACET_TITLES[name]) if name in FACET_TITLES else re.sub("[_-]", " ", name).capitalize()


def _key_links(search_request: SearchRequest, name: str, facets: Collection[Facet]) -> list[Link]:
    return [
        Link(
            facet.value,
            search_request.toggling(name, facet.value),
            (name, facet.value) in search_request.chosen,
            facet.count,
        )
        for facet in facets
    ]


def _facet_links(search_request: SearchRequest, name: FilterName, facets: Collection[Facet]) -> list[Link]:
    active = search_request.values_of(name)
    add, remove = search_request.adding(name), search_request.removing(name)
    return [
        Link(
            _label(name, facet.value),
            (remove if facet.value in active else add)(facet.value),
            facet.value in active,
            facet.count,
        )
        for facet in facets
    ]


def _label(name: FilterName, value: str) -> str:
    return formats.language_name(value) if name == "language" else value


def sort_links(search_request: SearchRequest) -> tuple[Link, ...]:
    """Return the sort orders; without words there is no best match, and the newest come first."""
    searching = bool(search_request.text.strip())
    current = search_request.sort if searching or search_request.sort != "relevance" else "newest"
    url = search_request.adding("sort")
    return tuple(
        Link(
            gettext(SORT_LABELS[sort]),
            search_request.url(sort=sort) if sort == "relevance" else url(sort),
            sort == current,
        )
        for sort in SORTS
        if searching or sort != "relevance"
    )


def page_links(search_request: SearchRequest, last: int) -> tuple[Link | None, ...]:
    """Return links to the first, the last and the neighbouring pages; None stands for a gap."""
    if last == 1:
        return ()
    near = range(search_request.page - NEIGHBOURS, search_request.page + NEIGHBOURS + 1)
    numbers = sorted({1, last} | {number for number in near if 1 <= number <= last})
    links: list[Link | None] = []
    for number, before in zip(numbers, [0, *numbers], strict=False):
        if number - before > 1:
            links.append(None)
        links.append(Link(str(number), search_request.page_url(number), number == search_request.page))
    return tuple(links)


def tag_links(tags: Collection[str], address: Callable[[str], str]) -> tuple[Link, ...]:
    """Return an article's tags, each as a link to all articles with it, or to the results that have it, too."""
    return tuple([Link(tag, address(tag)) for tag in tags])
