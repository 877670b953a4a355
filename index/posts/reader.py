"""One file to one post."""

import os
import re
import threading
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from html import escape
from pathlib import PurePosixPath
from typing import ParamSpec, TypeVar

from bs4 import BeautifulSoup
from bs4.element import Tag

from index.errors import PostError
from index.model import Post, Source
from index.posts.addresses import INDEX_NAMES, slug_of, url_of
from index.posts.decode import decode
from index.posts.dialects import Meta, meta_of
from index.posts.discover import lies_within, recipe
from index.posts.extract import Extract, Extractor
from index.posts.frontmatter import FrontMatter, split
from index.posts.headings import HeadingIdMaker
from index.posts.html import feed, head_values, main_content, page_title, parse
from index.posts.languages import normal_language
from index.posts.markdown import MarkdownReader
from index.posts.templates import Tokens
from index.settings import Settings

HTML_SUFFIXES = frozenset((".html", ".htm"))

MAX_MARKDOWN_LINES = 50_000
"""The longest of 8,000 real posts has 6,000; reading takes time that grows faster than the number of lines."""

_READABLE = re.compile(r"[-_]+")
_local = threading.local()
_P = ParamSpec("_P")
_R = TypeVar("_R")


def _bounded(read_one: Callable[[Source, Settings], _R]) -> Callable[[Source, Settings], _R]:
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
    return _fingerprint(_load(source, settings), settings)


@_bounded
def read(source: Source, settings: Settings) -> Post:
    """Read a post.

    Raises:
        PostError: It cannot be read; with the reason, and the line where one is known.
    """
    data = _load(source, settings)
    front = split(decode(data, source.path), source.path)
    if _is_html(source):
        meta, extract = _read_html(front, source, settings)
    else:
        meta, extract = _read_markdown(front, source, settings)
    return _post(source, settings, meta, extract, _fingerprint(data, settings))


@_bounded
def body(source: Source, settings: Settings) -> str:
    """Give a post's article as HTML: not sanitized, headings with their sections' anchors, code with its language.

    Raises:
        PostError: It cannot be read.
    """
    front = split(decode(_load(source, settings), source.path), source.path)
    soup = _soup(front, source)
    root = main_content(soup) if _is_html(source) else soup.body or soup
    extractor: Extractor[Tag] = Extractor(HeadingIdMaker(settings.heading_ids))
    feed(root, extractor, drop=Tag.decompose)
    _mark(extractor.finish(meta_of(front, source.path).title, page_title(soup) or _title_in_name(source.path)))
    return root.decode_contents().strip()


def _soup(front: FrontMatter, source: Source) -> BeautifulSoup:
    if _is_html(source):
        return parse(Tokens().drop_from_html(front.body))
    return parse(_reader().html(front.body, _is_mdx(source)))


def _mark(extract: Extract[Tag]) -> None:
    if extract.title_node:
        extract.title_node.decompose()
    for heading in extract.headings:
        if heading.node:
            heading.node["id"] = heading.anchor
    for code, node in zip(extract.code, extract.code_nodes, strict=True):
        if node:
            name = f' class="language-{escape(code.language)}"' if code.language else ""
            text = escape(extract.text[code.start : code.end], quote=False)
            fresh = parse(f"<pre><code{name}>{text}\n</code></pre>").pre
            if fresh:
                node.replace_with(fresh)


def _read_markdown(front: FrontMatter, source: Source, settings: Settings) -> tuple[Meta, Extract[Tag]]:
    meta = meta_of(front, source.path)
    if front.body.count("\n") > MAX_MARKDOWN_LINES:
        raise PostError(source.path, f"has more than {MAX_MARKDOWN_LINES:,} lines of Markdown; split it")
    extractor: Extractor[Tag] = Extractor(HeadingIdMaker(settings.heading_ids))
    _reader().extract(front.body, extractor, _is_mdx(source))
    return meta, extractor.finish(meta.title, _title_in_name(source.path))


def _read_html(front: FrontMatter, source: Source, settings: Settings) -> tuple[Meta, Extract[Tag]]:
    soup = _soup(front, source)
    head = FrontMatter({**head_values(soup), **front.values}, front.body, front.kind, front.lines)
    meta = meta_of(head, source.path)
    extractor: Extractor[Tag] = Extractor(HeadingIdMaker(settings.heading_ids))
    spare = page_title(soup) or _title_in_name(source.path)
    feed(main_content(soup), extractor)
    return meta, extractor.finish(meta.title, spare)


def _post(source: Source, settings: Settings, meta: Meta, extract: Extract[Tag], mark: str) -> Post:
    slug = slug_of(source.path, meta.slug)
    return Post(
        path=source.path,
        slug=slug,
        url=url_of(source.path, slug, meta.date, meta.address, settings),
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
        language=meta.language or normal_language(settings.language),
        draft=meta.draft,
        unlisted=meta.unlisted,
        stamp=source.stamp,
        fingerprint=mark,
    )


def _load(source: Source, settings: Settings) -> bytes:
    """Read the bytes; never more than allowed, and never from outside the content directory."""
    try:
        if not lies_within(os.path.realpath(source.root), str(source.file)):
            raise PostError(source.path, "is a link that leaves the content directory; it is not followed")
        with source.file.open("rb") as file:
            data = file.read(settings.max_post_bytes + 1)
    except OSError as error:
        raise PostError(source.path, f"cannot be read ({error.strerror}); is it still there?") from None
    if len(data) > settings.max_post_bytes:
        limit = f"{settings.max_post_bytes:,}"
        raise PostError(source.path, f"is larger than {limit} bytes; split it, or raise max_post_bytes")
    return data


def _fingerprint(data: bytes, settings: Settings) -> str:
    return blake2b(data + recipe(settings).encode(), digest_size=16).hexdigest()


def _reader() -> MarkdownReader:
    """Give this thread's Markdown parser; making one takes as long as reading a post."""
    if not hasattr(_local, "reader"):
        _local.reader = MarkdownReader()
    reader: MarkdownReader = _local.reader
    return reader


def _is_html(source: Source) -> bool:
    return PurePosixPath(source.path).suffix.lower() in HTML_SUFFIXES


def _is_mdx(source: Source) -> bool:
    return source.path.lower().endswith(".mdx")


def _title_in_name(path: str) -> str:
    """Make a title of a file's name, or of its folder's for an index: `my-first_post.md` is "My first post"."""
    pure = PurePosixPath(path)
    name = pure.parent.name if pure.stem in INDEX_NAMES and pure.parent.name else pure.stem
    words = _READABLE.sub(" ", slug_of(name, "")).strip() or name
    return words[:1].upper() + words[1:]
