"""Rules about what searches find."""

from collections import defaultdict
from collections.abc import Iterator

from ....model import Hit
from ....query.analysed import analyse
from ....search.search import search
from ..finding import Fault
from ..page import Page
from ..site import Site

POSTS_WITH_HEADING = 6
"""Posts that have one heading, from which on a search for it leads anywhere."""
PART_WITH_HEADING = 0.02
"""... of all posts, since in a large journal some headings meet by chance."""


def common_heading(site: Site) -> Iterator[Fault]:
    """Find headings that many posts have, and name each once: none of the posts is found by it."""
    found: defaultdict[str, list[tuple[Page, int]]] = defaultdict(list)
    for page in site.pages:
        seen: set[str] = set()
        for section, line in zip(page.post.sections, page.heading_lines, strict=True):
            title = " ".join(section.title.casefold().split())
            if title and line and title not in seen:
                seen.add(title)
                found[title].append((page, line))
    for places in found.values():
        if len(places) >= max(POSTS_WITH_HEADING, PART_WITH_HEADING * len(site.pages)):
            page, line = places[0]
            title = next(
                section.title for section, at in zip(page.post.sections, page.heading_lines, strict=True) if at == line
            )
            message = f"{len(places)} posts have the heading {title!r}"
            yield Fault("common-heading", page.source, line, message, "say in each what the section is about")


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
