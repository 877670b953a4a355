"""The pages that a site's sitemaps or feed list, and where on this machine they are fetched."""

from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from .connection import PageRefused, SiteConnection, resolve_link
from .sitemaps import MAX_SITEMAP_BYTES, MAX_SITEMAPS, links_in, parse_sitemap

# Pages of a site; a sitemap itself has no more.
MAX_PAGES = 50_000


class SiteOrigin(NamedTuple):
    """The origin of the running site, and the one that readers see, `base_url`.

    Some generators list the addresses that readers will have, others those of the machine that they run on.
    """

    local: str
    public: str

    @classmethod
    def of(cls, sitemap: str, base_url: str) -> "SiteOrigin":
        """Find it: a sitemap below the path of `base_url` tells that the site is served there, and not at the top."""
        site, public = urlsplit(sitemap), base_url.rstrip("/")
        path = urlsplit(public).path
        local = f"{site.scheme}://{site.netloc.rpartition('@')[2]}"
        local += path if site.path.startswith(path + "/") else ""
        return cls(local, public or local)

    def here(self, url: str) -> str:
        """Return the URL from which a page can be fetched."""
        rest = url.removeprefix(self.public)
        return self.local + rest if rest != url and rest[:1] in ("", "/") else url

    def address(self, url: str) -> str:
        """Return a page's address below `base_url`.

        Raises:
            PageRefused: It is not there.
        """
        rest = url.removeprefix(self.local)
        if rest == url or rest[:1] not in ("", "/"):
            raise PageRefused(f"is not at {self.local}")
        return urlsplit(rest).path or "/"


def list_pages(connection: SiteConnection, home: SiteOrigin) -> tuple[list[str], bool]:
    """Return the pages that a sitemap or feed lists, and whether the list is complete.

    Raises:
        PageRefused: It, or a part of it, cannot be had or is none; without a part, its pages would seem to be gone.
    """
    start = connection.site.geturl()
    waiting, pages, whole = [start], dict[str, None](), True
    for read in range(MAX_SITEMAPS + 1):
        if not waiting:
            break
        if read == MAX_SITEMAPS:
            raise PageRefused(f"{start} has more than {MAX_SITEMAPS} parts")
        address = waiting.pop()
        try:
            root = parse_sitemap(connection.get(address, MAX_SITEMAP_BYTES)[1])
        except (PageRefused, ValueError) as error:
            raise PageRefused(f"{address} cannot be read ({error})") from None
        name = etree.QName(root).localname
        links = [home.here(resolve_link(address, link.strip())) for link in links_in(root)]
        if name == "sitemapindex":
            waiting += links
        else:
            whole = whole and name == "urlset"
            pages.update(dict.fromkeys(links))
        if len(pages) > MAX_PAGES:
            raise PageRefused(f"{start} lists more than {MAX_PAGES:,} pages")
    if whole and not pages:
        raise PageRefused(f"{start} lists no page")
    return list(pages), whole
