"""Reading articles from disk as they are now, rendered for a page or as text.

What parses and cleans them is loaded with the first article: a server that starts answers its first search without it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urljoin

from markupsafe import Markup

from ...index import posts
from ...index.engines.base import Snapshot
from ...index.errors import PostError, SettingsError
from ...index.lazy import lazy
from ...index.model import Post, Source
from ...index.posts.exports import ghost
from ...index.settings import Settings
from ..errors import ArticleGone, NoSuchArticle
from .links import Links
from .plain_article import text_as_html
from .time_limit import TimeExceeded, time_limit

if TYPE_CHECKING:
    from bs4 import Tag

    from .article_html import Resolver
    from .article_markdown import MarkdownArticle

# Seconds of computing for the HTML of an article. One of 300 kB takes two; the longest of 8,000 real posts has that.
RENDER_SECONDS = 3
# Rendered articles that are kept: more than are read at one time, some 100 kB each.
RENDERED_KEPT = 64


@dataclass(frozen=True, slots=True)
class RenderedArticle:
    """A post as its file has it now, and its article as safe HTML."""

    post: Post
    html: Markup


Rendered = TypeVar("Rendered", RenderedArticle, "MarkdownArticle")


@dataclass(frozen=True, slots=True)
class Medium(Generic[Rendered]):
    """What articles are rendered as.

    Attributes:
        write: Writes an article's element, whose addresses a resolver knows; within a time limit.
        finish: Makes an article of what was written; libraries that it calls would ignore the limit.
        plain: Makes an article of a post that cannot be read, or not in time, as the index has it.
    """

    write: "Callable[[Post, Tag, Resolver], str]"
    finish: Callable[[Post, str], Rendered]
    plain: Callable[[Post], Rendered]


def page_medium() -> Medium[RenderedArticle]:
    """Return what makes the HTML of an article's page."""
    from .article_html import prepare, sanitize

    return Medium(
        write=lambda _, root, links: prepare(root, links),
        finish=lambda post, html: RenderedArticle(post, sanitize(html)),
        plain=lambda post: RenderedArticle(post, text_as_html(post)),
    )


def markdown_medium(home: str) -> "Medium[MarkdownArticle]":
    """Return what makes Markdown, with addresses that begin with that of the server."""
    from .article_markdown import article_of, plain_markdown, write_markdown

    return Medium(
        write=lambda post, root, links: write_markdown(root, links, urljoin(home, post.url)),
        finish=article_of,
        plain=lambda post: article_of(post, plain_markdown(post)),
    )


class ArticleReader(Generic[Rendered]):
    """Reads articles by the path that the index knows; an address never becomes a path."""

    def __init__(self, settings: Settings, medium: Callable[[], Medium[Rendered]]) -> None:
        self._settings = settings
        self._make_medium: Callable[[], Medium[Rendered]] = medium
        self._kept: tuple[Snapshot, Callable[[Source], Rendered | None]] | None = None

    @lazy
    def _medium(self) -> Medium[Rendered]:
        return self._make_medium()

    def read(self, post: Post, snapshot: Snapshot) -> Rendered:
        """Return an article as its file has it now; where that cannot be read, or takes too long, as the index has it.

        Args:
            post: The article as the index has it.
            snapshot: Knows the posts that it links to.

        Raises:
            ArticleGone: Its file is not there any more.
            NoSuchArticle: It is held back now, though the index does not know it yet.
        """
        source = self._locate(post.path)
        article = self._reader(snapshot)(source)
        if article is None:
            if posts.hides_itself(source):
                raise NoSuchArticle
            article = self._medium.plain(post)
        if posts.held_back(article.post, datetime.now(UTC), self._settings.hold_back):
            raise NoSuchArticle
        return article

    def _reader(self, snapshot: Snapshot) -> Callable[[Source], Rendered | None]:
        """Return what reads articles and caches them for one generation, which decides where their links lead."""
        if self._kept is None or self._kept[0] is not snapshot:
            self._kept = snapshot, lru_cache(maxsize=RENDERED_KEPT)(partial(self._read, snapshot))
        return self._kept[1]

    def _locate(self, path: str) -> Source:
        """Return a file, with a stamp that tells its states apart."""
        for root in self._settings.roots:
            try:
                if ghost.is_export(root) and path in ghost.posts_by_path(root):
                    status = root.stat()
                    return Source(root, path, f"{status.st_size}-{status.st_mtime_ns}")
                file = (root / path).resolve(strict=True)
                status = file.stat()
            except (OSError, RuntimeError, SettingsError):  # Not there, a circle of links, or half an export.
                continue
            if file.is_relative_to(root.resolve()) and file.is_file():
                return Source(root, path, f"{status.st_size}-{status.st_mtime_ns}")
        raise ArticleGone

    def _read(self, snapshot: Snapshot, source: Source) -> Rendered | None:
        """Read a file; None for one that cannot be read, or not in time."""
        from ...index.posts.article_tree import read_article

        medium = self._medium
        try:
            with time_limit(RENDER_SECONDS):
                post, tree = read_article(source, self._settings)
                links = Links(post, snapshot, self._settings.root, has_own_site=self._settings.has_own_site)
                written = medium.write(post, tree, links)
        except FileNotFoundError:
            raise ArticleGone from None
        except (PostError, TimeExceeded):
            return None
        return medium.finish(post, written)
