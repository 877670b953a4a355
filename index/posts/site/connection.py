"""A connection to one site, from which pages and sitemaps are fetched one after the other."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from .sitemaps import MAX_SITEMAP_BYTES

AS_WRITTEN = "%/?:@!$&'()*+,;=-._~"
"""What an address keeps as it is written: https://www.rfc-editor.org/rfc/rfc3986#section-3.3"""
HTML_TYPES = ("text/html", "application/xhtml+xml")
REDIRECTED = frozenset((301, 302, 307, 308))

# Seconds until a page has to answer, and until it has to be there.
ANSWER_TIMEOUT = 10
PAGE_TIMEOUT = 60


class PageRefused(Exception):
    """A page cannot be had; the others can."""


class PageGone(PageRefused):
    """A page is not there any more."""


class SiteConnection:
    """A connection to one origin; of redirects, only those are followed that add the slash of a folder."""

    def __init__(self, site: SplitResult) -> None:
        self.site = site
        connect = HTTPSConnection if site.scheme == "https" else HTTPConnection
        self._connection = connect(site.hostname or "", site.port, timeout=ANSWER_TIMEOUT)

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def has(self, url: str) -> bool:
        """Check whether something is at an address; only where the server says so, it is not.

        Raises:
            PageRefused: The server does not say.
        """
        try:
            self.get(url, MAX_SITEMAP_BYTES)
        except PageGone:
            return False
        return True

    def page(self, url: str, most: int) -> bytes | None:
        """Fetch a page; None for one that cannot be had, and for what is no page."""
        try:
            response, body = self.get(url, most)
        except PageRefused:
            return None
        return body if response.headers.get_content_type() in HTML_TYPES else None

    def get(self, url: str, most: int, headers: Mapping[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        """Fetch what is at an address of this site.

        Raises:
            PageRefused: It is elsewhere, too large, or the server says anything but 200 or 304.
        """
        parts = urlsplit(url)
        if _origin(parts) != _origin(self.site):
            raise PageRefused(f"is not at {self.site.scheme}://{self.site.netloc}")
        target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=AS_WRITTEN)
        try:
            self._connection.request("GET", target, headers={"User-Agent": "Backmatter", **(headers or {})})
            response = self._connection.getresponse()
            body = _read(response, most)
        except (OSError, HTTPException, ValueError) as error:
            self.close()  # The next request opens it again.
            raise PageRefused(str(error) or type(error).__name__) from None
        if len(body) > most:
            self.close()
            raise PageRefused(f"is larger than {most:,} bytes")
        if response.status in REDIRECTED and _adds_slash(url, response.headers.get("Location", "")):
            return self.get(url + "/", most, headers)
        if response.status in (404, 410):
            raise PageGone(f"HTTP status {response.status}")
        if response.status not in (200, 304):
            raise PageRefused(f"HTTP status {response.status}")
        return response, body


def _adds_slash(url: str, location: str) -> bool:
    """Check whether a redirect leads to the same address with a slash, as servers of files do for folders."""
    return not url.endswith("/") and "?" not in url and resolve_link(url, location) == f"{url}/"


def resolve_link(address: str, link: str) -> str:
    """Resolve a link; an invalid one stays as it is, and is refused later."""
    try:
        return urljoin(address, link)
    except ValueError:
        return link


def _read(response: HTTPResponse, most: int) -> bytes:
    """Read a body, up to a byte more than allowed; a server that sends it drop by drop is not waited for."""
    body, deadline = bytearray(), monotonic() + PAGE_TIMEOUT
    while len(body) <= most and (piece := response.read1(most + 1 - len(body))):
        body += piece
        if monotonic() > deadline:
            raise TimeoutError(f"takes over {PAGE_TIMEOUT} s")
    if response.length and len(body) <= most:
        raise ConnectionError("ends early")
    response.close()  # The connection stays open for the next page.
    return bytes(body)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
