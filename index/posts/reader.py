"""Read one file into one post."""

import os
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from functools import wraps
from hashlib import blake2b
from typing import Concatenate, ParamSpec, TypeVar

from ..errors import PostError, next_step
from ..model import HTML_SUFFIXES, Post, SiteGiven, Source
from ..settings import Settings
from .addresses.headings import HeadingIdMaker
from .decode import decode
from .discover import lies_within, recipe
from .exports import ghost
from .extraction.extract import Extract, Extractor
from .front_matter.frontmatter import FrontMatter, normal_key, split_front_matter
from .front_matter.language_tags import normal_language
from .front_matter.metadata import Meta, meta_of
from .markdown.markdown_reader import Dialect, MarkdownReader, dialect_of
from .markdown.shortcodes import ShortcodeTokens
from .pages.html_reader import HtmlTree, parse_html, walk_page
from .pages.main_content import find_main
from .pages.page_head import PageHead, read_head
from .pages.page_kind import no_article
from .post import post_of, title_in_name
from .site.feed_entries import feed_values

MAX_MARKDOWN_LINES = 50_000
"""The longest of 8,000 real posts has 6,000; reading takes time that grows faster than the number of lines."""
_READ = tuple(name for each in fields(Post) if (name := each.name) not in ("stamp", "fingerprint"))
_local = threading.local()
_P = ParamSpec("_P")
_R = TypeVar("_R")


def refuse_deep_nesting(read_one: Callable[Concatenate[Source, _P], _R]) -> Callable[Concatenate[Source, _P], _R]:
    """Report a post that is nested too deep for the parsers as an error of the post."""

    @wraps(read_one)
    def guarded(source: Source, /, *arguments: _P.args, **named: _P.kwargs) -> _R:
        try:
            return read_one(source, *arguments, **named)
        except RecursionError:
            raise PostError(source.path, "is nested too deep to be read; flatten its lists, quotes or tags") from None

    return guarded


def fingerprint(source: Source, settings: Settings) -> str:
    """Hash a post's bytes and what else shapes it.

    Raises:
        PostError: The file cannot be read.
    """
    return fingerprint_of(load_bytes(source, settings) + _given_bytes(source), settings)


def read_post(source: Source, settings: Settings) -> Post:
    """Read a post.

    Raises:
        PostError: It cannot be read; with the reason, and the line where one is known.
    """
    return read_with(source, settings, Extractor(HeadingIdMaker(settings.conventions.heading_ids)))[2]


@refuse_deep_nesting
def read_with(source: Source, settings: Settings, extractor: Extractor[None]) -> tuple[str, FrontMatter, Post]:
    """Read a post with the caller's own extractor; return the file's text, its front matter and the post.

    Raises:
        PostError: It cannot be read.
    """
    data = load_bytes(source, settings)
    text = text_of(data, source)
    front = split_front_matter(text, source.path)
    if is_html(source):
        meta, extract = _read_html(front, source, settings, extractor)
    else:
        meta, extract = _read_markdown(front, source, settings, extractor)
    post = post_of(source, settings, meta, extract, fingerprint="")
    post = replace(post, unbuilt=_unbuilt(front, post, source), doubt=source.given.doubt)
    read = _content_of(post) if is_html(source) else data + _given_bytes(source)
    return text, front, replace(post, fingerprint=fingerprint_of(read, settings))


def _given_bytes(source: Source) -> bytes:
    given = b"" if source.given == SiteGiven() else repr(source.given).encode()
    return given + b"whole" * source.is_whole


def _unbuilt(front: FrontMatter, post: Post, source: Source) -> str:
    """Return why the site's generator makes no page of a post, as far as its rules tell, or ""."""
    given = source.given
    if given.needs_head and front.kind == "none" and not is_html(source):
        return "has no front matter, without which it becomes no page"
    if given.needs_date and not post.date and not post.draft:
        return "has no date, without which it becomes no article"
    key = next((key for key in given.hiding_keys if front.values.get(normal_key(key)) not in (None, False, "", 0)), "")
    return given.unbuilt or (f"is left out by its {key}" if key else "")


def inherit(front: FrontMatter, source: Source) -> FrontMatter:
    """Return front matter with what the rules of the site add to it."""
    return replace(front, values={**source.given.values, **front.values}) if source.given.values else front


def _content_of(post: Post) -> bytes:
    """Return what was read of a page, which its fingerprint is of: a new sidebar on all pages changes none of them."""
    return repr([getattr(post, name) for name in _READ]).encode()


def _read_markdown(
    front: FrontMatter, source: Source, settings: Settings, extractor: Extractor[None]
) -> tuple[Meta, Extract[None]]:
    meta = meta_of(inherit(front, source), source.path)
    _markdown_reader(front, source, settings).extract(front.body, extractor)
    return meta, extractor.finish(meta.title, "" if meta.title else title_in_name(source.path))


def markdown_html(front: FrontMatter, source: Source, settings: Settings) -> str:
    """Convert a post's Markdown to HTML.

    Raises:
        PostError: It is too long.
    """
    return _markdown_reader(front, source, settings).html(front.body)


def _read_html(
    front: FrontMatter, source: Source, settings: Settings, extractor: Extractor[None]
) -> tuple[Meta, Extract[None]]:
    tree = HtmlTree(parse_html(ShortcodeTokens().drop_from_html(front.body)))
    main = find_main(tree)
    head = read_head(tree, main, source.site)
    # A page with a title, or more, in front matter is a source, which an author wrote; a mirrored page has its address.
    is_built = front.values.keys() <= {"url"}
    kind = no_article(source, tree.root, main, head) if is_built else ""
    # On the author's own site a heading without an id cannot be linked to.
    extractor.begin_page(makes_ids=not settings.has_own_site, shared=source.site.lines)
    walk_page(tree, main, extractor)
    extractor.add_lines(head.pagefind.searched)
    has_main_heading = any(node.find(".//h1") is not None for node in main.nodes or [tree.root])
    meta = page_meta(front, head, source, settings, has_main_heading=has_main_heading, no_article=kind)
    return meta, extractor.finish(meta.title, head.title or title_in_name(source.path))


def page_meta(
    front: FrontMatter,
    head: PageHead,
    source: Source,
    settings: Settings,
    *,
    has_main_heading: bool,
    no_article: str = "",
) -> Meta:
    """Return the metadata of an HTML page: what front matter says, or else the page, or else a feed of its site.

    Args:
        front: The front matter.
        head: What the page says of itself.
        source: The page's file.
        settings: The settings.
        has_main_heading: Whether the main content has an `h1`.
        no_article: What the page is, if it is no article.
    """
    # Beside sources, a feed may be a template.
    feed = feed_values(source, settings.base_url) if settings.generator == "html" else {}
    values = {**source.given.values, **feed, **head.values(), **front.values}
    meta = meta_of(FrontMatter(values, front.body, front.kind, front.lines), source.path)
    title = meta.title or head.heading(has_main_heading=has_main_heading)
    return replace(meta, title=title, page_language=normal_language(head.language), no_article=no_article)


def load_bytes(source: Source, settings: Settings) -> bytes:
    """Read the bytes; never more than allowed, and never from outside the content directory."""
    data = ghost.load_post(source) if ghost.is_export(source.root) else _load(source, settings)
    if len(data) > settings.max_post_bytes:
        limit = f"{settings.max_post_bytes:,}"
        raise PostError(source.path, f"is larger than {limit} bytes; split it, or raise max_post_bytes")
    return data


def text_of(data: bytes, source: Source) -> str:
    """Return the text of a post's file.

    Raises:
        PostError: The bytes are no text, or no document of Ghost's editors.
    """
    return decode(ghost.exported_page(data, source.path) if ghost.is_export(source.root) else data, source.path)


def _load(source: Source, settings: Settings) -> bytes:
    try:
        if not lies_within(os.path.realpath(source.root), str(source.file)):
            raise PostError(source.path, "is a link that leaves the content directory; it is not followed")
        with source.file.open("rb") as file:
            return file.read(settings.max_post_bytes + 1)
    except OSError as error:
        raise PostError(source.path, f"cannot be read ({error.strerror}); {next_step(error)}") from None


def fingerprint_of(data: bytes, settings: Settings) -> str:
    """Hash the bytes that a post is made of, and what else shapes the post."""
    return blake2b(data + recipe(settings).encode(), digest_size=16).hexdigest()


def _markdown_reader(front: FrontMatter, source: Source, settings: Settings) -> MarkdownReader:
    """Return this thread's Markdown parser; making one takes as long as reading a post."""
    if front.body.count("\n") > MAX_MARKDOWN_LINES:
        raise PostError(source.path, f"has more than {MAX_MARKDOWN_LINES:,} lines of Markdown; split it")
    readers: dict[Dialect, MarkdownReader] = _local.__dict__.setdefault("readers", {})
    dialect = dialect_of(source.path, settings)
    if dialect not in readers:
        readers[dialect] = MarkdownReader(dialect)
    return readers[dialect]


def is_html(source: Source) -> bool:
    """Check whether a post is an HTML page."""
    return source.path.lower().endswith(HTML_SUFFIXES)
