"""Make the address that results link to: the post's page here, or the one that the author's generator makes.

A pattern says where its parts stand, as the generator's own does; how names are written in them differs between
generators, and is taken from what each of them made of the same names (tests/golden/sites).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ...errors import PostError, SettingsError
from ...model import HTML_SUFFIXES
from ...settings import PLACEHOLDERS, Names, Settings
from .globs import matches_glob
from .headings import github_id
from .slugs import INDEX_NAMES, JEKYLL_FOLDERS, SAFE, date_in_name, without_date
from .transliteration import ascii_slug, to_ascii

DATE_PLACEHOLDERS = frozenset(("year", "month", "day"))
UNSORTED = "misc"
"""Pelican's category of articles without one."""

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_GENERATOR_PLACEHOLDER = re.compile(r":(\w+)")
_NUMBER_PREFIX = re.compile(r"\A(?!\d+[-_.]\d)\d+\s*[-_.]+\s*(?=[^-_.\s])")
_TEMPLATE_EXPRESSION = re.compile(r"\{\{-?([^{}]*)\}\}")
_DATE_FILTER = re.compile(r"date\s*:\s*[\"']((?:%[Ymd]|[-/.])+)[\"']")
_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressParts:
    """The parts that a post's address can be made of.

    Attributes:
        path: The post's id, without what only tells its language.
        values: All of its front matter.
        pattern: That of the site for it alone, or "".
        prefix: What stands before the address, as the folder of a language, "de/".
        slug: Its slug within the journal.
        given: The slug in its front matter, or "".
        address: The address in its front matter, or "".
    """

    path: str
    slug: str
    given: str
    address: str
    title: str
    categories: tuple[str, ...]
    date: datetime | None
    values: Mapping[str, Any] = field(default_factory=dict)
    pattern: str = ""
    prefix: str = ""


def check_permalink(settings: Settings) -> None:
    """Refuse a permalink pattern with a placeholder that does not exist.

    Raises:
        SettingsError: The message names it, and those that do.
    """
    addresses = settings.addresses
    for pattern in (addresses.permalink, *(pattern for _, pattern in addresses.permalinks)):
        for name in _PLACEHOLDER.findall(pattern):
            if name not in PLACEHOLDERS:
                allowed = " ".join(f"{{{known}}}" for known in PLACEHOLDERS)
                raise SettingsError(f"permalink = {pattern!r}: unknown {{{name}}}; allowed: {allowed}")


def url_of(post: AddressParts, settings: Settings) -> str:
    """Make the address that results link to.

    It is the post's page here, or on the author's own site, where an address in the front matter counts.

    Raises:
        PostError: The permalink pattern needs a date and the post has none.
    """
    if not settings.has_own_site:
        return f"{settings.root}/articles/{quote(post.slug, safe=SAFE)}"
    given = _given(post, settings)
    if given is not None:
        return settings.base_url.rstrip("/") + "/" + quote(given.lstrip("/"), safe=SAFE + "%?#")
    pattern = post.pattern or _pattern(post.path, settings)
    if settings.built and not post.date and DATE_PLACEHOLDERS.intersection(_PLACEHOLDER.findall(pattern)):
        pattern = "{path}/"  # Its page tells where it is, if it has one.
    target = _fill(post, pattern, settings.conventions.names)
    return settings.base_url.rstrip("/") + "/" + quote(post.prefix + target.lstrip("/"), safe=SAFE)


def _pattern(path: str, settings: Settings) -> str:
    conventions = settings.conventions
    default = conventions.permalink or "{path}/"
    return next((pattern for paths, pattern in conventions.permalinks if matches_glob(paths, path)), default)


def _fill(post: AddressParts, pattern: str, names: Names) -> str:
    wanted = _PLACEHOLDER.findall(pattern)
    dated = DATE_PLACEHOLDERS.intersection(wanted)
    if dated and not post.date:
        part = next(name for name in wanted if name in dated)
        raise PostError(post.path, f"has no date, and the permalink pattern needs its {part}; add one")
    return _SLASHES.sub("/", _PLACEHOLDER.sub(lambda found: _value(found[1], post, names), pattern))


def _value(name: str, post: AddressParts, names: Names) -> str:
    """Make one part of an address."""
    write, write_slug, write_title = WRITERS[names]
    folders, stem = _folders_and_name(post.path)
    plain = without_date(stem) if names in DROP_DATES else stem
    if post.date and name in DATE_PLACEHOLDERS:
        return {"year": f"{post.date:%Y}", "month": f"{post.date:%m}", "day": f"{post.date:%d}"}[name]
    if names == "safe" and name in ("slug", "path"):
        return post.slug if name == "path" else post.slug.rpartition("/")[2]
    slug = write_slug(post.given)
    values: dict[str, Callable[[], str]] = {
        "slug": lambda: slug or write(plain),
        "path": lambda: "/".join([*map(write, folders), slug or write(plain)]).strip("/"),
        "folder": lambda: "/".join(map(write, _parents(post.path))),
        "file": lambda: write(_raw_stem(post.path)),
        "page": lambda: _page(post.path),
        "name": lambda: write(without_date(stem)),
        "title": lambda: write_title(post.title),
        "slug_or_title": lambda: slug or write_title(post.title),
        "slug_or_dated": lambda: (
            slug or "/".join([*_day(post.path), *map(write, folders[1:]), write(without_date(stem))])
        ),
        "category": lambda: write_title(post.categories[0] if post.categories else UNSORTED),
        "categories": lambda: "/".join(category.lower() for category in _categories(post)),
    }
    return values[name]()


def _day(path: str) -> list[str]:
    return date_in_name(path).split("-")


def _parents(path: str) -> list[str]:
    """Return a post's folders without those in which generators only sort their sources."""
    return [part for part in path.split("/")[:-1] if part not in JEKYLL_FOLDERS and part[0] != "_"]


def _raw_stem(path: str) -> str:
    return PurePosixPath(path).stem


def _page(path: str) -> str:
    """Return the path of a built page as a server has it: an index is its folder."""
    pure = PurePosixPath(path)
    is_index = pure.stem == "index" and pure.suffix.lower() in HTML_SUFFIXES
    return path.removesuffix(pure.name) if is_index else path


def _folders_and_name(path: str) -> tuple[list[str], str]:
    """Return a post's folders and its name; an index takes its folder's name."""
    folders, stem = _parents(path), _raw_stem(path)
    if stem in INDEX_NAMES:
        stem = folders.pop() if folders else ""
    return folders, stem


def _categories(post: AddressParts) -> list[str]:
    """Return a post's categories, first those of Jekyll's folders above `_posts`."""
    above, found, _ = post.path.rpartition("_posts/")
    return list(dict.fromkeys([*(part for part in above.split("/") if found and part), *post.categories]))


def _given(post: AddressParts, settings: Settings) -> str | None:
    """Take a `url` or `permalink` of the front matter if it is a plain path, "" for the top; fill `:year` and such."""
    names = settings.conventions.names
    given = _TEMPLATE_EXPRESSION.sub(lambda found: _expression(found[1], post, names), post.address.strip())
    if not given or "{" in given:
        return None
    own = {"slug": post.slug.rpartition("/")[2], "path": post.slug, "name": _raw_stem(post.path), "output_ext": ".html"}
    own |= {"title": own["slug"], "section": own["path"].partition("/")[0]}
    own |= {"categories": _value("categories", post, names), "collection": post.path.partition("/")[0].lstrip("_")}
    if post.date:
        own |= {name: _value(name, post, names) for name in DATE_PLACEHOLDERS}
        own |= {"i_month": str(post.date.month), "i_day": str(post.date.day), "short_year": f"{post.date:%y}"}
    parts = _GENERATOR_PLACEHOLDER.findall(given)
    if any(part not in own for part in parts):
        return None
    filled = _GENERATOR_PLACEHOLDER.sub(lambda found: own[found[1]], given)
    split = urlsplit(filled)
    if split.scheme or split.netloc or ":" in filled or "\\" in filled:
        return None
    filled = _SLASHES.sub("/", filled)
    if names == "zola" or (names == "hugo" and "." not in filled):
        filled = filled.rstrip("/") + "/"
    return "/".join(part for part in filled.split("/") if unquote(part) not in (".", "..")).lstrip("/")


def _expression(text: str, post: AddressParts, names: Names) -> str:
    """Return what an expression of Eleventy in an address stands for, "{}" for one that is not understood."""
    name, *filters = map(str.strip, text.strip(" -").split("|"))
    path = "/".join([*post.path.split("/")[:-1], without_date(_raw_stem(post.path))])
    known = {"page.fileslug": _value("name", post, names), "page.filepathstem": f"/{path}", "title": post.title}
    written = post.values.get(name.lower())
    value = known.get(name.lower(), str(written) if isinstance(written, str | int) else "{}")
    if name == "page.date" and post.date and len(filters) == 1 and (found := _DATE_FILTER.fullmatch(filters[0])):
        return f"{post.date:{found[1]}}"
    for each in filters:
        value = _FILTERS[each](value) if each in _FILTERS else "{}"
    return value


def _verbatim(name: str) -> str:
    return name


def _lower_words(title: str) -> str:
    """Make a slug of a title as Material for MkDocs does: lower case, words of any script, a hyphen for each space."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def _safe(name: str) -> str:
    """Lower case; letters, digits, marks, `.`, `_` and `-` kept, runs of spaces and hyphens one hyphen."""
    kept = "".join(sign for sign in name.lower() if sign in "._- " or sign.isalnum() or _is_mark(sign))
    return re.sub(r"[ -]+", "-", kept).strip("-")


def _hugo_name(name: str) -> str:
    """Make a part of an address of a file's name as Hugo does: a hyphen for each space, none for what is left out."""
    return "".join(filter(_hugo_keeps, re.sub(r"\s", "-", name.lower())))


def _hugo_slug(slug: str) -> str:
    return _hugo_words(slug).strip("-")


def _hugo_title(title: str) -> str:
    return _hugo_words(title.replace("+", ""))


def _hugo_words(text: str) -> str:
    """Write a text as Hugo's `UnicodeSanitize` does: one hyphen for the space between words that has none."""
    kept = "".join(sign for sign in text.lower() if sign.isspace() or _hugo_keeps(sign)).strip()
    return re.sub(r"\s*-\s*(?=-)|\s*-\s*|\s+", "-", kept)


def _hugo_keeps(character: str) -> bool:
    kind = unicodedata.category(character)
    return character in "._#+~-@" or kind == "Nd" or kind[0] in "LM"


def _jekyll(name: str) -> str:
    """Jekyll's `Utils.slugify` in the mode "pretty", letters as they are."""
    kept = "".join(sign if sign.isalnum() or sign in "._~!$&'()+,;=@" or _is_mark(sign) else "-" for sign in name)
    return re.sub("-+", "-", kept).strip("-")


def _pelican(name: str) -> str:
    """Pelican's SLUG_REGEX_SUBSTITUTIONS: ASCII, what is no letter, digit or hyphen gone, spaces to hyphens."""
    plain = re.sub(r"[^\w\s-]", "", to_ascii(name)).strip()
    return re.sub(r"[-\s]+", "-", plain).lower()


def _docusaurus(name: str) -> str:
    """As it is, without the number that sorts it; what may be a date or a version is none."""
    return _NUMBER_PREFIX.sub("", name)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


class NameWriters(NamedTuple):
    """How a generator writes the names of files and folders, slugs of the front matter, and titles."""

    name: Callable[[str], str]
    slug: Callable[[str], str]
    title: Callable[[str], str]


WRITERS: dict[Names, NameWriters] = {
    "safe": NameWriters(_safe, _safe, _safe),
    "verbatim": NameWriters(_verbatim, _verbatim, _lower_words),
    "hugo": NameWriters(_hugo_name, _hugo_slug, _hugo_title),
    "jekyll": NameWriters(_jekyll, _jekyll, _jekyll),
    "pelican": NameWriters(_pelican, _verbatim, _pelican),
    "zola": NameWriters(ascii_slug, ascii_slug, ascii_slug),
    "docusaurus": NameWriters(_docusaurus, _verbatim, _docusaurus),
    "github": NameWriters(github_id, _verbatim, github_id),
}
_FILTERS: dict[str, Callable[[str], str]] = {"slugify": _safe, "slug": _safe, "lower": str.lower, "downcase": str.lower}
DROP_DATES = frozenset(("safe", "jekyll", "zola"))
"""Generators that drop a date at the start of a file's name."""
