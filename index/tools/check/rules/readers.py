"""A rule about what readers search for."""

from collections.abc import Iterator, Sequence

from ....insights.unanswered import Unanswered, unanswered
from ....model import Hit
from ....query.analysed import analyse
from ....query.tree import Filter
from ....search.curation import load_editorial
from ....search.search import search
from ..finding import Fault
from ..page import Page
from ..site import Site


def readers_words(site: Site) -> Iterator[Fault]:
    """Find posts that lack words under which readers look for them, and leave without opening anything.

    A post is the one that readers opened when they had asked in other words, or else the best that there is for a
    query. Misspelt words are left out, and so is what is pinned: for these, readers are helped already.
    """
    snapshot = site.snapshot
    if snapshot is None:
        return
    editorial = load_editorial(site.settings)
    for query in unanswered(site.settings):
        results = search(snapshot, analyse(query.text), per_page=1, editorial=editorial)
        if results.correction or any(hit.pinned for hit in results.hits):
            continue
        hits = results.hits
        page = site.by_address.get(site.key(query.opened)) if query.opened else None
        if page:
            chosen = analyse(query.text, filters=(Filter("path", page.path),), exact=True)
            hits = search(snapshot, chosen, per_page=1, editorial=editorial).hits
        elif hits:
            page = site.by_path.get(hits[0].path)
        lacking = hits[0].missing if hits else (query.text,)
        if page and lacking:
            yield _fault(page, query, lacking, hits)


def _fault(page: Page, query: Unanswered, lacking: Sequence[str], hits: Sequence[Hit]) -> Fault:
    times = f"{query.searches} times" if query.searches > 1 else "once"
    way = "found this post by other words" if query.opened else "opened nothing, not even this post, which is nearest"
    message = f"readers searched for {query.text!r} {times} and {way}: it lacks {', '.join(map(repr, lacking))}"
    return Fault("readers-words", page.source, _line(page, hits), message, "use their words, or add a synonym")


def _line(page: Page, hits: Sequence[Hit]) -> int | None:
    """Return the line of the heading whose section is nearest to what was searched for, or that of the title."""
    anchor = hits[0].passage.anchor if hits else ""
    headings = zip(page.post.sections, page.heading_lines, strict=True)
    nearest = next((line for section, line in headings if anchor and section.anchor == anchor), None)
    return nearest or page.front_line("title")
