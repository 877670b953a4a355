"""Reading articles from disk as they are now, rendered for a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import Markup

from ...index import posts
from ...index.engines.base import Snapshot
from ...index.errors import SettingsError
from ...index.model import Post, Source
from ...index.posts import ghost
from ...index.posts.article_tree import read_article
from ...index.settings import Settings
from ..errors import ArticleGone, NoSuchArticle
from .article_html import render
from .links import Links

# Rendered articles that are kept: more than are read at one time, some 100 kB each.
RENDERED_KEPT = 64


@dataclass(frozen=True, slots=True)
class RenderedArticle:
    """A post as its file has it now, and its article as safe HTML."""

    post: Post
    html: Markup


CachedRead = Callable[[Path, str, int, int], RenderedArticle]


class ArticleReader:
    """Reads articles by the path that the index knows; an address never becomes a path."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._has_own_site = settings.has_own_site
        self._kept: tuple[Snapshot, CachedRead] | None = None

    def read(self, path: str, snapshot: Snapshot) -> RenderedArticle:
        """Return an article as its file has it now.

        Args:
            path: Its post's id.
            snapshot: Knows the posts that it links to.

        Raises:
            ArticleGone: Its file is not there any more.
            NoSuchArticle: It is held back now, though the index does not know it yet.
            PostError: Its file cannot be read.
        """
        root, size, changed = self._locate(path)
        article = self._reader(snapshot)(root, path, size, changed)
        if posts.held_back(article.post, datetime.now(UTC), self._settings.hold_back):
            raise NoSuchArticle
        return article

    def _reader(self, snapshot: Snapshot) -> CachedRead:
        """Return what reads articles and caches them for one generation, which decides where their links lead."""
        if self._kept is None or self._kept[0] is not snapshot:
            self._kept = snapshot, lru_cache(maxsize=RENDERED_KEPT)(partial(self._read, snapshot))
        return self._kept[1]

    def _locate(self, path: str) -> tuple[Path, int, int]:
        for root in self._settings.roots:
            try:
                if ghost.is_export(root) and path in ghost.posts_by_path(root):
                    status = root.stat()
                    return root, status.st_size, status.st_mtime_ns
                file = (root / path).resolve(strict=True)
                status = file.stat()
            except (OSError, RuntimeError, SettingsError):  # Not there, a circle of links, or half an export.
                continue
            if file.is_relative_to(root.resolve()) and file.is_file():
                return root, status.st_size, status.st_mtime_ns
        raise ArticleGone

    def _read(self, snapshot: Snapshot, root: Path, path: str, size: int, changed: int) -> RenderedArticle:
        """Read a file; its size and time of change are here to tell its states apart."""
        source = Source(root, path, f"{size}-{changed}")
        try:
            post, tree = read_article(source, self._settings)
            return RenderedArticle(post, render(tree, Links(post, snapshot, has_own_site=self._has_own_site)))
        except FileNotFoundError:
            raise ArticleGone from None
