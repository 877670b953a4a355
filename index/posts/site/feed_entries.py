"""What the feeds beside built pages say of each: its date, author and tags, which many themes do not print."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from ...model import Source
from ..addresses.slugs import page_address
from ..front_matter.dates import parse_date
from .sitemaps import FEED_NAMES, change_of, link_of, parse_sitemap

MAX_FEED_BYTES = 10_000_000
"""Bytes of a feed that is read; one with the whole texts of 500 posts has less."""

FeedValues = Mapping[str, Any]


def feed_values(source: Source, base_url: str) -> FeedValues:
    """Return what the feeds in a directory of built pages say of one of them, with the keys of front matter."""
    entries = _entries(source.root, source.site.feeds or feed_changes(source.root))
    base = urlsplit(base_url).path.strip("/") if entries else ""
    return entries.get("/".join(filter(None, (base, page_address(source.path)))), {})


def feed_changes(root: Path) -> tuple[int, ...]:
    """Return when each of the feeds in a directory was changed."""
    return tuple(change_of(root / name) for name in FEED_NAMES)


@lru_cache(maxsize=8)
def _entries(root: Path, stamps: tuple[int, ...]) -> dict[str, FeedValues]:
    """Return the entries of all feeds by the address of their pages; of several entries of a page, the first counts."""
    found: dict[str, FeedValues] = {}
    for name, stamp in zip(FEED_NAMES, stamps, strict=True):
        for entry in _parsed_feed(root / name) if stamp else ():
            path = unquote(_path(link_of(entry))).strip("/")
            if path:
                found.setdefault(page_address(path), _values(entry))
    return found


def _parsed_feed(file: Path) -> Iterator[etree._Element]:
    try:
        with file.open("rb") as opened:
            root = parse_sitemap(opened.read(MAX_FEED_BYTES))
    except (OSError, ValueError):
        return
    yield from root.iter("{*}item", "{*}entry")


def _path(address: str) -> str:
    try:
        return urlsplit(address.strip()).path
    except ValueError:
        return ""


def _values(entry: etree._Element) -> FeedValues:
    """Return what an entry says; Atom asks for `updated` alone, RSS has its date under either of two names."""
    published, updated = _moment(entry, "published", "pubDate", "date"), _moment(entry, "updated")
    tags = [name for each in entry.findall("{*}category") if (name := each.get("term") or each.text)]
    author = entry.findtext("{*}author/{*}name") or entry.findtext("{*}creator")
    values = {
        "date": published or updated,
        "updated": published and updated,
        "author": author and author.strip(),
        "tags": [name.strip() for name in tags],
    }
    return {key: value for key, value in values.items() if value}


def _moment(entry: etree._Element, *names: str) -> datetime | None:
    for name in names:
        try:
            if moment := parse_date((entry.findtext(f"{{*}}{name}") or "").strip()):
                return moment
        except ValueError:
            continue
    return None
