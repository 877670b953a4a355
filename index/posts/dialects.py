"""What the front matter of each generator means: Hugo, Jekyll, Zola, Pelican, Eleventy, MkDocs, Docusaurus.

Keys mean the same in all of them where they exist at all, so none has to be configured. Keys are compared as
`frontmatter.normal_key` writes them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from index.errors import PostError
from index.posts.addresses import date_in_name
from index.posts.dates import parse_date
from index.posts.frontmatter import FrontMatter
from index.posts.languages import language_in_path, normal_language

DATE = ("publishdate", "pubdate", "published", "publishedat", "datepublished", "date", "created")
"""The publishing date comes first: where both are given, it is the one that decides what is shown when (Hugo)."""
UPDATED = ("updated", "lastmod", "modified", "lastmodifiedat", "lastmodified", "updatedat", "datemodified")
EXPIRES = ("expirydate", "unpublishdate", "expires")
TAGS = ("tags", "tag", "categories", "category")
AUTHOR = ("author", "authors", "by")
SUMMARY = ("description", "summary", "excerpt")
LANGUAGE = ("lang", "language", "locale")
COLLECTIONS = frozenset(("all", "nav", "post", "posts"))
"""Eleventy's tags that only collect pages."""
YES = frozenset(("true", "yes", "on", "1"))
NO = frozenset(("false", "no", "off", "0", ""))
DRAFT_STATUS = frozenset(("draft", "skip", "private", "pending", "future", "scheduled"))
UNLISTED_IF_TRUE = (
    "unlisted",
    "hidden",
    "headless",
    "noindex",
    "private",
    "excludefromsearch",
    "searchexclude",
    "noindexing",
    "eleventyexcludefromcollections",
)
UNLISTED_IF_FALSE = ("insearchindex", "searchable", "search", "render", "permalink")
UNLISTED_IF_NEVER = ("list", "render")
MAX_WORDS = 2_000
"""Characters of a title, an author or a tag; longer ones are text that landed in the wrong place."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What is known of a post before its text is read; "" where nothing is said.

    Attributes:
        address: The front matter's `url` or `permalink`, as written.
    """

    title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    author: str = ""
    summary: str = ""
    slug: str = ""
    address: str = ""
    language: str = ""
    draft: bool = False
    unlisted: bool = False


def meta_of(front: FrontMatter, path: str) -> Meta:
    """Give front matter its meaning.

    Raises:
        PostError: A date or a yes/no cannot be read; the line is the file's own.
    """
    values = front.values
    return Meta(
        title=_first(values, ("title", "linktitle")),
        date=_date(front, path, DATE) or parse_date(_real_date(date_in_name(path))),
        updated=_date(front, path, UPDATED) or _last_update(front, path),
        expires=_date(front, path, EXPIRES),
        tags=_tags(front, path),
        categories=_categories(front, path),
        author=", ".join(_unique(_names(values, AUTHOR))),
        summary=_first(values, SUMMARY),
        slug=_first(values, ("slug",)),
        address=_first(values, ("url", "permalink")),
        language=normal_language(_first(values, LANGUAGE)) or language_in_path(path),
        draft=_is_draft(front, path),
        unlisted=_is_unlisted(values),
    )


def _first(values: Mapping[str, Any], keys: Iterable[str]) -> str:
    return next((text for key in keys if (text := _text(values.get(key)))), "")


def _text(value: object) -> str:
    """Make one line of a scalar; anything else says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(_CONTROL.sub(" ", str(value)).split())[:MAX_WORDS]


def _date(front: FrontMatter, path: str, keys: Iterable[str]) -> datetime | None:
    for key in keys:
        value = front.values.get(key)
        if value is None or isinstance(value, bool) or str(value).lower() in YES | NO:
            continue
        try:
            moment = parse_date(value)
        except ValueError as error:
            raise PostError(path, f"{key}: {error}; write it as 2026-01-31", front.lines.get(key)) from None
        if moment:
            return moment
    return None


def _real_date(text: str) -> str:
    """Pass on a date in a file's name that exists; a version number that looks like one is no error."""
    try:
        parse_date(text)
    except ValueError:
        return ""
    return text


def _last_update(front: FrontMatter, path: str) -> datetime | None:
    """Read Docusaurus' `last_update: {date: ...}`."""
    inner = front.values.get("lastupdate")
    if not isinstance(inner, dict):
        return None
    return _date(FrontMatter(inner, "", front.kind, {"date": front.lines.get("lastupdate", 0)}), path, ("date",))


def _tags(front: FrontMatter, path: str) -> tuple[str, ...]:
    """Merge tags and categories, also Zola's `taxonomies`; Jekyll's plain strings are words, others commas."""
    spaced = front.kind == "yaml" and "_posts" in PurePosixPath(path).parts
    taxonomies = front.values.get("taxonomies")
    sources = [front.values, *([taxonomies] if isinstance(taxonomies, dict) else [])]
    names = [name for source in sources for key in TAGS for name in _listed(source.get(key), spaced and key[-1] == "s")]
    return tuple(name for name in _unique(names) if name.lower() not in COLLECTIONS)


def _categories(front: FrontMatter, path: str) -> tuple[str, ...]:
    """Read the categories apart, which are part of the address in Jekyll: one `category`, or `categories` in words."""
    spaced = "_posts" in PurePosixPath(path).parts
    values = front.values
    return tuple(_unique([*_listed(values.get("category"), False, None), *_listed(values.get("categories"), spaced)]))


def _names(values: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        yield from _listed(values.get(key), spaced=False, separator=None)


def _listed(value: object, spaced: bool, separator: str | None = ",") -> Iterator[str]:
    """Make a list of names of a list, of names within mappings, or of one string that is cut at its separators."""
    if isinstance(value, list):
        for item in value:
            name = item.get("name", item.get("title")) if isinstance(item, dict) else item
            if text := _text(name):
                yield text
    elif isinstance(value, dict):
        yield from filter(None, [_text(value.get("name"))])
    elif text := _text(value):
        parts = text.split(separator) if separator and separator in text else text.split() if spaced else [text]
        yield from filter(None, (part.strip() for part in parts))


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return list(seen.values())


def _is_draft(front: FrontMatter, path: str) -> bool:
    if "_drafts" in PurePosixPath(path).parts or _text(front.values.get("status")).lower() in DRAFT_STATUS:
        return True
    return _flag(front, path, "draft") is True or front.values.get("published") in (False, "false", "no")


def _is_unlisted(values: Mapping[str, Any]) -> bool:
    search, robots = values.get("search"), _text(values.get("robots")).lower()
    build = values.get("build", values.get("_build", {}))
    inner = {str(key).lower(): value for part in (build,) if isinstance(part, dict) for key, value in part.items()}
    return (
        any(_is(values.get(key), YES) for key in UNLISTED_IF_TRUE)
        or any(_is(values.get(key), NO) and values.get(key) != "" for key in UNLISTED_IF_FALSE)
        or any(
            _is(part.get(key), frozenset(("never", "false"))) for part in (inner, values) for key in UNLISTED_IF_NEVER
        )
        or (isinstance(search, dict) and _is(search.get("exclude"), YES))
        or _text(values.get("status")).lower() == "hidden"
        or "noindex" in robots
        or bool(_first(values, ("redirect", "redirectto")))
    )


def _is(value: object, words: frozenset[str]) -> bool:
    return isinstance(value, bool | str | int) and str(value).strip().lower() in words


def _flag(front: FrontMatter, path: str, key: str) -> bool | None:
    value = front.values.get(key)
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in YES | NO:
        return word in YES
    raise PostError(path, f"{key}: {value!r} is neither true nor false; write one of them", front.lines.get(key))
