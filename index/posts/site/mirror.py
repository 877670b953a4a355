"""Pages of a running site, listed by its sitemap or feed, brought into a directory that is read like any other.

A page's file says what its address is. What did not change is not fetched whole again, and not written.
"""

from contextlib import closing
from functools import partial
from hashlib import blake2b
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from time import monotonic
from urllib.parse import unquote, urlsplit

import msgspec

from ...errors import PostError, SettingsError
from ...files import atomic_write
from ...model import HTML_SUFFIXES
from ...settings import Settings, is_web_address
from .connection import HTML_TYPES, PageGone, PageRefused, SiteConnection
from .crawl import crawl
from .listing import MAX_PAGES, SiteOrigin, list_pages

STATE_FILE = ".pages.json"

# Bytes of a page's path, and folders in it: what every file system takes, below the directory of the pages.
MAX_PATH_BYTES = 900
MAX_FOLDERS = 60
# Seconds for all pages.
MIRROR_TIMEOUT = 900


class FetchedPage(msgspec.Struct, frozen=True):
    """A page as it was last fetched: its file, address and hash, and the server's validators."""

    path: str
    address: str
    digest: str
    etag: str = ""
    modified: str = ""


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
    with closing(SiteConnection(urlsplit(sitemap))) as connection:
        try:
            if is_list or connection.has(sitemap):
                listed, whole = list_pages(connection, home)
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

    def __init__(self, folder: Path, most: int, home: SiteOrigin, connection: SiteConnection) -> None:
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


def _is_loopback(host: str) -> bool:
    """Check by its name alone whether a host is this machine: the next lookup of another name may lead elsewhere."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
