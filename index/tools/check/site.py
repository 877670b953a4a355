"""All posts together: which addresses there are, and which places on the site are known well enough to judge a link."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from posixpath import dirname

from ...engines.base import Snapshot
from ...lazy import lazy
from ...posts import held_back
from ...posts.addresses.globs import matches_glob
from ...posts.page_matching import BuiltPages, address_key
from ...settings import Settings
from .page import Page

REDIRECTS = "_redirects"
_VARIABLE = re.compile(r"\*|(?<![^/]):\w+")


@dataclass(frozen=True)
class Site:
    """The pages that could be read, in the order of their paths, at one moment."""

    pages: tuple[Page, ...]
    settings: Settings
    now: datetime
    built: BuiltPages | None = None
    snapshot: Snapshot | None = None

    @lazy
    def by_path(self) -> dict[str, Page]:
        """The pages by the paths of their files."""
        return {page.path: page for page in self.pages}

    @lazy
    def by_address(self) -> dict[str, Page]:
        """The pages by every address that leads to them, as `key` writes it."""
        found: dict[str, Page] = {}
        for page in self.pages:
            for address in self._addresses(page):
                found.setdefault(address, page)
        return found

    def leads(self, key: str) -> bool:
        """Check whether an address, as `key` writes it, leads to a page, directly or by a redirect."""
        if self.built and self.built.has(key):
            return True
        addresses, patterns = self._redirects
        return key in self.by_address or key in addresses or any(matches_glob(pattern, key) for pattern in patterns)

    @lazy
    def _redirects(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Addresses and patterns that `_redirects` lists, beside the content or in `static/`.

        It is the file of Netlify and Cloudflare Pages, in which `*` stands for all that follows and `:name` for a
        folder.
        """
        found: list[str] = []
        for root in self.settings.content:
            for folder in (root, root / "..", root / "../static", root / "../../static"):
                file = folder / REDIRECTS
                lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
                found += (line.split()[0] for line in lines if line.startswith("/"))
        keys = {self.key(address) for address in found}
        plain = frozenset(key for key in keys if not _VARIABLE.search(key))
        return plain, tuple(_VARIABLE.sub(lambda part: "**" if part[0] == "*" else "*", key) for key in keys - plain)

    def reason(self, page: Page) -> str | None:
        """Return why readers do not find a page, or None."""
        return held_back(page.post, self.now, self.settings.hold_back)

    def key(self, address: str) -> str:
        """Make one spelling of an address on the site."""
        return address_key(address, self.settings.base_url)

    def _addresses(self, page: Page) -> Iterator[str]:
        yield self.key(page.post.url)
        if not page.post.claim:
            yield self.key("/" + page.post.slug)
            yield self.key("/" + page.path.rpartition(".")[0])
        for alias in page.post.aliases:
            yield self.key(f"/{alias}")


def by_folder(pages: tuple[Page, ...]) -> dict[str, list[Page]]:
    """Group the pages by folder; an index page belongs to the folder above its own."""
    found: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        found[dirname(page.post.slug)].append(page)
    return found
