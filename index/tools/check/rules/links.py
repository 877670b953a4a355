"""Links within the site, to a page or a place in one.

A file knows little of the site that a generator makes of it: tags, archives, redirects, a folder of static files. So a
link is called dead only where the answer is in the files: it names a post's file, or an address in a folder that most
of the other links into it find their page in.
"""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePosixPath
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from ....model import HTML_SUFFIXES
from ....posts.discover import is_post
from ..finding import Fault
from ..page import Page, PageReference
from ..site import Site

KNOWN_SHARE = 0.75
"""How many of the addresses in a folder that posts link to are there, at least, where the others are dead."""
ALWAYS_THERE = frozenset(("", "top"))
"""Fragments that lead to a page's start: HTML standard, "find a potential indicated element"."""
MANY = 3
"""Posts that link to one address, at least, where it is taken for one that something else than a file makes, or that
redirects: of what Go and Kubernetes link to so often, nothing looked dead. A renamed page that as many posts link to is
missed."""


def dead_link(site: Site) -> Iterator[Fault]:
    """Find links to pages that are not there, or are held back while the page that links is not."""
    known = _known_folders(site)
    linking = Counter(key for page in site.pages for key in {_linked(site, page, met.value) for met in page.links})
    for page, met, path in _links_within(site):
        target = find_page(site, page, path)
        if target is None:
            is_usual = not site.built and linking[_linked(site, page, met.value)] >= MANY
            if not is_usual and _is_dead(site, page, path, known):
                yield Fault("dead-link", page.source, met.line, f"{met.value} leads nowhere", _advice(site, page, path))
        elif (reason := _missing_for(site, target)) and not site.reason(page):
            message = f"{met.value} leads to a post that is held back: {reason}"
            yield Fault("dead-link", page.source, met.line, message, "remove the link, or publish the post")


def _links_within(site: Site) -> Iterator[tuple[Page, PageReference, str]]:
    """Yield the links of the posts to other pages of the site, with the page that links and the path."""
    for page in site.pages:
        for met in page.links:
            path = _path(site, met.value)
            if met.line and path:
                yield page, met, path


def _missing_for(site: Site, target: Page) -> str:
    """Return why readers who follow a link to a page do not get there, or ""."""
    reason = site.reason(target) or ""
    return "" if reason == "unlisted" or target.post.no_article else reason


def dead_anchor(site: Site) -> Iterator[Fault]:
    """Find links to a place that a page does not have."""
    for page in site.pages:
        for met in page.links:
            fragment = unquote(_split(met.value)[1])
            target = _target(site, page, met.value) if met.line and _is_place(fragment) else None
            if target and not target.is_open and fragment not in target.anchors:
                where = "this post" if target is page else target.path
                advice = _closest(fragment, sorted(target.anchors)) or "link to the page, or give the heading that id"
                yield Fault("dead-anchor", page.source, met.line, f"{where} has no #{fragment}", advice)


def _is_place(fragment: str) -> bool:
    """Check whether a fragment names an id, and is not for a browser or a script."""
    return fragment.lower() not in ALWAYS_THERE and not fragment.startswith((":~:", "!", "/"))


def _target(site: Site, page: Page, address: str) -> Page | None:
    """Return the page that a link leads to as it is; a script makes of a page what a query says."""
    path = _path(site, address)
    if path is None or urlsplit(address).query:
        return None
    return find_page(site, page, path) if path else page


def has_link(site: Site, page: Page, target: Page) -> bool:
    """Check whether a page links to another one."""
    paths = (_path(site, met.value) for met in page.links)
    return any(path and find_page(site, page, path) is target for path in paths)


def find_page(site: Site, page: Page, path: str) -> Page | None:
    """Find the page that a path leads to from another one: by its file, or by its address."""
    for file in _files(page, path):
        if file in site.by_path:
            return site.by_path[file]
    return next((site.by_address[key] for key in _keys(site, page, path) if key in site.by_address), None)


def is_beside(address: str) -> bool:
    """Check whether an address is the relative path of a file."""
    path, _ = _split(address)
    return (
        bool(path) and not path.startswith(("/", "@", "~")) and "{" not in address and bool(PurePosixPath(path).suffix)
    )


def is_there(page: Page, address: str) -> bool:
    """Check whether a file or folder exists where an address leads, from the post's file or from its address."""
    path, _ = _split(address)
    folder, name = dirname(page.path), PurePosixPath(page.path).stem
    places = (join(folder, unquote(path)), join(folder, name, unquote(path)))
    return any((page.source.root / normpath(place)).exists() for place in places)


def _linked(site: Site, page: Page, address: str) -> str:
    """Return the key of the address that a link leads to, "" for one elsewhere."""
    path = _path(site, address)
    return _keys(site, page, path)[0] if path else ""


def _path(site: Site, address: str) -> str | None:
    """Return the path of an address within the site, "" for the page itself, None for an address elsewhere."""
    base = site.settings.base_url
    if base and address.startswith(base.rstrip("/") + "/"):
        return urlsplit(address).path
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else unquote(parts.path)


def _split(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return ("", "") if parts.scheme or parts.netloc else (parts.path, parts.fragment)


def _files(page: Page, path: str) -> list[str]:
    """Return the files that a path can name: from the post's own folder, or from the top, where Zola's `@/` starts."""
    plain = path.removeprefix("@")
    place = plain.lstrip("/") if plain.startswith("/") else join(dirname(page.path), plain)
    return [normpath(place), *(normpath(join(place, name)) for name in ("index.md", "_index.md", "README.md"))]


def _keys(site: Site, page: Page, path: str) -> list[str]:
    """Return the addresses that a path can mean: from the top, below the page's address, or beside it."""
    if path.startswith("/"):
        return [site.key(path)]
    own = site.key(page.post.url if page.post.claim else "/" + page.post.slug)
    bases = (own, dirname(own), dirname(page.path).lower())
    return [site.key("/" + normpath(join("/", base, path)).lstrip("/")) for base in bases]


def _known_folders(site: Site) -> frozenset[str]:
    """Find the folders of the site whose pages are known, by how many of the links into each find theirs."""
    linked = {
        key
        for page in site.pages
        for met in page.links
        if (path := _path(site, met.value))
        for key in _keys(site, page, path)[:1]
    }
    there: Counter[str] = Counter(dirname(key) for key in linked if site.leads(key))
    every = Counter(dirname(key) for key in linked)
    return frozenset(folder for folder in there if folder and there[folder] >= KNOWN_SHARE * every[folder])


def _is_dead(site: Site, page: Page, path: str, known: frozenset[str]) -> bool:
    suffix = PurePosixPath(path).suffix.lower()
    if is_post(path) and suffix not in HTML_SUFFIXES:
        return not is_there(page, path) and not path.startswith("/")
    if (suffix and suffix not in HTML_SUFFIXES) or is_there(page, path):
        return False
    keys = _keys(site, page, path)
    if site.built:
        return not any(site.built.has_file(key) or site.leads(key) for key in keys)
    return any(dirname(key) in known for key in keys) and not any(map(site.leads, keys))


def _advice(site: Site, page: Page, path: str) -> str:
    nearby = _closest(_keys(site, page, path)[0], list(site.by_address))
    return nearby or "correct it, or write the page"


def _closest(wanted: str, known: list[str]) -> str:
    found = get_close_matches(wanted, known, n=1, cutoff=0.8) if len(known) <= MAX_COMPARED else []
    return f"did you mean {found[0]}?" if found else ""


MAX_COMPARED = 2_000
"""Addresses that a dead one is compared with; each comparison takes some 20 µs."""
