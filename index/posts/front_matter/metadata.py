"""The meaning of front matter in every generator: Hugo, Jekyll, Zola, Pelican, Eleventy, MkDocs, Docusaurus.

Keys mean the same in all of them where they exist at all, so none has to be configured. Keys are compared as
`frontmatter.normal_key` writes them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ...analysis import value_key
from ...errors import PostError
from ...model import PostWarning
from ..addresses.slugs import date_in_name
from .dates import latest_of, parse_date
from .drafts import FALSE_WORDS, TRUE_WORDS, is_draft, is_unlisted
from .frontmatter import FrontMatter, normal_key
from .labels import first_text, label, listed, listed_names, unique
from .language_tags import language_in_path, normal_language

DATE_KEYS = (
    *("publishdate", "pubdate", "pubdatetime", "published", "publishedat", "datepublished", "date"),
    *("created", "createdat", "datecreated"),
)
"""The publishing date comes first: where both are given, it is the one that decides what is shown when (Hugo)."""
UPDATED_KEYS = (
    *("updated", "lastmod", "modified", "lastmodifiedat", "lastmodified", "updatedat", "datemodified"),
    *("moddatetime", "updateddate", "lastupdated"),
)
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
ADVICE = "write it as 2026-01-31"
PICTURE_KEYS = ("image", "src", "url", "path", "relative")
"""Where a mapping has the address of a picture, as `cover: {image: ...}` of Hugo's themes."""
OWN_KEYS = ("params", "extra", "taxonomies")
"""Tables in front matter for an author's own keys: Hugo's and Zola's."""
MIN_BOOST, MAX_BOOST = 0.1, 10
"""What a score may be multiplied by; beyond, a post would come first, or last, whatever is asked."""
MAX_REFERENCES = 100
"""Posts that one post supersedes; each is looked up."""
MAX_FACET_VALUES = 100
"""Values of one key of a post that readers can narrow by; more are a text or a table."""


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
        title=first_text(values, ("title", "linktitle")),
        date=dates.published(),
        updated=dates.updated(),
        expires=dates.expires(),
        tags=_tags(front, path),
        categories=_categories(front, path),
        author=", ".join(unique(listed_names(values, AUTHOR_KEYS))),
        summary=first_text(values, SUMMARY_KEYS),
        slug=first_text(values, ("slug",)),
        address=first_text(values, ("url", "permalink")),
        language=normal_language(first_text(values, LANGUAGE_KEYS)) or language_in_path(path),
        draft=is_draft(front, path),
        unlisted=is_unlisted(values),
        boost=_boost(values),
        supersedes=tuple(unique(listed_names(values, SUPERSEDES_KEYS))[:MAX_REFERENCES]),
        superseded_by=tuple(unique(listed_names(values, SUPERSEDED_BY_KEYS))[:MAX_REFERENCES]),
        values=values,
        aliases=tuple(listed_names(values, ALIAS_KEYS)),
        warnings=tuple(dates.warnings),
        translation_key=first_text(values, ("translationkey",)),
    )


def facet_values(meta: Meta, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the values of some keys of front matter as text, without the keys that a post does not have."""
    if not names:
        return {}
    own = _own_values(meta)
    found = {name: _facet(own.get(normal_key(name))) for name in names}
    if "author" in found:
        found["author"] = tuple(unique(listed_names(meta.values, AUTHOR_KEYS)))
    return {name: values for name, values in found.items() if values}


def thumbnail_of(meta: Meta, name: str) -> str:
    """Return the address of the picture that a key of front matter names; a mapping has it in a key of its own."""
    value = _own_values(meta).get(normal_key(name)) if name else None
    if isinstance(value, dict):
        value = next((value[key] for key in PICTURE_KEYS if value.get(key)), None)
    return value.strip() if isinstance(value, str) else ""


def _own_values(meta: Meta) -> dict[str, object]:
    """Return all values of front matter, with those of the tables for an author's own keys."""
    tables = [meta.values, *(table for key in OWN_KEYS if isinstance(table := meta.values.get(key), dict))]
    return {normal_key(key): value for table in reversed(tables) for key, value in table.items()}


def _facet(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    values = {value_key(text): text for item in reversed(items) if (text := _facet_text(item))}
    return tuple(reversed(values.values()))[:MAX_FACET_VALUES]


def _facet_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return label(value.get("name", value.get("title")))
    return value.isoformat() if isinstance(value, date) else label(value)


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
        name for source in sources for key in TAG_KEYS for name in listed(source.get(key), spaced and key[-1] == "s")
    ]
    return tuple(name for name in unique(names) if name.lower() not in COLLECTIONS)


def _categories(front: FrontMatter, path: str) -> tuple[str, ...]:
    """Read the categories apart, which are part of the address in Jekyll: one `category`, or `categories` in words."""
    spaced = "_posts" in path.split("/")
    values = front.values
    return tuple(unique([*listed(values.get("category"), False, None), *listed(values.get("categories"), spaced)]))


def _boost(values: Mapping[str, Any]) -> float:
    """Read `search: {boost: 2}`, as Material for MkDocs has it."""
    search = values.get("search")
    boost = search.get("boost") if isinstance(search, dict) else None
    if isinstance(boost, bool) or not isinstance(boost, int | float):
        return 1.0
    return float(boost) if MIN_BOOST <= boost <= MAX_BOOST else 1.0
