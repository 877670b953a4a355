"""A post's file, and what the site that it belongs to says of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

HTML_SUFFIXES = (".html", ".htm")


POST_SUFFIXES = (".md", ".markdown", ".mdx", *HTML_SUFFIXES)
"""Endings of the files that are posts, in lower case."""


class SiteTraits(Struct, frozen=True):
    """What the pages of a built site have in common.

    Attributes:
        title_start: What the `<title>` of every page begins with, as "Journal | ".
        title_end: What it ends with.
        has_bodies: Whether pages mark their articles for Pagefind, so that those without a mark are none.
        lines: Lines of text that nearly all articles have.
        feeds: When each of its feeds changed.
    """

    title_start: str = ""
    title_end: str = ""
    has_bodies: bool = False
    lines: frozenset[str] = frozenset()
    feeds: tuple[int, ...] = ()


class SiteGiven(Struct, frozen=True):
    """What the rules of a site say of one of its files.

    Attributes:
        values: Front matter that the file inherits, with its keys as front matter has them.
        unbuilt: Why the generator makes no page of it, or "".
        doubt: Which rule that was not understood may hide it, or "".
        needs_head: Whether it becomes a page only with front matter of its own.
        needs_date: Whether it becomes a page only with a date.
        path: Its path without what only tells its language, where that differs.
        prefix: What its address begins with, as "de/".
        language: The site's language, where posts in others have addresses of another pattern.
        foreign: That pattern, with `{lang}` for theirs.
        zone: The time zone of the dates in addresses, "" for each date's own.
        hiding_keys: Keys of its front matter that hide it where they are true.
    """

    values: Mapping[str, Any] = {}
    unbuilt: str = ""
    doubt: str = ""
    needs_head: bool = False
    needs_date: bool = False
    hiding_keys: frozenset[str] = frozenset()
    path: str = ""
    prefix: str = ""
    language: str = ""
    foreign: str = ""
    zone: str = ""

    def __hash__(self) -> int:
        # Values may be of any kind, also of one that has no hash.
        return hash((self.unbuilt, self.doubt, self.needs_head, self.needs_date))


class Source(Struct, frozen=True, gc=False):
    """A post's file as it lies on disk.

    Attributes:
        root: The content directory that it was found in.
        path: The post's id: relative to `root`, with `/`, suffix kept.
        stamp: Size in bytes and time of the last change in nanoseconds; equal stamps save reading the file.
        site: What the pages beside it have in common, if it is one of a built site.
        is_unlisted: Whether the site's sitemap lists the pages beside it, and not this one.
        aliases: The addresses of pages that redirect to it.
        given: What the rules of its site say of it.
        is_whole: Whether its slug is its whole path, as another post has the slug that it asks for.
    """

    root: Path
    path: str
    stamp: str
    site: SiteTraits = SiteTraits()
    is_unlisted: bool = False
    aliases: tuple[str, ...] = ()
    given: SiteGiven = SiteGiven()
    is_whole: bool = False

    @property
    def file(self) -> Path:
        """The path of the file."""
        return self.root / self.path


class Claim(Struct, frozen=True, array_like=True):
    """The built page that a source was matched with.

    Attributes:
        page: Its path below the folder of the built pages.
        likeness: How many names at the end of their addresses are the same; the larger one of two claims counts.
    """

    page: str
    likeness: int
