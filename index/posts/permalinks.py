"""The address that results link to: the post's page here, or the one that the author's generator makes of it.

A pattern says where its parts stand, as the generator's own does; how names are written in them differs between
generators, and is taken from what each of them made of the same names (tests/golden/sites).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from index.errors import PostError, SettingsError
from index.globs import matches
from index.posts.addresses import INDEX_NAMES, JEKYLL_FOLDERS, SAFE, date_in_name, without_date
from index.posts.headings import github
from index.settings import PLACEHOLDERS, Names, Settings

DATED = frozenset(("year", "month", "day"))

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_GENERATOR_PLACEHOLDER = re.compile(r":(\w+)")
_NUMBER = re.compile(r"\A(?!\d+[-_.]\d)\d+\s*[-_.]+\s*(?=[^-_.\s])")
_UNDECOMPOSED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""Latin letters that Unicode does not take apart, as the tools of Pelican and Zola write them."""
_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a post's address can be made of.

    Attributes:
        path: The post's id.
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


def check_permalink(settings: Settings) -> None:
    """Refuse a permalink pattern with a placeholder that does not exist.

    Raises:
        SettingsError: The message names it, and those that do.
    """
    for pattern in (settings.permalink, *(pattern for _, pattern in settings.permalinks)):
        for name in _PLACEHOLDER.findall(pattern):
            if name not in PLACEHOLDERS:
                allowed = " ".join(f"{{{known}}}" for known in PLACEHOLDERS)
                raise SettingsError(f"permalink = {pattern!r}: unknown {{{name}}}; allowed: {allowed}")


def url_of(post: Named, settings: Settings) -> str:
    """Make the address that results link to.

    It is the post's page here, or on the author's own site, where an address in the front matter counts.

    Raises:
        PostError: The permalink pattern needs a date and the post has none.
    """
    if not settings.has_own_site:
        return "/articles/" + quote(post.slug, safe=SAFE)
    given = _given(post, settings)
    target = _fill(post, _pattern(post.path, settings), settings.names) if given is None else given
    return settings.base_url.rstrip("/") + "/" + quote(target.lstrip("/"), safe=SAFE + "%?#")


def _pattern(path: str, settings: Settings) -> str:
    default = settings.permalink or "{path}/"
    return next((pattern for paths, pattern in settings.permalinks if matches(paths, path)), default)


def _fill(post: Named, pattern: str, names: Names) -> str:
    wanted = _PLACEHOLDER.findall(pattern)
    dated = DATED.intersection(wanted)
    if dated and not post.date:
        part = next(name for name in wanted if name in dated)
        raise PostError(post.path, f"has no date, and the permalink pattern needs its {part}; add one")
    return _SLASHES.sub("/", _PLACEHOLDER.sub(lambda found: _value(found[1], post, names), pattern))


def _value(name: str, post: Named, names: Names) -> str:
    """Make one part of an address."""
    write = WRITERS[names]
    folders, stem = _place(post.path)
    plain = without_date(stem) if names in DROP_DATES else stem
    if post.date and name in DATED:
        return {"year": f"{post.date:%Y}", "month": f"{post.date:%m}", "day": f"{post.date:%d}"}[name]
    if names == "safe" and name in ("slug", "path"):
        return post.slug if name == "path" else post.slug.rpartition("/")[2]
    slug = post.given if names in KEEP_SLUGS else write(post.given)
    values: dict[str, Callable[[], str]] = {
        "slug": lambda: slug or write(plain),
        "path": lambda: "/".join([*map(write, folders), slug or write(plain)]).strip("/"),
        "folder": lambda: "/".join(map(write, _parents(post.path))),
        "file": lambda: write(_raw_stem(post.path)),
        "name": lambda: write(without_date(stem)),
        "title": lambda: write(post.title),
        "slug_or_title": lambda: slug or write(post.title),
        "slug_or_dated": lambda: (
            slug or "/".join([*_day(post.path), *map(write, folders[1:]), write(without_date(stem))])
        ),
        "categories": lambda: "/".join(category.lower() for category in _categories(post)),
    }
    return values[name]()


def _day(path: str) -> list[str]:
    return date_in_name(path).split("-")


def _parents(path: str) -> list[str]:
    """Give a post's folders, but for those with which generators only sort their sources."""
    return [part for part in PurePosixPath(path).parts[:-1] if part not in JEKYLL_FOLDERS and part[0] != "_"]


def _raw_stem(path: str) -> str:
    return PurePosixPath(path).stem


def _place(path: str) -> tuple[list[str], str]:
    """Give a post's folders and its name; an index has its folder's name."""
    folders, stem = _parents(path), _raw_stem(path)
    if stem in INDEX_NAMES:
        stem = folders.pop() if folders else ""
    return folders, stem


def _categories(post: Named) -> list[str]:
    """Give a post's categories, first those of Jekyll's folders above `_posts`."""
    above, found, _ = post.path.rpartition("_posts/")
    return list(dict.fromkeys([*(part for part in above.split("/") if found and part), *post.categories]))


def _given(post: Named, settings: Settings) -> str | None:
    """Take a `url` or `permalink` of the front matter if it is a plain path, "" for the top; fill `:year` and such."""
    given = post.address.strip()
    if not given or "{" in given:
        return None
    own = {"slug": post.slug.rpartition("/")[2], "path": post.slug}
    own |= {"title": own["slug"], "section": own["path"].partition("/")[0]}
    if post.date:
        own |= {name: _value(name, post, settings.names) for name in DATED}
    parts = _GENERATOR_PLACEHOLDER.findall(given)
    if any(part not in own for part in parts):
        return None
    filled = _GENERATOR_PLACEHOLDER.sub(lambda found: own[found[1]], given)
    split = urlsplit(filled)
    if split.scheme or split.netloc or ":" in filled or "\\" in filled:
        return None
    return "/".join(part for part in filled.split("/") if unquote(part) not in (".", "..")).lstrip("/")


def _verbatim(name: str) -> str:
    return name


def _hugo(name: str) -> str:
    """Lower case; letters, digits, marks, `.`, `_` and `-` kept, runs of spaces and hyphens one hyphen."""
    kept = "".join(each for each in name.lower() if each in "._- " or each.isalnum() or _is_mark(each))
    return re.sub(r"[ -]+", "-", kept).strip("-")


def _jekyll(name: str) -> str:
    """Jekyll's `Utils.slugify` in the mode "pretty", letters as they are."""
    kept = "".join(each if each.isalnum() or each in "._~!$&'()+,;=@" or _is_mark(each) else "-" for each in name)
    return re.sub("-+", "-", kept).strip("-")


def _pelican(name: str) -> str:
    """Pelican's SLUG_REGEX_SUBSTITUTIONS: ASCII, what is no letter, digit or hyphen gone, spaces to hyphens."""
    plain = re.sub(r"[^\w\s-]", "", _ascii(name)).strip()
    return re.sub(r"[-\s]+", "-", plain)


def _zola(name: str) -> str:
    """Lower ASCII with hyphens, as Zola's paths are by default."""
    return re.sub("[^a-z0-9]+", "-", _ascii(name)).strip("-")


def _docusaurus(name: str) -> str:
    """As it is, without the number that sorts it; what may be a date or a version is none."""
    return _NUMBER.sub("", name)


def _ascii(name: str) -> str:
    """Take letters down to lower ASCII, as far as they are Latin ones."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_UNDECOMPOSED))
    return plain.encode("ascii", "ignore").decode()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


WRITERS: dict[Names, Callable[[str], str]] = {
    "safe": _hugo,
    "verbatim": _verbatim,
    "hugo": _hugo,
    "jekyll": _jekyll,
    "pelican": _pelican,
    "zola": _zola,
    "docusaurus": _docusaurus,
    "github": github,
}
DROP_DATES = frozenset(("safe", "jekyll", "zola"))
"""Where a date at the start of a file's name is no part of it."""
KEEP_SLUGS = frozenset(("docusaurus", "github"))
"""Where a slug of the front matter is written as it is, and may have folders."""
