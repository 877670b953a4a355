"""Find the pages of a site by its links, where it has no sitemap."""

import re
from collections import deque
from collections.abc import Callable
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from ...model import HTML_SUFFIXES

_LINK_TARGET = re.compile(rb"<a\s[^<>]{0,2000}?\bhref\s*=\s*[\"']?([^\"'\s>]{1,2000})", re.IGNORECASE)


def crawl(get: Callable[[str], bytes | None], start: str, most: int) -> list[str]:
    """Return the addresses of the pages that can be reached from one, below its folder.

    Args:
        get: Fetches a page; None for what is none, or cannot be had.
        start: Where to begin.
        most: How many pages are looked at.
    """
    top = start[: start.rindex("/") + 1]
    waiting, seen, pages = deque([start]), {start}, list[str]()
    while waiting and len(pages) < most:
        address = waiting.popleft()
        page = get(address)
        if page is None:
            continue
        pages.append(address)
        for link in _LINK_TARGET.findall(page):
            target = _page_address(address, unescape(link.decode("utf-8", "replace")))
            if target.startswith(top) and target not in seen:
                seen.add(target)
                waiting.append(target)
    return pages


def _page_address(page: str, link: str) -> str:
    """Return the address that a link of a page leads to, without a fragment; "" for what can be no page."""
    try:
        address = urljoin(page, link).partition("#")[0]
        parts = urlsplit(address)
    except ValueError:
        return ""
    suffix = PurePosixPath(parts.path).suffix.lower()
    return address if not parts.query and (not suffix or suffix in HTML_SUFFIXES) else ""
