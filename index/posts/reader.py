"""Read one file into one post."""

import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, time
from functools import wraps
from hashlib import blake2b
from pathlib import PurePosixPath
from posixpath import dirname
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from ..errors import PostError, next_step
from ..model import HTML_SUFFIXES, Post, SiteGiven, Source
from ..settings import Settings
from .addresses.headings import HeadingIdMaker
from .addresses.permalinks import AddressParts, url_of
from .addresses.slugs import INDEX_NAMES, page_address, slug_of, whole_slug
from .decode import decode
from .discover import lies_within, recipe
from .exports import ghost
from .extraction.extract import Extract, Extractor
from .extraction.formulas import formulas_of
from .front_matter.dates import parse_date
from .front_matter.frontmatter import FrontMatter, normal_key, split_front_matter
from .front_matter.language_tags import normal_language
from .front_matter.metadata import Meta, facet_values, meta_of
from .language_detection import can_detect, detect
from .markdown.markdown_reader import Dialect, MarkdownReader, dialect_of
from .markdown.shortcodes import ShortcodeTokens
from .pages.html_reader import HtmlTree, parse_html, walk_page
from .pages.main_content import find_main
from .pages.page_head import PageHead, read_head
from .pages.page_kind import no_article
from .site.feed_entries import feed_values
from .translations import translated_of

MAX_MARKDOWN_LINES = 50_000
"""The longest of 8,000 real posts has 6,000; reading takes time that grows faster than the number of lines."""
MAX_ALIASES = 1_000
"""Old addresses of a post; more are not a move but a table."""

_READ = tuple(name for each in fields(Post) if (name := each.name) not in ("stamp", "fingerprint"))
_READABLE = re.compile(r"[-_]+")
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
    return meta, extractor.finish(meta.title, title_in_name(source.path))


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


def post_of(source: Source, settings: Settings, meta: Meta, extract: Extract[Any], fingerprint: str) -> Post:
    """Make a post of its metadata and of what was extracted."""
    short = slug_of(source.path, meta.slug)
    slug = whole_slug(source.path, short) if source.is_whole else short
    own = meta.values.get("path") if settings.generator == "zola" else ""
    named = AddressParts(
        path=source.given.path or source.path,
        prefix=source.given.prefix,
        pattern=_foreign_pattern(meta, source),
        values=meta.values,
        slug=short if settings.has_own_site else slug,
        given=meta.slug,
        address=own if isinstance(own, str) and own else meta.address,
        title=extract.title,
        categories=meta.categories,
        # A draft has its day when it is published.
        date=_address_date(meta, source, settings) or (datetime.now(UTC) if meta.draft else None),
    )
    return Post(
        path=source.path,
        slug=slug,
        url=url_of(named, settings),
        title=extract.title,
        text=extract.text,
        sections=extract.sections,
        code=extract.code,
        formulas=tuple(formulas_of(extract.text, extract.formulas)),
        date=meta.date,
        updated=meta.updated,
        expires=meta.expires,
        tags=meta.tags,
        facets=facet_values(meta, settings.facets),
        author=meta.author,
        summary=meta.summary,
        language=_language(meta, extract, normal_language(settings.language)),
        draft=meta.draft,
        unlisted=meta.unlisted,
        boost=meta.boost,
        supersedes=meta.supersedes,
        superseded_by=(*meta.superseded_by, *extract.successors),
        no_article=meta.no_article,
        warnings=meta.warnings,
        translated=translated_of(meta, source.path, settings.generator),
        aliases=_aliases(meta, source, slug),
        stamp=source.stamp,
        fingerprint=fingerprint,
    )


def _foreign_pattern(meta: Meta, source: Source) -> str:
    """Return the pattern of a post's address where the site has one for languages that are not its own."""
    language = meta.values.get("lang")
    if not isinstance(language, str) or language.lower() == source.given.language.lower():
        return ""
    return source.given.foreign.replace("{lang}", language.lower())


def _address_date(meta: Meta, source: Source, settings: Settings) -> datetime | None:
    """Return the date that an address is made of: in the site's zone, and in Hugo not the one of publication."""
    moment = meta.date
    if settings.generator == "hugo" and "date" in meta.values:
        with suppress(ValueError):
            moment = parse_date(meta.values["date"]) or moment
    if not moment or not source.given.zone or moment.timetz() == time(tzinfo=UTC):  # A day is one in every zone.
        return moment
    with suppress(ValueError, KeyError, OSError):
        return moment.astimezone(ZoneInfo(source.given.zone))
    return moment


def _aliases(meta: Meta, source: Source, slug: str) -> tuple[str, ...]:
    """Return the addresses that a post had: those of pages that redirect to it, and those that its author names.

    One without a slash at its start is taken from the top, as in Zola, and from the post's folder, as in Hugo.
    """
    named = [unquote(path) for alias in meta.aliases if (path := _path(alias).strip())]
    folder = dirname(slug)
    relative = (f"{folder}/{path}" for path in named if folder and path[0] != "/")
    found = dict.fromkeys(map(page_address, (*source.aliases, *named, *relative)))
    return tuple(alias for alias in found if alias != slug)[:MAX_ALIASES]


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _language(meta: Meta, extract: Extract[Any], site_language: str) -> str:
    """Return the language that the author gives, or that of the text; what a page declares may be its theme's.

    The words of a text tell that it is English, and its page or the site that this is American English (`en-US`).
    """
    if meta.language:
        return meta.language
    found = detect(f"{extract.title}\n{meta.summary}\n", extract.text, extract.code)
    declared = meta.page_language
    if declared and not (found and can_detect(declared) and declared.partition("-")[0] != found):
        return declared
    return found if found and site_language.partition("-")[0] != found else site_language


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


def title_in_name(path: str) -> str:
    """Make a title of a file's name, or of its folder's for an index: `my-first_post.md` is "My first post"."""
    pure = PurePosixPath(path)
    name = pure.parent.name if pure.stem in INDEX_NAMES and pure.parent.name else pure.stem
    words = _READABLE.sub(" ", slug_of(name, "")).strip() or name
    return words[:1].upper() + words[1:]
