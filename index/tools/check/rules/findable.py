"""Rules about what searches find."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from statistics import median
from typing import NamedTuple

from .... import analysis
from ....model import Hit, Section
from ....query.analysed import analyse
from ....search.search import search
from ..finding import Fault
from ..page import Page
from ..site import Site

POSTS_WITH_HEADING = 6
"""Posts that have one heading, from which on a search for it leads anywhere."""
PART_WITH_HEADING = 0.02
"""... of all posts, since in a large journal some headings meet by chance."""
WORDS_OF_SECTION = 20
"""A section with fewer words is a heading for those below it."""
ABOUT_HEADING = 0.1
"""The part of the sections that have a word of their heading, up to which it says nothing of them."""
BY_TEMPLATE = 0.5
"""The part of a post's headings that many posts have, from which on it is written by a template and is meant so."""


class _Place(NamedTuple):
    page: Page
    section: Section
    line: int


def common_heading(site: Site) -> Iterator[Fault]:
    """Find headings that many posts have and no section is about, as "Introduction", and name each once."""
    places = _headings(site)
    most = max(POSTS_WITH_HEADING, PART_WITH_HEADING * len(site.pages))
    common = {title for title, found in places.items() if len(found) >= most}
    own = Counter(place.page.path for found in places.values() for place in found)
    shared = Counter(place.page.path for title in common for place in places[title])
    for title in sorted(common):
        found = places[title]
        if median(shared[place.page.path] / own[place.page.path] for place in found) < BY_TEMPLATE and _is_empty(found):
            page, section, line = found[0]
            message = (
                f"{len(found)} posts have the heading {section.title!r}, and their sections are about other things"
            )
            yield Fault("common-heading", page.source, line, message, "say in each what the section is about")


def _headings(site: Site) -> dict[str, list[_Place]]:
    """Return where each heading is, once in a post."""
    places: defaultdict[str, list[_Place]] = defaultdict(list)
    for page in site.pages:
        seen: set[str] = set()
        for section, line in zip(page.post.sections, page.heading_lines, strict=True):
            title = " ".join(section.title.casefold().split())
            if title and line and title not in seen:
                seen.add(title)
                places[title].append(_Place(page, section, line))
    return places


def _is_empty(places: Iterable[_Place]) -> bool:
    """Check whether hardly any section has a word of its heading."""
    about = [_is_about(place) for place in places if len(_text(place).split()) >= WORDS_OF_SECTION]
    return bool(about) and sum(about) <= ABOUT_HEADING * len(about)


def _is_about(place: _Place) -> bool:
    language = place.page.post.language
    named, said = (
        {analysis.stem(term, language) for term in analysis.terms(text)} for text in (place.section.title, _text(place))
    )
    return not named.isdisjoint(said)


def _text(place: _Place) -> str:
    return place.page.post.text[place.section.start : place.section.end]


def title_not_first(site: Site) -> Iterator[Fault]:
    """Find posts that a search for their title finds behind another one."""
    if site.snapshot is None:
        return
    held = site.snapshot.holdings()
    for page in site.pages:
        if page.path not in held or site.reason(page):
            continue
        hits = search(site.snapshot, analyse(page.post.title)).hits
        if hits and not _stands_for(hits[0], page):
            message = f"a search for its title finds {hits[0].title!r} first"
            advice = "say in the title what only this post has"
            yield Fault("title-not-first", page.source, page.front_line("title"), message, advice)


def _stands_for(hit: Hit, page: Page) -> bool:
    """Check whether a hit is a page, a copy or translation of it, or its successor."""
    same = (hit.path, *(copy.path for copy in hit.also_at), *(other.path for other in hit.translations))
    return page.path in same or hit.title.casefold() == page.post.title.casefold() or bool(page.post.superseded_by)
