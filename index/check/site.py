"""All posts together: which addresses there are, and which places on the site are known well enough to judge a link."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from posixpath import dirname
from typing import Any
from urllib.parse import unquote, urlsplit

from index.check.page import Page
from index.globs import matches
from index.posts import held_back
from index.settings import Settings

ALIASES = ("aliases", "redirectfrom", "redirects", "alias")
REDIRECTS = "_redirects"
PAGE_SUFFIXES = (".html", ".htm")


@dataclass(frozen=True)
class Site:
    """The pages that could be read, in the order of their paths, at one moment."""

    pages: tuple[Page, ...]
    settings: Settings
    now: datetime

    @cached_property
    def by_path(self) -> dict[str, Page]:
        """The pages by the paths of their files."""
        return {page.path: page for page in self.pages}

    @cached_property
    def by_address(self) -> dict[str, Page]:
        """The pages by every address that leads to them, as `key` writes it."""
        found: dict[str, Page] = {}
        for page in self.pages:
            for address in self._addresses(page):
                found.setdefault(address, page)
        return found

    def leads(self, key: str) -> bool:
        """Tell whether an address, as `key` writes it, leads to a page, by itself or by a redirect."""
        return key in self.by_address or any(matches(pattern, key) for pattern in self._redirects)

    @cached_property
    def _redirects(self) -> tuple[str, ...]:
        """What `_redirects` lists, the file of Netlify and Cloudflare Pages, beside the content or in `static/`."""
        found: list[str] = []
        for root in self.settings.content:
            for folder in (root, root / "..", root / "../static", root / "../../static"):
                file = folder / REDIRECTS
                lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
                found += (line.split()[0] for line in lines if line.startswith("/"))
        return tuple(self.key(address).replace("*", "**") for address in found)

    def reason(self, page: Page) -> str | None:
        """Say why readers do not find a page, or give None."""
        return held_back(page.post, self.now, self.settings.hold_back)

    def key(self, address: str) -> str:
        """Make one spelling of `/a/b/`, `/A/b.html` and `/a/b/index.html`, without the site's own address."""
        path = unquote(urlsplit(address).path)
        base = urlsplit(self.settings.base_url).path.rstrip("/")
        path = path.removeprefix(base) if base and path.startswith(base + "/") else path
        for suffix in PAGE_SUFFIXES:
            path = path.removesuffix(suffix)
        return path.removesuffix("/index").strip("/").lower()

    def _addresses(self, page: Page) -> Iterator[str]:
        yield self.key("/" + page.post.slug)
        yield self.key(page.post.url)
        yield self.key("/" + page.path.rpartition(".")[0])
        for name in ALIASES:
            for alias in _listed(page.front.values.get(name)):
                yield self.key(alias if alias.startswith("/") else f"{dirname(page.post.slug)}/{alias}")


def by_folder(pages: tuple[Page, ...]) -> dict[str, list[Page]]:
    """Give the pages of each folder; a page that is a folder of its own stands in the one above."""
    found: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        found[dirname(page.post.slug)].append(page)
    return found


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [value] if isinstance(value, str) else []
