"""Pages of a running site, listed by its sitemap or feed, brought into a directory that is read like any other.

A page's file says what its address is. What did not change is not fetched whole again, and not written.
"""

from collections.abc import Mapping
from contextlib import closing
from functools import partial
from hashlib import blake2b
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import msgspec
from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from ...errors import PostError, SettingsError
from ...files import atomic_write
from ...model import HTML_SUFFIXES
from ...settings import Settings, is_web_address
from .crawl import crawl
from .sitemaps import MAX_SITEMAP_BYTES, MAX_SITEMAPS, links_in, parse_sitemap

STATE_FILE = ".pages.json"
AS_WRITTEN = "%/?:@!$&'()*+,;=-._~"
"""What an address keeps as it is written: https://www.rfc-editor.org/rfc/rfc3986#section-3.3"""
HTML_TYPES = ("text/html", "application/xhtml+xml")
REDIRECTED = frozenset((301, 302, 307, 308))

# Pages of a site; a sitemap itself has no more.
MAX_PAGES = 50_000
# Bytes of a page's path, and folders in it: what every file system takes, below the directory of the pages.
MAX_PATH_BYTES = 900
MAX_FOLDERS = 60
# Seconds until a page has to answer, until it has to be there, and for all of them.
ANSWER_TIMEOUT = 10
PAGE_TIMEOUT = 60
MIRROR_TIMEOUT = 900


class FetchedPage(msgspec.Struct, frozen=True):
    """A page as it was last fetched: its file, address and hash, and the server's validators."""

    path: str
    address: str
    digest: str
    etag: str = ""
    modified: str = ""


class PageRefused(Exception):
    """A page cannot be had; the others can."""


class PageGone(PageRefused):
    """A page is not there any more."""


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
            Refused: It is not there.
        """
        rest = url.removeprefix(self.local)
        if rest == url or rest[:1] not in ("", "/"):
            raise PageRefused(f"is not at {self.local}")
        return urlsplit(rest).path or "/"


def mirror(settings: Settings) -> list[PostError]:
    """Fetch the pages of running sites into their directories, and return an error for each that could not be fetched.

    A page that cannot be had is left as it was, and one that is gone or not listed any more is removed; a feed lists
    only the newest ones, so there it is asked for.

    Raises:
        SettingsError: The sitemap or feed, or a part of it, cannot be had, or its host is not allowed.
    """
    failed: list[PostError] = []
    if settings.mirror.site:
        if not (settings.mirror.remote or _is_loopback(urlsplit(settings.mirror.site).hostname or "")):
            raise SettingsError(
                f"mirror.site = {settings.mirror.site!r}: is not on this machine; set mirror.remote = true to allow it"
            )
        failed += _bring("mirror.site", settings.mirror.site, settings.mirror_folder, settings)
    if is_web_address(settings.built):
        failed += _bring("built", settings.built, settings.built_folders[0], settings)
    return failed


def _bring(name: str, address: str, folder: Path, settings: Settings) -> list[PostError]:
    """Fetch the pages that a sitemap or feed lists, or of another address those that its sitemap or its links tell."""
    folder.mkdir(parents=True, exist_ok=True)
    is_list = name != "built" or urlsplit(address).path.endswith(".xml")
    sitemap = address if is_list else address.rstrip("/") + "/sitemap.xml"
    home = SiteOrigin.of(sitemap, settings.base_url)
    with closing(_Connection(urlsplit(sitemap))) as connection:
        try:
            if is_list or connection.has(sitemap):
                listed, whole = _listed(connection, home)
            else:
                start = address.rstrip("/") + "/"
                listed, whole = crawl(partial(connection.page, most=settings.max_post_bytes), start, MAX_PAGES), True
                if not listed:
                    raise PageRefused(f"{start} has no page and no sitemap.xml")
        except PageRefused as error:
            raise SettingsError(f"{name}: {error}; nothing was changed; is the site running?") from None
        return _Mirror(folder, settings.max_post_bytes, home, connection).bring(listed, whole=whole)


class _Mirror:
    """The directory of fetched pages, and the state of each page."""

    def __init__(self, folder: Path, most: int, home: SiteOrigin, connection: "_Connection") -> None:
        self._folder, self._most = folder, most
        self._home, self._connection = home, connection
        self._known = _load(self._folder / STATE_FILE)
        self._kept: dict[str, FetchedPage] = {}

    def bring(self, listed: list[str], *, whole: bool) -> list[PostError]:
        """Bring all pages, and remember them."""
        failed = []
        pages = frozenset(listed)
        deadline = monotonic() + MIRROR_TIMEOUT
        for url in dict.fromkeys(listed if whole else [*listed, *self._known]):
            known = self._known.get(url)
            try:
                if monotonic() > deadline:
                    raise PageRefused(f"was not reached within {MIRROR_TIMEOUT} s; is the site slow?")
                self._kept[url] = self._page(url, known)
            except PageGone as error:
                if url in pages:
                    failed.append(PostError(url, f"is listed, and not there ({error}); build the site again"))
            except Exception as error:  # whatever a page does, the others are brought
                failed.append(PostError(url, f"cannot be had from the site: {str(error) or type(error).__name__}"))
                if known:
                    self._kept[url] = known
        self._tidy()
        return failed

    def _page(self, url: str, known: FetchedPage | None) -> FetchedPage:
        path, address = _path_of(url), self._home.address(url)
        asking = {}
        if known and known.address == address and (self._folder / known.path).is_file():
            asking = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        response, body = self._connection.get(url, self._most, {name: text for name, text in asking.items() if text})
        if response.status == 304 and known:
            return known
        kind = response.headers.get_content_type()
        if kind not in HTML_TYPES:
            raise PageRefused(f"is {kind} and not HTML; leave it out of the sitemap")
        data = _with_address(address, _utf8(body, response.headers.get_content_charset("")))
        digest = blake2b(data, digest_size=16).hexdigest()
        if not (known and known.digest == digest and (self._folder / known.path).is_file()):
            _write(self._folder / path, data)
        told = response.headers
        return FetchedPage(path, address, digest, told.get("ETag", ""), told.get("Last-Modified", ""))

    def _tidy(self) -> None:
        """Remove files of pages that are gone, and of a run that was killed, and save the state of the others."""
        kept = {self._folder / page.path for page in self._kept.values()}
        for file in self._folder.rglob("[!.]*"):
            if file not in kept and file.is_file():
                file.unlink(missing_ok=True)
        if self._kept != self._known:
            _write(self._folder / STATE_FILE, msgspec.json.encode(self._kept))


class _Connection:
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
            Refused: The server does not say.
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
            Refused: It is elsewhere, too large, or the server says anything but 200 or 304.
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
    return not url.endswith("/") and "?" not in url and _joined(url, location) == f"{url}/"


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


def _listed(connection: _Connection, home: SiteOrigin) -> tuple[list[str], bool]:
    """Return the pages that a sitemap or feed lists, and whether the list is complete.

    Raises:
        Refused: It, or a part of it, cannot be had or is none; without a part, its pages would seem to be gone.
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
        links = [home.here(_joined(address, link.strip())) for link in links_in(root)]
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


def _joined(address: str, link: str) -> str:
    """Resolve a link; an invalid one stays as it is, and is refused later."""
    try:
        return urljoin(address, link)
    except ValueError:
        return link


def _path_of(url: str) -> str:
    """Return the file of a page, named by its address; it never leaves the directory."""
    parts = urlsplit(url)
    if parts.query:
        raise PageRefused("has a query in its address; only pages without one are read")
    path = unquote(parts.path, errors="strict").lstrip("/") if parts.path.isascii() else parts.path.lstrip("/")
    if path.endswith("/") or not path:
        path += "index.html"
    elif not path.lower().endswith(HTML_SUFFIXES):
        path += ".html"
    names = path.split("/")
    if len(path.encode()) > MAX_PATH_BYTES or len(names) > MAX_FOLDERS:
        raise PageRefused(f"has an address of over {MAX_PATH_BYTES} bytes or {MAX_FOLDERS} folders; shorten it")
    if not path.isprintable() or "\\" in path or any(name.startswith(".") or not name for name in names):
        raise PageRefused("has an address that can be no file's name")
    return str(PurePosixPath(*names))


def _with_address(address: str, page: bytes) -> bytes:
    """Put a page's address before it, as front matter."""
    return msgspec.json.encode({"url": address}) + b"\n" + page


def _utf8(page: bytes, charset: str) -> bytes:
    """Decode with the charset that the server names; if that fails, leave the page as it is, as any other file."""
    try:
        return page.decode(charset).encode()
    except (LookupError, ValueError):
        return page


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as temporary:
        temporary.write_bytes(data)


def _load(file: Path) -> dict[str, FetchedPage]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, FetchedPage])
    except (OSError, msgspec.MsgspecError):
        return {}


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _is_loopback(host: str) -> bool:
    """Check by its name alone whether a host is this machine: the next lookup of another name may lead elsewhere."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
