"""Resolve the links and pictures of a post, which are relative to its file or to its page on the author's site.

A link to another post leads to that post if the index knows it. What leads nowhere, as to a post that is held back,
becomes plain text: its address would tell that there is something.
"""

from pathlib import PurePosixPath
from posixpath import dirname, join, normpath
from urllib.parse import quote, unquote, urljoin, urlsplit

from ...index.engines.base import Snapshot
from ...index.model import HTML_SUFFIXES, Post
from ...index.posts.addresses.slugs import page_address
from ...index.posts.discover import is_post
from .pictures import is_picture


class Links:
    """Reads the addresses in one post.

    Args:
        post: The post that they stand in.
        snapshot: Knows the other posts.
        root: Where addresses of the journal's pages begin.
        has_own_site: Results link to the author's site, which has more pages than the index knows.
    """

    def __init__(self, post: Post, snapshot: Snapshot, root: str = "", *, has_own_site: bool) -> None:
        self._post = post
        self._snapshot = snapshot
        self._root = root
        self._has_own_site = has_own_site

    def link(self, address: str) -> str | None:
        """Resolve a link; return None if it leads nowhere."""
        if _stays(address):
            return address
        path, fragment = _parts(address)
        if is_picture(PurePosixPath(path)):
            url = self.picture(address)
        elif is_post(path) and not _is_page(path):
            url = self._url_of_file(_from_top(dirname(self._post.path), path))
        elif path:
            url = self._url_of_page(path) or self._on_own_site(address)
        else:
            url = None  # The reader has dropped a shortcode.
        return f"{url}#{fragment}" if url and fragment and "#" not in url else url

    def picture(self, address: str) -> str | None:
        """Resolve a picture's address; return None if there is none."""
        return picture_url(address, self._post.path, self._post.url, self._root, has_own_site=self._has_own_site)

    def _url_of_file(self, file: str) -> str | None:
        held = self._snapshot.holdings().get(file)
        return self._url(held.slug) if held else None

    def _url_of_page(self, path: str) -> str | None:
        """Find a post by the address of its page: generators make a folder of it, where relative ones start."""
        page = _from_top(self._post.slug, path)
        return self._url(page.removesuffix(PurePosixPath(page).suffix) if _is_page(path) else page)

    def _url(self, slug: str) -> str | None:
        post = self._snapshot.post(slug) or self._snapshot.post(self._snapshot.moved(page_address(slug)) or "")
        return post.url if post else None

    def _on_own_site(self, address: str) -> str | None:
        return urljoin(self._post.url, address) if self._has_own_site else None


def picture_url(address: str, path: str, url: str, root: str, *, has_own_site: bool) -> str | None:
    """Resolve the address of a picture in a post with a path and a URL; return None if there is none.

    `root` is where addresses of the journal's pages begin.
    """
    if _stays(address):
        return address
    wanted, _ = _parts(address)
    if not wanted:
        return None
    file = _from_top(dirname(path), wanted)
    is_elsewhere = file.startswith("../") or (wanted.startswith("/") and has_own_site)
    if is_elsewhere or not is_picture(PurePosixPath(file)):
        return urljoin(url, address) if has_own_site else None
    return f"{root}/media/{quote(file)}"


def _stays(address: str) -> bool:
    """Check whether an address needs no resolving: on another site, or on the same page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc or (address and not parts.path))


def _parts(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return unquote(parts.path), parts.fragment


def _is_page(path: str) -> bool:
    """Check whether a path is a page's on a site, and not a file's among the posts."""
    return path.startswith("/") and path.lower().endswith(HTML_SUFFIXES)


def _from_top(folder: str, path: str) -> str:
    """Return a path from the top of the content, where `/` and Zola's `@/` start too."""
    plain = path.removeprefix("@")
    return normpath(plain.lstrip("/") if plain.startswith("/") else join(folder, path))
