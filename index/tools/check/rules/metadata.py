"""Rules about dates, titles and addresses."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from ....posts.front_matter.drafts import UNLISTED_IF_FALSE, UNLISTED_IF_TRUE
from ....posts.front_matter.metadata import DATE_KEYS, EXPIRES_KEYS, MAX_BOOST, MIN_BOOST
from ..finding import Fault
from ..page import Page
from ..site import Site, by_folder

LISTS = frozenset(("_index", "README", "readme"))
DATED_SHARE = 0.5
"""How many of a folder's posts have a date, at least, where one without is missing it; manuals date none."""
HIDING = (
    "draft",
    "published",
    *EXPIRES_KEYS,
    *UNLISTED_IF_TRUE,
    *UNLISTED_IF_FALSE,
    "build",
    "robots",
    "status",
    "redirect",
)
"""Keys of front matter that can hold a post back."""


def missing_date(site: Site) -> Iterator[Fault]:
    """Find posts without a date in folders of which most posts have one."""
    for pages in by_folder(site.pages).values():
        posts = [page for page in pages if not _is_list(page) and not site.reason(page)]
        dated = sum(page.post.date is not None for page in posts)
        for page in posts:
            if page.post.date is None and dated > DATED_SHARE * len(posts):
                yield Fault("missing-date", page.source, None, "has no date, as others here do", "add date: 2026-01-31")


def future_date(site: Site) -> Iterator[Fault]:
    """Find posts dated in the future."""
    for page in site.pages:
        if page.post.date and page.post.date > site.now:
            advice = "nothing, if it is scheduled" if "future" in site.settings.hold_back else "correct the date"
            message = f"is dated {page.post.date:%Y-%m-%d %H:%M}, in the future"
            yield Fault("future-date", page.source, page.front_line(*DATE_KEYS), message, advice)


def held_back(site: Site) -> Iterator[Fault]:
    """Find posts that readers do not find, but for those that only wait for their day, and pages that are no posts."""
    for page in site.pages:
        reason = site.reason(page)
        if reason and not reason.startswith("dated") and not page.post.no_article:
            line = page.front_line(*HIDING)
            message = f"is held back from readers: {reason}"
            yield Fault(
                "held-back", page.source, line, message, "nothing, if it is meant; else change its front matter"
            )


def boost(site: Site) -> Iterator[Fault]:
    """Find posts whose boost is not one that counts."""
    for page in site.pages:
        search = page.front.values.get("search")
        written = search.get("boost") if isinstance(search, dict) else None
        if written is not None and page.post.boost != written:
            message = f"has a boost of {written!r:.40}, which has no effect"
            advice = f"write a number from {MIN_BOOST} to {MAX_BOOST}"
            yield Fault("boost", page.source, page.front_line("search"), message, advice)


def duplicate_title(site: Site) -> Iterator[Fault]:
    """Find posts with the title of another one in the same folder and language."""
    for pages in by_folder(site.pages).values():
        first: dict[tuple[str, str], Page] = {}
        for page in pages:
            if site.reason(page):
                continue
            other = first.setdefault((page.post.title.casefold(), page.post.language), page)
            if other is not page and not _is_list(page):
                message = f"has the same title as {other.path}: {page.post.title}"
                yield Fault("duplicate-title", page.source, page.front_line("title"), message, "give one another title")


def duplicate_address(site: Site) -> Iterator[Fault]:
    """Find posts that ask for an address that another one has, here or on the author's site."""
    slugs: dict[str, Page] = {}
    urls: dict[str, Page] = {}
    for page in site.pages:
        if site.reason(page):
            continue
        other = slugs.setdefault(page.post.slug, page)
        other = urls.setdefault(page.post.url, page) if other is page else other
        if other is not page:
            line = page.front_line("slug", "url", "permalink")
            message = f"has the same address as {other.path}: {page.post.url}"
            yield Fault("duplicate-address", page.source, line, message, "give one of them another slug")


def _is_list(page: Page) -> bool:
    """Check whether a page lists or introduces its folder, rather than being a post in it."""
    return PurePosixPath(page.path).stem in LISTS
