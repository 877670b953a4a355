"""A post, made of its metadata and of what was extracted from its file."""

import re
from contextlib import suppress
from datetime import UTC, datetime, time
from pathlib import PurePosixPath
from posixpath import dirname
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from ..model import Post, Source
from ..settings import Settings
from .addresses.permalinks import AddressParts, url_of
from .addresses.slugs import INDEX_NAMES, page_address, slug_of, whole_slug
from .extraction.extract import Extract
from .extraction.formulas import formulas_of
from .extraction.name_pairs import name_pairs
from .front_matter.dates import parse_date
from .front_matter.language_tags import normal_language
from .front_matter.metadata import Meta, facet_values, thumbnail_of
from .language_detection import can_detect, detect
from .translations import translated_of

MAX_ALIASES = 1_000
"""Old addresses of a post; more are not a move but a table."""


_READABLE = re.compile(r"[-_]+")


def post_of(source: Source, settings: Settings, meta: Meta, extract: Extract[Any], fingerprint: str) -> Post:
    """Make a post of its metadata and of what was extracted."""
    short = slug_of(source.path, meta.slug)
    slug = whole_slug(source.path, short) if source.is_whole else short
    return Post(
        path=source.path,
        slug=slug,
        url=url_of(_address_parts(source, settings, meta, extract.title, short, slug), settings),
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
        shown=facet_values(meta, settings.shown),
        thumbnail=thumbnail_of(meta, settings.thumbnail),
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
        name_pairs=name_pairs(
            extract.title, extract.text, extract.sections, extract.code, extract.links, settings.base_url
        ),
        aliases=_aliases(meta, source, slug),
        stamp=source.stamp,
        fingerprint=fingerprint,
    )


def _address_parts(source: Source, settings: Settings, meta: Meta, title: str, short: str, slug: str) -> AddressParts:
    own = meta.values.get("path") if settings.generator == "zola" else ""
    return AddressParts(
        path=source.given.path or source.path,
        prefix=source.given.prefix,
        pattern=_foreign_pattern(meta, source),
        values=meta.values,
        slug=short if settings.has_own_site else slug,
        given=meta.slug,
        address=own if isinstance(own, str) and own else meta.address,
        title=title,
        categories=meta.categories,
        # A draft has its day when it is published.
        date=_address_date(meta, source, settings) or (datetime.now(UTC) if meta.draft else None),
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


def title_in_name(path: str) -> str:
    """Make a title of a file's name, or of its folder's for an index: `my-first_post.md` is "My first post"."""
    pure = PurePosixPath(path)
    name = pure.parent.name if pure.stem in INDEX_NAMES and pure.parent.name else pure.stem
    words = _READABLE.sub(" ", slug_of(name, "")).strip() or name
    return words[:1].upper() + words[1:]
