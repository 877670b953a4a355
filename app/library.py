"""The journal's articles as they lie on disk now, ready to be shown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from app.body import render
from app.errors import ArticleGone, NoSuchArticle
from index import posts
from index.model import Post, Source
from index.settings import Settings

# Rendered articles that are kept: more than are read at one time, some 100 kB each.
KEPT = 64


@dataclass(frozen=True, slots=True)
class Article:
    """A post as its file has it now, with its body as safe HTML."""

    post: Post
    html: Markup


class Library:
    """Reads articles by the path that the index knows; an address never becomes a path."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept = lru_cache(maxsize=KEPT)(self._read)

    def article(self, path: str) -> Article:
        """Give an article.

        Raises:
            ArticleGone: Its file is not there any more.
            NoSuchArticle: It is held back now, though the index does not know it yet.
            PostError: Its file cannot be read.
        """
        root, size, changed = self._locate(path)
        article = self._kept(root, path, size, changed)
        if posts.held_back(article.post, datetime.now(UTC), self._settings.hold_back):
            raise NoSuchArticle
        return article

    def _locate(self, path: str) -> tuple[Path, int, int]:
        for root in self._settings.content:
            try:
                file = (root / path).resolve(strict=True)
                status = file.stat()
            except OSError:
                continue
            if file.is_relative_to(root.resolve()) and file.is_file():
                return root, status.st_size, status.st_mtime_ns
        raise ArticleGone

    def _read(self, root: Path, path: str, size: int, changed: int) -> Article:
        """Read a file; its size and time of change are here to tell its states apart."""
        source = Source(root, path, f"{size}-{changed}")
        try:
            post = posts.read(source, self._settings)
            return Article(post, render(posts.body(source, self._settings)))
        except FileNotFoundError:
            raise ArticleGone from None
