"""One file to one post."""

import os
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import ParamSpec, TypeVar

from index.errors import PostError
from index.model import Post, Source
from index.posts import ghost
from index.posts.addresses import INDEX_NAMES, slug_of
from index.posts.decode import decode
from index.posts.detection import detect
from index.posts.dialects import Meta, meta_of
from index.posts.discover import lies_within, recipe
from index.posts.extract import Extract, Extractor
from index.posts.frontmatter import FrontMatter, split
from index.posts.headings import HeadingIdMaker
from index.posts.html import feed, head_values, main_content, page_title, parse
from index.posts.languages import normal_language
from index.posts.markdown import MarkdownReader
from index.posts.permalinks import Named, url_of
from index.posts.templates import Tokens
from index.settings import Settings

HTML_SUFFIXES = frozenset((".html", ".htm"))

MAX_MARKDOWN_LINES = 50_000
"""The longest of 8,000 real posts has 6,000; reading takes time that grows faster than the number of lines."""

_READABLE = re.compile(r"[-_]+")
_local = threading.local()
_P = ParamSpec("_P")
_R = TypeVar("_R")


def bounded(read_one: Callable[[Source, Settings], _R]) -> Callable[[Source, Settings], _R]:
    """Report a post that is nested too deep for the parsers as what it is."""

    @wraps(read_one)
    def bounded(source: Source, settings: Settings) -> _R:
        try:
            return read_one(source, settings)
        except RecursionError:
            raise PostError(source.path, "is nested too deep to be read; flatten its lists, quotes or tags") from None

    return bounded


def fingerprint(source: Source, settings: Settings) -> str:
    """Hash a post's bytes and what else shapes it.

    Raises:
        PostError: The file cannot be read.
    """
    return _fingerprint(load(source, settings), settings)


@bounded
def read(source: Source, settings: Settings) -> Post:
    """Read a post.

    Raises:
        PostError: It cannot be read; with the reason, and the line where one is known.
    """
    return inspect(source, settings, Extractor(HeadingIdMaker(settings.heading_ids)))[2]


def inspect(source: Source, settings: Settings, extractor: Extractor[None]) -> tuple[str, FrontMatter, Post]:
    """Read a post with the caller's own extractor; give the file's text, its front matter and the post.

    Raises:
        PostError: It cannot be read.
    """
    data = load(source, settings)
    text = decode(data, source.path)
    front = split(text, source.path)
    take = _read_html if is_html(source) else _read_markdown
    meta, extract = take(front, source, extractor)
    return text, front, _post(source, settings, meta, extract, _fingerprint(data, settings))


def _read_markdown(front: FrontMatter, source: Source, extractor: Extractor[None]) -> tuple[Meta, Extract[None]]:
    meta = meta_of(front, source.path)
    if front.body.count("\n") > MAX_MARKDOWN_LINES:
        raise PostError(source.path, f"has more than {MAX_MARKDOWN_LINES:,} lines of Markdown; split it")
    markdown_reader().extract(front.body, extractor, is_mdx(source))
    return meta, extractor.finish(meta.title, title_in_name(source.path))


def _read_html(front: FrontMatter, source: Source, extractor: Extractor[None]) -> tuple[Meta, Extract[None]]:
    page = parse(Tokens().drop_from_html(front.body))
    head = FrontMatter({**head_values(page), **front.values}, front.body, front.kind, front.lines)
    meta = meta_of(head, source.path)
    main, left_out = main_content(page)
    feed(main, extractor, left_out)
    return meta, extractor.finish(meta.title, page_title(page) or title_in_name(source.path))


def _post(source: Source, settings: Settings, meta: Meta, extract: Extract[None], mark: str) -> Post:
    slug = slug_of(source.path, meta.slug)
    named = Named(
        path=source.path,
        slug=slug,
        given=meta.slug,
        address=meta.address,
        title=extract.title,
        categories=meta.categories,
        # A draft has its day when it is published.
        date=meta.date or (datetime.now(UTC) if meta.draft else None),
    )
    return Post(
        path=source.path,
        slug=slug,
        url=url_of(named, settings),
        title=extract.title,
        text=extract.text,
        sections=extract.sections,
        code=extract.code,
        date=meta.date,
        updated=meta.updated,
        expires=meta.expires,
        tags=meta.tags,
        author=meta.author,
        summary=meta.summary,
        language=meta.language or _language(meta, extract) or normal_language(settings.language),
        draft=meta.draft,
        unlisted=meta.unlisted,
        stamp=source.stamp,
        fingerprint=mark,
    )


def _language(meta: Meta, extract: Extract[None]) -> str:
    return detect(f"{extract.title}\n{meta.summary}\n", extract.text, extract.code)


def load(source: Source, settings: Settings) -> bytes:
    """Read the bytes; never more than allowed, and never from outside the content directory."""
    data = ghost.load(source) if ghost.is_export(source.root) else _load(source, settings)
    if len(data) > settings.max_post_bytes:
        limit = f"{settings.max_post_bytes:,}"
        raise PostError(source.path, f"is larger than {limit} bytes; split it, or raise max_post_bytes")
    return data


def _load(source: Source, settings: Settings) -> bytes:
    try:
        if not lies_within(os.path.realpath(source.root), str(source.file)):
            raise PostError(source.path, "is a link that leaves the content directory; it is not followed")
        with source.file.open("rb") as file:
            return file.read(settings.max_post_bytes + 1)
    except OSError as error:
        raise PostError(source.path, f"cannot be read ({error.strerror}); is it still there?") from None


def _fingerprint(data: bytes, settings: Settings) -> str:
    return blake2b(data + recipe(settings).encode(), digest_size=16).hexdigest()


def markdown_reader() -> MarkdownReader:
    """Give this thread's Markdown parser; making one takes as long as reading a post."""
    if not hasattr(_local, "reader"):
        _local.reader = MarkdownReader()
    reader: MarkdownReader = _local.reader
    return reader


def is_html(source: Source) -> bool:
    """Tell whether a post is an HTML page."""
    return PurePosixPath(source.path).suffix.lower() in HTML_SUFFIXES


def is_mdx(source: Source) -> bool:
    """Tell whether a post is Markdown with components in it."""
    return source.path.lower().endswith(".mdx")


def title_in_name(path: str) -> str:
    """Make a title of a file's name, or of its folder's for an index: `my-first_post.md` is "My first post"."""
    pure = PurePosixPath(path)
    name = pure.parent.name if pure.stem in INDEX_NAMES and pure.parent.name else pure.stem
    words = _READABLE.sub(" ", slug_of(name, "")).strip() or name
    return words[:1].upper() + words[1:]
