"""The meaning of front matter in every generator: Hugo, Jekyll, Zola, Pelican, Eleventy, MkDocs, Docusaurus.

Keys mean the same in all of them where they exist at all, so none has to be configured. Keys are compared as
`frontmatter.normal_key` writes them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ...analysis import value_key
from ...errors import PostError
from ...model import PostWarning
from ..addresses.slugs import date_in_name
from .dates import latest_of, parse_date
from .frontmatter import FrontMatter, normal_key
from .language_tags import language_in_path, normal_language

DATE_KEYS = ("publishdate", "pubdate", "published", "publishedat", "datepublished", "date", "created")
"""The publishing date comes first: where both are given, it is the one that decides what is shown when (Hugo)."""
UPDATED_KEYS = ("updated", "lastmod", "modified", "lastmodifiedat", "lastmodified", "updatedat", "datemodified")
EXPIRES_KEYS = ("expirydate", "unpublishdate", "expires")
TAG_KEYS = ("tags", "tag", "categories", "category")
AUTHOR_KEYS = ("author", "authors", "by")
SUMMARY_KEYS = ("description", "summary", "excerpt")
ALIAS_KEYS = ("aliases", "alias", "redirectfrom", "redirects")
"""Old addresses of a post: Hugo and Zola, Hexo, Jekyll."""
SUPERSEDES_KEYS, SUPERSEDED_BY_KEYS = ("supersedes",), ("supersededby",)
LANGUAGE_KEYS = ("lang", "language", "locale")
COLLECTIONS = frozenset(("all", "nav", "post", "posts"))
"""Eleventy's tags that only collect pages."""
TRUE_WORDS = frozenset(("true", "yes", "on", "1"))
FALSE_WORDS = frozenset(("false", "no", "off", "0", ""))
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
    "nosearch",
)
DRAFT_IF_TRUE = ("isdraft", "wip")
DRAFT_IF_FALSE = ("published", "publish")
HIDDEN_VISIBILITIES = frozenset(("members", "paid", "tiers", "private", "internal", "hidden", "unlisted", "password"))
"""Whom a post is for, where it is not for everybody: Ghost, and others."""
UNLISTED_IF_FALSE = ("insearchindex", "searchable", "search", "render", "permalink")
UNLISTED_IF_NEVER = ("list", "render")
NEVER_WORDS = frozenset(("never", "false", "link"))
"""Of Hugo's `build`; with `link` a post has an address and no page."""
ADVICE = "write it as 2026-01-31"
MAX_LABEL_LENGTH = 2_000
"""Characters of a title, an author or a tag; longer ones are text that landed in the wrong place."""

OWN_KEYS = ("params", "extra", "taxonomies")
"""Tables in front matter for an author's own keys: Hugo's and Zola's."""
MIN_BOOST, MAX_BOOST = 0.1, 10
"""What a score may be multiplied by; beyond, a post would come first, or last, whatever is asked."""
MAX_REFERENCES = 100
"""Posts that one post supersedes; each is looked up."""
MAX_FACET_VALUES = 100
"""Values of one key of a post that readers can narrow by; more are a text or a table."""

_CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """The metadata of a post; "" for what the front matter does not say.

    Attributes:
        address: The front matter's `url` or `permalink`, as written.
        values: All values, as written.
        aliases: Addresses that the post had, as written.
        page_language: What a built page declares as its language, which may be its theme's.
        no_article: What a built page is that is no article, as "a list of pages".
        warnings: What could not be read, and does not keep the post from being found.
        translation_key: What translations of the post are known by.
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
    boost: float = 1.0
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    page_language: str = ""
    no_article: str = ""
    warnings: tuple[PostWarning, ...] = ()
    translation_key: str = ""


def meta_of(front: FrontMatter, path: str) -> Meta:
    """Interpret front matter.

    Raises:
        PostError: The date of publishing or a yes/no cannot be read; the line is the file's own.
    """
    values = front.values
    dates = _Dates(front, path)
    return Meta(
        title=_first(values, ("title", "linktitle")),
        date=dates.published(),
        updated=dates.updated(),
        expires=dates.expires(),
        tags=_tags(front, path),
        categories=_categories(front, path),
        author=", ".join(_unique(_names(values, AUTHOR_KEYS))),
        summary=_first(values, SUMMARY_KEYS),
        slug=_first(values, ("slug",)),
        address=_first(values, ("url", "permalink")),
        language=normal_language(_first(values, LANGUAGE_KEYS)) or language_in_path(path),
        draft=_is_draft(front, path),
        unlisted=_is_unlisted(values),
        boost=_boost(values),
        supersedes=tuple(_unique(_names(values, SUPERSEDES_KEYS))[:MAX_REFERENCES]),
        superseded_by=tuple(_unique(_names(values, SUPERSEDED_BY_KEYS))[:MAX_REFERENCES]),
        values=values,
        aliases=tuple(_names(values, ALIAS_KEYS)),
        warnings=tuple(dates.warnings),
        translation_key=_first(values, ("translationkey",)),
    )


def facet_values(meta: Meta, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the values of some keys of front matter as text, without the keys that a post does not have."""
    if not names:
        return {}
    tables = [meta.values, *(table for key in OWN_KEYS if isinstance(table := meta.values.get(key), dict))]
    own = {normal_key(key): value for table in reversed(tables) for key, value in table.items()}
    found = {name: _facet(own.get(normal_key(name))) for name in names}
    if "author" in found:
        found["author"] = tuple(_unique(_names(meta.values, AUTHOR_KEYS)))
    return {name: values for name, values in found.items() if values}


def _facet(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    values = {value_key(text): text for item in reversed(items) if (text := _facet_text(item))}
    return tuple(reversed(values.values()))[:MAX_FACET_VALUES]


def _facet_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return _text(value.get("name", value.get("title")))
    return value.isoformat() if isinstance(value, date) else _text(value)


def _first(values: Mapping[str, Any], keys: Iterable[str]) -> str:
    return next((text for key in keys if (text := _text(values.get(key)))), "")


def _text(value: object) -> str:
    """Turn a scalar into one line of text, anything else into ""."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    return " ".join((text if text.isprintable() else _CONTROL_CHARACTER.sub(" ", text)).split())[:MAX_LABEL_LENGTH]


class _Dates:
    """The dates of one post. One that cannot be read is a warning if readers see nothing by it that is hidden."""

    def __init__(self, front: FrontMatter, path: str) -> None:
        self._front = front
        self._path = path
        self.warnings: list[PostWarning] = []

    def published(self) -> datetime | None:
        """Return the date of publishing, or that of the file's name.

        Raises:
            PostError: It cannot be read, and the name has none, or it may be in the future.
        """
        in_name = parse_date(_real_date(date_in_name(self._path)))
        for key, value in self._written(DATE_KEYS):
            try:
                if moment := parse_date(_part(value, ("created", "published", "date"))):
                    return moment
            except ValueError as error:
                latest = latest_of(value)
                if not in_name or (latest and latest.year > datetime.now(UTC).year):
                    raise PostError(self._path, f"{key}: {error}; {ADVICE}", self._front.lines.get(key)) from None
                self._warn(key, f"{error}; the date of its name is used; {ADVICE}")
                return in_name
        return in_name

    def updated(self) -> datetime | None:
        """Return the date of the last change."""
        inner = ((key, _part(self._front.values.get(key), ("updated", "date"))) for key in ("date", "lastupdate"))
        nested = ((key, value) for key, value in inner if isinstance(self._front.values.get(key), dict))
        for key, value in (*self._written(UPDATED_KEYS), *nested):
            try:
                if moment := parse_date(value):
                    return moment
            except ValueError as error:
                self._warn(key, f"{error}; it is left out; {ADVICE}")
        return None

    def expires(self) -> datetime | None:
        """Return when the post expires; of what is no date, the end of the year that it names."""
        for key, value in self._written(EXPIRES_KEYS):
            try:
                if moment := parse_date(value):
                    return moment
            except ValueError as error:
                latest = latest_of(value)
                self._warn(key, f"{error}; {f'{latest.year} is taken for it' if latest else 'none is used'}; {ADVICE}")
                if latest:
                    return latest
        return None

    def _written(self, keys: Iterable[str]) -> Iterator[tuple[str, object]]:
        """Yield the values of some keys, without those that are a yes or a no."""
        for key in keys:
            value = self._front.values.get(key)
            if value is not None and str(value).lower() not in TRUE_WORDS | FALSE_WORDS:
                yield key, value

    def _warn(self, key: str, reason: str) -> None:
        self.warnings.append(PostWarning(self._front.lines.get(key), f"{key}: {reason}"))


def _part(value: object, keys: Iterable[str]) -> object:
    """Return a part of `date: {created: ..., updated: ...}` of Material for MkDocs, or a value that has no parts."""
    if not isinstance(value, dict):
        return value
    parts = {normal_key(key): part for key, part in value.items()}
    return next((parts[key] for key in keys if parts.get(key) is not None), None)


def _real_date(text: str) -> str:
    """Pass on a date in a file's name that exists; a version number that looks like one is no error."""
    try:
        parse_date(text)
    except ValueError:
        return ""
    return text


def _tags(front: FrontMatter, path: str) -> tuple[str, ...]:
    """Merge tags and categories, also Zola's `taxonomies`; Jekyll's plain strings are words, others commas."""
    spaced = front.kind == "yaml" and "_posts" in path.split("/")
    taxonomies = front.values.get("taxonomies")
    sources = [front.values, *([taxonomies] if isinstance(taxonomies, dict) else [])]
    names = [
        name for source in sources for key in TAG_KEYS for name in _listed(source.get(key), spaced and key[-1] == "s")
    ]
    return tuple(name for name in _unique(names) if name.lower() not in COLLECTIONS)


def _categories(front: FrontMatter, path: str) -> tuple[str, ...]:
    """Read the categories apart, which are part of the address in Jekyll: one `category`, or `categories` in words."""
    spaced = "_posts" in path.split("/")
    values = front.values
    return tuple(_unique([*_listed(values.get("category"), False, None), *_listed(values.get("categories"), spaced)]))


def _names(values: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        yield from _listed(values.get(key), spaced=False, separator=None)


def _listed(value: object, spaced: bool, separator: str | None = ",") -> Iterator[str]:
    """Make a list of names of a list, of names within mappings, or of one string that is cut at its separators."""
    if isinstance(value, list):
        # Hexo's categories are lists of a category and those within it.
        for item in (inner for outer in value for inner in (outer if isinstance(outer, list) else [outer])):
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
    if "_drafts" in path.split("/") or _text(front.values.get("status")).lower() in DRAFT_STATUS:
        return True
    values = front.values
    return (
        _flag(front, path, "draft") is True
        or any(_is(values.get(key), TRUE_WORDS) for key in DRAFT_IF_TRUE)
        or any(_is(values.get(key), FALSE_WORDS) and values.get(key) != "" for key in DRAFT_IF_FALSE)
    )


def _is_unlisted(values: Mapping[str, Any]) -> bool:
    return (
        any(_is(values.get(key), TRUE_WORDS) for key in UNLISTED_IF_TRUE)
        or any(_is(values.get(key), FALSE_WORDS) and values.get(key) != "" for key in UNLISTED_IF_FALSE)
        or _is_never_built(values)
        or _is_kept_from_search(values)
        or _text(values.get("status")).lower() == "hidden"
        or _text(values.get("visibility")).lower() in HIDDEN_VISIBILITIES
        or bool(_text(values.get("password")))
        or bool(_first(values, ("redirect", "redirectto")))
    )


def _is_never_built(values: Mapping[str, Any]) -> bool:
    """Check Hugo's `build` options, and the same keys at the top."""
    build = values.get("build", values.get("_build", {}))
    options = {str(key).lower(): value for key, value in build.items()} if isinstance(build, dict) else {}
    return any(_is(part.get(key), NEVER_WORDS) for part in (options, values) for key in UNLISTED_IF_NEVER)


def _is_kept_from_search(values: Mapping[str, Any]) -> bool:
    """Check `search: {exclude: true}`, as MkDocs has it, and `robots: noindex`."""
    search = values.get("search")
    is_excluded = isinstance(search, dict) and _is(search.get("exclude"), TRUE_WORDS)
    return is_excluded or "noindex" in _text(values.get("robots")).lower()


def _boost(values: Mapping[str, Any]) -> float:
    """Read `search: {boost: 2}`, as Material for MkDocs has it."""
    search = values.get("search")
    boost = search.get("boost") if isinstance(search, dict) else None
    if isinstance(boost, bool) or not isinstance(boost, int | float):
        return 1.0
    return float(boost) if MIN_BOOST <= boost <= MAX_BOOST else 1.0


def _is(value: object, words: frozenset[str]) -> bool:
    return isinstance(value, bool | str | int) and str(value).strip().lower() in words


def _flag(front: FrontMatter, path: str, key: str) -> bool | None:
    value = front.values.get(key)
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE_WORDS | FALSE_WORDS:
        return word in TRUE_WORDS
    raise PostError(path, f"{key}: {value!r:.80} is neither true nor false; write one of them", front.lines.get(key))
