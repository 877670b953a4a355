"""Pages of a running site, listed by its sitemap or feed, brought into a directory that is read like any other.

A page's file says what its address is. What did not change is not fetched whole again, and not written.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import blake2b
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import msgspec
from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from index.errors import PostError, SettingsError
from index.settings import Settings
from index.whole import written

STATE = ".pages.json"
HTML = ("text/html", "application/xhtml+xml")
SUFFIXES = (".html", ".htm")

# Pages of a site, and maps that a sitemap may be divided into; a sitemap itself has at most 50,000 pages.
MOST_PAGES = 50_000
MOST_MAPS = 100
# Bytes of a sitemap or feed: https://www.sitemaps.org/protocol.html
MOST_LISTED = 50_000_000
# Seconds until a page has to answer, until it has to be there, and for all of them.
PATIENCE = 10
PAGE_PATIENCE = 60
ALL_PATIENCE = 900


class Known(msgspec.Struct, frozen=True):
    """A page as it was fetched last: where it is kept, its address, a hash, and what the server calls this state."""

    path: str
    address: str
    digest: str
    etag: str = ""
    modified: str = ""


class Refused(Exception):
    """A page cannot be had; the others can."""


class Gone(Refused):
    """A page is not there any more."""


class Home(NamedTuple):
    """Where the running site has what readers find below `base_url`.

    Some generators list the addresses that readers will have, others those of the machine that they run on.
    """

    local: str
    public: str

    @classmethod
    def of(cls, settings: Settings) -> "Home":
        """Find it: a sitemap below the path of `base_url` tells that the site is served there, and not at the top."""
        site, public = urlsplit(settings.site), settings.base_url.rstrip("/")
        path = urlsplit(public).path
        local = f"{site.scheme}://{site.netloc.rpartition('@')[2]}"
        local += path if site.path.startswith(path + "/") else ""
        return cls(local, public or local)

    def here(self, url: str) -> str:
        """Give where a page can be fetched."""
        rest = url.removeprefix(self.public)
        return self.local + rest if rest != url and rest[:1] in ("", "/") else url

    def address(self, url: str) -> str:
        """Give a page's address below `base_url`.

        Raises:
            Refused: It is not there.
        """
        rest = url.removeprefix(self.local)
        if rest == url or rest[:1] not in ("", "/"):
            raise Refused(f"is not at {self.local}")
        return urlsplit(rest).path or "/"


def mirror(settings: Settings) -> list[PostError]:
    """Bring the pages of the site into their directory, and give those that could not be had.

    A page that cannot be had is left as it was, and one that is gone or not listed any more is removed; a feed lists
    only the newest ones, so there it is asked for.

    Raises:
        SettingsError: The sitemap or feed, or a part of it, cannot be had, or its host is not allowed.
    """
    if not settings.site:
        return []
    site = urlsplit(settings.site)
    if not (settings.site_remote or _is_loopback(site.hostname or "")):
        raise SettingsError(f"site = {settings.site!r}: is not on this machine; set site_remote = true to allow it")
    settings.mirror.mkdir(parents=True, exist_ok=True)
    home = Home.of(settings)
    with closing(_Connection(site)) as connection:
        try:
            listed, whole = _listed(connection, home)
        except Refused as error:
            raise SettingsError(f"site: {error}; nothing was changed; is the site running?") from None
        return _Mirror(settings, home, connection).bring(listed, whole=whole)


class _Mirror:
    """The directory, and what is known of the pages in it."""

    def __init__(self, settings: Settings, home: Home, connection: "_Connection") -> None:
        self._folder, self._most = settings.mirror, settings.max_post_bytes
        self._home, self._connection = home, connection
        self._known = _load(self._folder / STATE)
        self._kept: dict[str, Known] = {}

    def bring(self, listed: list[str], *, whole: bool) -> list[PostError]:
        """Bring all pages, and remember them."""
        failed = []
        deadline = monotonic() + ALL_PATIENCE
        for url in dict.fromkeys(listed if whole else [*listed, *self._known]):
            known = self._known.get(url)
            try:
                if monotonic() > deadline:
                    raise Refused(f"was not reached within {ALL_PATIENCE} s; is the site slow?")
                self._kept[url] = self._page(url, known)
            except Gone as error:
                if url in listed:
                    failed.append(PostError(url, f"is listed, and not there ({error}); build the site again"))
            except (Refused, OSError, HTTPException, ValueError) as error:
                failed.append(PostError(url, f"cannot be had from the site: {error}"))
                if known:
                    self._kept[url] = known
        self._tidy()
        return failed

    def _page(self, url: str, known: Known | None) -> Known:
        path, address = _path_of(url), self._home.address(url)
        asking = {}
        if known and known.address == address and (self._folder / known.path).is_file():
            asking = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        response, body = self._connection.get(url, self._most, {name: text for name, text in asking.items() if text})
        if response.status == 304 and known:
            return known
        kind = response.headers.get_content_type()
        if kind not in HTML:
            raise Refused(f"is {kind} and not HTML; leave it out of the sitemap")
        data = _with_address(address, _utf8(body, response.headers.get_content_charset("")))
        digest = blake2b(data, digest_size=16).hexdigest()
        if not (known and known.digest == digest and (self._folder / known.path).is_file()):
            _write(self._folder / path, data)
        told = response.headers
        return Known(path, address, digest, told.get("ETag", ""), told.get("Last-Modified", ""))

    def _tidy(self) -> None:
        """Remove what is not there any more, also what a killed run has left, and remember the rest."""
        kept = {self._folder / page.path for page in self._kept.values()}
        for file in self._folder.rglob("[!.]*"):
            if file not in kept and file.is_file():
                file.unlink(missing_ok=True)
        if self._kept != self._known:
            _write(self._folder / STATE, msgspec.json.encode(self._kept))


class _Connection:
    """Asks one origin, through one connection, and follows nobody to another one."""

    def __init__(self, site: SplitResult) -> None:
        self.site = site
        connect = HTTPSConnection if site.scheme == "https" else HTTPConnection
        self._connection = connect(site.hostname or "", site.port, timeout=PATIENCE)

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def get(self, url: str, most: int, headers: Mapping[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        """Fetch what is at an address of this site.

        Raises:
            Refused: It is elsewhere, too large, or the server says anything but 200 or 304.
        """
        parts = urlsplit(url)
        if _origin(parts) != _origin(self.site):
            raise Refused(f"is not at {self.site.scheme}://{self.site.netloc}")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            self._connection.request("GET", target, headers={"User-Agent": "Backmatter", **(headers or {})})
            response = self._connection.getresponse()
            body = _read(response, most)
        except (OSError, HTTPException, ValueError) as error:
            self.close()  # The next request opens it again.
            raise Refused(str(error) or type(error).__name__) from None
        if len(body) > most:
            self.close()
            raise Refused(f"is larger than {most:,} bytes")
        if response.status in (404, 410):
            raise Gone(f"HTTP status {response.status}")
        if response.status not in (200, 304):
            raise Refused(f"HTTP status {response.status}")
        return response, body


def _read(response: HTTPResponse, most: int) -> bytes:
    """Read a body, up to a byte more than allowed; a server that sends it drop by drop is not waited for."""
    body, deadline = bytearray(), monotonic() + PAGE_PATIENCE
    while len(body) <= most and (piece := response.read1(most + 1 - len(body))):
        body += piece
        if monotonic() > deadline:
            raise TimeoutError(f"takes over {PAGE_PATIENCE} s")
    if response.length and len(body) <= most:
        raise ConnectionError("ends early")
    response.close()  # The connection stays open for the next page.
    return bytes(body)


def _listed(connection: _Connection, home: Home) -> tuple[list[str], bool]:
    """Give the pages that a sitemap or feed lists, and whether these are all there are.

    Raises:
        Refused: It, or a part of it, cannot be had or is none; without a part, its pages would seem to be gone.
    """
    start = connection.site.geturl()
    waiting, pages, whole = [start], dict[str, None](), True
    for read in range(MOST_MAPS + 1):
        if not waiting:
            break
        if read == MOST_MAPS:
            raise Refused(f"{start} has more than {MOST_MAPS} parts")
        address = waiting.pop()
        try:
            root = _xml(connection.get(address, MOST_LISTED)[1])
        except (Refused, ValueError, etree.LxmlError) as error:
            raise Refused(f"{address} cannot be read ({error})") from None
        name = etree.QName(root).localname
        links = [home.here(_joined(address, link.strip())) for link in _links(root)]
        if name == "sitemapindex":
            waiting += links
        else:
            whole = whole and name == "urlset"
            pages.update(dict.fromkeys(links))
        if len(pages) > MOST_PAGES:
            raise Refused(f"{start} lists more than {MOST_PAGES:,} pages")
    if whole and not pages:
        raise Refused(f"{start} lists no page")
    return list(pages), whole


def _xml(body: bytes) -> etree._Element:
    """Parse without entities and without asking anybody else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(body, parser)
    if etree.QName(root).localname not in ("urlset", "sitemapindex", "rss", "feed", "RDF"):
        raise Refused("it is no sitemap and no feed")
    return root


def _links(root: etree._Element) -> Iterator[str]:
    for element in root.iter("{*}loc", "{*}item", "{*}entry"):
        name = etree.QName(element).localname
        if name == "loc" and etree.QName(element.getparent()).localname in ("url", "sitemap"):
            yield element.text or ""
        elif name == "item":
            yield element.findtext("{*}link") or ""
        elif name == "entry":
            links = element.findall("{*}link")
            yield next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")


def _joined(address: str, link: str) -> str:
    """Give the address of a link; one that is none stays as it is, and is refused by itself."""
    try:
        return urljoin(address, link)
    except ValueError:
        return link


def _path_of(url: str) -> str:
    """Give the file for a page; its name is made of the address, and never leaves the directory."""
    parts = urlsplit(url)
    if parts.query:
        raise Refused("has a query in its address; only pages without one are read")
    path = unquote(parts.path, errors="strict").lstrip("/") if parts.path.isascii() else parts.path.lstrip("/")
    if path.endswith("/") or not path:
        path += "index.html"
    elif not path.lower().endswith(SUFFIXES):
        path += ".html"
    names = path.split("/")
    if not path.isprintable() or "\\" in path or any(name.startswith(".") or not name for name in names):
        raise Refused("has an address that can be no file's name")
    return str(PurePosixPath(*names))


def _with_address(address: str, page: bytes) -> bytes:
    """Put a page's address before it, as front matter."""
    return msgspec.json.encode({"url": address}) + b"\n" + page


def _utf8(page: bytes, charset: str) -> bytes:
    """Apply the charset that the server names; without a right one, the page's own counts as in any file."""
    try:
        return page.decode(charset).encode()
    except (LookupError, ValueError):
        return page


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with written(file) as part:
        part.write_bytes(data)


def _load(file: Path) -> dict[str, Known]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Known])
    except (OSError, msgspec.MsgspecError):
        return {}


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its name alone: another name may lead elsewhere with the next question."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
