"""Sitemaps and feeds: which pages a site lists, and what it is called."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

FEED_NAMES = (
    *("feed.xml", "atom.xml", "rss.xml", "index.xml", "feeds/all.atom.xml"),
    *("blog/atom.xml", "blog/rss.xml", "blog/feed.xml", "posts/index.xml"),
)
"""Usual names of feeds."""
SITEMAP_NAMES = ("sitemap.xml", "sitemap-index.xml", "sitemap_index.xml")
"""Usual names of sitemaps, and of indexes of several."""
MAX_SITEMAPS = 100
"""Sitemaps that are read of an index of sitemaps; each can list 50,000 pages."""
MAX_SITEMAP_BYTES = 50_000_000
"""Bytes of a sitemap or feed: https://www.sitemaps.org/protocol.html"""
ROOT_NAMES = ("urlset", "sitemapindex", "rss", "feed", "RDF")
"""The root elements of sitemaps and of feeds: RSS 2.0, Atom, RSS 1.0."""


def parse_sitemap(body: bytes) -> etree._Element:
    """Parse a sitemap or feed, without entities and without asking anybody else.

    Raises:
        ValueError: It is neither.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.LxmlError as error:
        raise ValueError(str(error)) from None
    if etree.QName(root).localname not in ROOT_NAMES:
        raise ValueError("it is no sitemap and no feed")
    return root


def change_of(file: Path) -> int:
    """Return when a file was changed, in nanoseconds; 0 where it is not there."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def links_in(root: etree._Element) -> Iterator[str]:
    """Yield the addresses of the pages or other sitemaps that a sitemap or feed lists."""
    for element in root.iter("{*}loc", "{*}item", "{*}entry"):
        if etree.QName(element).localname != "loc":
            yield link_of(element)
        elif etree.QName(element.getparent()).localname in ("url", "sitemap"):
            yield element.text or ""


def link_of(entry: etree._Element) -> str:
    """Return the address of the page that an entry of a feed is about, or ""."""
    if etree.QName(entry).localname == "item":
        return entry.findtext("{*}link") or ""
    links = entry.findall("{*}link")
    return next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")


def feed_title(root: etree._Element) -> str:
    """Return the title of a feed; "" where it has none, as a sitemap."""
    title = root.findtext("{*}title") or root.findtext("{*}channel/{*}title") or ""
    return " ".join(title.split())
