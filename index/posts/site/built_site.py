"""What the pages of a built site say of each other, learned before they are read.

Which pages redirect to which, which ones the sitemap lists, and what all of them share, which is the theme's. It is
learned from files whose number or size is bounded. What concerns a page is part of its stamp, so that the page is read
again when that changes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from html import unescape
from itertools import islice
from pathlib import Path
from posixpath import dirname
from urllib.parse import unquote, urljoin, urlsplit
from zlib import crc32

from msgspec.structs import replace

from ...errors import PostError
from ...model import HTML_SUFFIXES, SiteTraits, Source
from ...settings import Settings
from ..addresses.slugs import page_address
from ..extraction.pagefind import BODY
from ..pages.html_reader import HtmlTree, parse_html
from ..pages.main_content import find_main
from ..pages.page_head import refresh_target
from .feed_entries import feed_changes
from .shared_text import shared_lines
from .sitemaps import (
    MAX_SITEMAP_BYTES,
    MAX_SITEMAPS,
    SITEMAP_NAMES,
    change_of,
    links_in,
    parse_sitemap,
)

TEXT_PAGES = 20
"""Pages whose texts are compared."""
TRAIT_PAGES = 200
"""Pages that are looked at for what all share; of more, the same ones in every run."""
SAMPLE_BYTES = 200_000
"""Bytes of each of them that are read."""
MIN_TITLES = 3
"""Titles that can share something."""
SHARING = 0.8
"""The share of the titles that it has to be in."""
MAX_REDIRECT_BYTES = 4_096
"""Bytes of a page that may be a redirect; those of generators and their plugins have less than a thousand."""
MAX_HOPS = 5
"""Redirects that may follow each other."""
MIN_LISTED = 0.5
"""The share of all pages, and of the pages of a folder, that a sitemap has to list to judge the others."""

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,1000})</title", re.IGNORECASE)
_BODY_TAG = re.compile(rf"<[a-zA-Z][^<>]{{0,2000}}\s{BODY}".encode())
_TITLE_SEPARATOR = re.compile(r" [-–—·•:~/] | ?[|»«] ?")
_MAX_SEPARATORS = 5


def surveyed(root: Path, sources: Sequence[Source | PostError], settings: Settings) -> Sequence[Source | PostError]:
    """Return the posts of a directory, the pages among them with what the others say of each."""
    pages = [source for source in sources if isinstance(source, Source) and source.path.lower().endswith(HTML_SUFFIXES)]
    if not pages:
        return sources
    traits = replace(_traits(tuple(nsmallest(TRAIT_PAGES, pages, key=_order))), feeds=feed_changes(root))
    base = urlsplit(settings.base_url).path.strip("/")
    old = _redirects(pages, base)
    unlisted = _unlisted(root, pages, base) if settings.generator == "html" else frozenset()
    shared = (traits.title_start, traits.title_end, traits.has_bodies, sorted(traits.lines))
    told = {
        page.path: _told(page, traits, shared, old.get(page.path, ()), is_unlisted=page.path in unlisted)
        for page in pages
    }
    return [told.get(source.path, source) for source in sources]


def _told(source: Source, traits: SiteTraits, shared: object, aliases: tuple[str, ...], *, is_unlisted: bool) -> Source:
    told = blake2b(repr((shared, aliases, is_unlisted)).encode(), digest_size=4).hexdigest()
    return Source(source.root, source.path, f"{source.stamp}:{told}", traits, is_unlisted, aliases)


def _order(source: Source) -> int:
    """Return a number that does not depend on the other pages, so that the sample stays the same."""
    return crc32(source.path.encode())


@lru_cache(maxsize=8)
def _traits(sample: Sequence[Source]) -> SiteTraits:
    """Return what the pages of a sample share."""
    contents = [_beginning(source, SAMPLE_BYTES) for source in sample]
    found = filter(None, map(_TITLE.search, contents))
    titles = [" ".join(unescape(title[1].decode("utf-8", "replace")).split()) for title in found]
    end = _shared([[title[at.start() :] for at in _separators(title)] for title in titles])
    titles = [title.removesuffix(end) for title in titles]
    start = _shared([[title[: at.end()] for at in _separators(title)] for title in titles])
    pages = [(source, content.decode("utf-8", "replace")) for source, content in zip(sample, contents, strict=True)]
    return SiteTraits(start, end, any(map(_has_body, contents)), shared_lines(pages[:TEXT_PAGES]))


def _separators(title: str) -> Iterator[re.Match[str]]:
    return islice(_TITLE_SEPARATOR.finditer(title), _MAX_SEPARATORS)


def _shared(titles: Sequence[Sequence[str]]) -> str:
    """Return the longest of the parts of titles that most have, or ""."""
    counts = Counter(part for parts in titles for part in set(parts))
    enough = max(MIN_TITLES, SHARING * len(titles))
    return max((part for part, count in counts.items() if count >= enough), key=len, default="")


def _has_body(content: bytes) -> bool:
    """Check whether a page marks its article for Pagefind, and does not only write about it."""
    if not _BODY_TAG.search(content):
        return False
    try:
        return find_main(HtmlTree(parse_html(content.decode("utf-8", "replace")))).has_body
    except RecursionError:
        return False


def _beginning(source: Source, size: int) -> bytes:
    try:
        with source.file.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _redirects(pages: Sequence[Source], base: str) -> dict[str, tuple[str, ...]]:
    """Return the addresses of the pages that redirect to each page, by its path."""
    small = (page for page in pages if int(page.stamp.partition(":")[0]) <= MAX_REDIRECT_BYTES)
    targets = {page_address(page.path): target for page in small if (target := _target(page))}
    if not targets:
        return {}
    paths = {page_address(page.path): page.path for page in pages}
    found: dict[str, list[str]] = {}
    for address in targets:
        reached = address
        for _ in range(MAX_HOPS):
            if reached in targets:
                reached = _below(targets[reached], base)
        if reached in paths and reached not in targets:
            found.setdefault(paths[reached], []).append(address)
    return {path: tuple(sorted(addresses)) for path, addresses in found.items()}


@lru_cache(maxsize=10_000)
def _target(page: Source) -> str:
    """Return the path of the page that a page redirects to, or ""."""
    content = _beginning(page, MAX_REDIRECT_BYTES)
    if b"http-equiv" not in content.lower():
        return ""
    try:
        tree = HtmlTree(parse_html(content.decode("utf-8", "replace")))
        target = refresh_target(map(tree.attributes, tree.find(tree.root, "meta")))
        return unquote(urlsplit(urljoin(f"/{page.path}", target)).path) if target else ""
    except (ValueError, RecursionError):
        return ""


def _below(path: str, base: str) -> str:
    """Return the address of a page below that of its site."""
    address = path.strip("/")
    below = address[len(base) :].lstrip("/") if base and f"{address}/".startswith(f"{base}/") else path
    return page_address(below)


def _unlisted(root: Path, pages: Sequence[Source], base: str) -> frozenset[str]:
    """Return the paths of the pages that the sitemap does not list, though it lists most pages of their folders."""
    listed = _listed(root, tuple(map(change_of, (root / name for name in SITEMAP_NAMES))), base)
    addresses = {page.path: page_address(page.path) for page in pages} if listed else {}
    known = {path for path, address in addresses.items() if address in listed}
    if len(known) < MIN_LISTED * len(pages):
        return frozenset()
    all_in, known_in = (Counter(dirname(addresses[path]) for path in paths) for paths in (addresses, known))
    enough = {folder for folder, count in all_in.items() if known_in[folder] > MIN_LISTED * count}
    return frozenset(path for path in addresses.keys() - known if dirname(addresses[path]) in enough)


@lru_cache(maxsize=8)
def _listed(root: Path, changes: tuple[int, ...], base: str) -> frozenset[str]:
    """Return the addresses that the sitemaps of a site list."""
    todo = [root / name for name, change in zip(SITEMAP_NAMES, changes, strict=True) if change]
    found: set[str] = set()
    for number, file in enumerate(todo):
        if number >= MAX_SITEMAPS:
            break
        for link in _links(file):
            below = _below(link, base)
            if link.endswith(".xml"):
                todo += [root / below] if (root / below).is_relative_to(root) and ".." not in below else []
            else:
                found.add(below)
    return frozenset(found)


def _links(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as opened:
            root = parse_sitemap(opened.read(MAX_SITEMAP_BYTES))
    except (OSError, ValueError):
        return
    for link in links_in(root):
        with suppress(ValueError):
            yield unquote(urlsplit(link.strip()).path)
