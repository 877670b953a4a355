"""A post's slug within the journal, and the address that results link to."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from index.errors import PostError, SettingsError
from index.settings import Settings

INDEX_NAMES = frozenset(("index", "_index"))
JEKYLL_FOLDERS = frozenset(("_posts", "_drafts"))
PLACEHOLDERS = ("year", "month", "day", "slug", "path")
SAFE = "/-_.~!$&'()*+,;=:@"
"""Characters that may stand unescaped in a path, RFC 3986 section 3.3."""

_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})-(?=.)")
_UNSAFE = re.compile(r"[^\w.~-]+")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_GENERATOR_PLACEHOLDER = re.compile(r":(\w+)")


def slug_of(path: str, given: str) -> str:
    """Make a post's slug: its path without suffix, `index` taking its folder's name.

    Args:
        path: The post's id.
        given: The front matter's slug; it replaces the last part.
    """
    *folders, name = PurePosixPath(path).with_suffix("").parts
    folders = [folder for folder in folders if folder not in JEKYLL_FOLDERS]
    if name in INDEX_NAMES and folders:
        name = folders.pop()
    name = _DATED_NAME.sub("", name, count=1) if _DATED_NAME.match(name) else name
    last = given.strip("/").rpartition("/")[2] if given.strip("/") else name
    segments = [segment for segment in map(_segment, [*folders, last]) if segment]
    return "/".join(segments) or "index"


def date_in_name(path: str) -> str:
    """Find the date that Jekyll has at the start of a file's name, or of a bundle's folder, else ""."""
    parts = PurePosixPath(path).parts
    name = parts[-2] if len(parts) > 1 and PurePosixPath(parts[-1]).stem in INDEX_NAMES else parts[-1]
    found = _DATED_NAME.match(name)
    return found[1] if found else ""


def check_permalink(settings: Settings) -> None:
    """Refuse a permalink pattern with a placeholder that does not exist.

    Raises:
        SettingsError: The message names it, and those that do.
    """
    for name in _PLACEHOLDER.findall(settings.permalink):
        if name not in PLACEHOLDERS:
            allowed = " ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            raise SettingsError(f"permalink = {settings.permalink!r}: unknown {{{name}}}; allowed: {allowed}")


def url_of(path: str, slug: str, date: datetime | None, given: object, settings: Settings) -> str:
    """Make the address that results link to.

    It is the post's page here, or with `base_url` or `permalink` set its page on the author's own site, where an
    address in the front matter counts.

    Raises:
        PostError: The permalink pattern needs a date and the post has none.
    """
    if not settings.base_url and not settings.permalink:
        return "/articles/" + quote(slug, safe=SAFE)
    values = _values(slug, date)
    target = _given(given, values) or _fill(path, settings.permalink or "{path}/", values)
    return settings.base_url.rstrip("/") + "/" + quote(target.lstrip("/"), safe=SAFE + "%?#")


def _values(slug: str, date: datetime | None) -> dict[str, str]:
    values = {"slug": slug.rpartition("/")[2], "path": slug}
    if date:
        values |= {"year": f"{date:%Y}", "month": f"{date:%m}", "day": f"{date:%d}"}
    return values


def _fill(path: str, pattern: str, values: Mapping[str, str]) -> str:
    missing = [name for name in _PLACEHOLDER.findall(pattern) if name not in values]
    if missing:
        raise PostError(path, f"has no date, and the permalink pattern needs its {missing[0]}; add one")
    return _PLACEHOLDER.sub(lambda found: values[found[1]], pattern)


def _given(given: object, values: Mapping[str, str]) -> str:
    """Take a `url` or `permalink` of the front matter if it is a plain path; `:year` and the like are filled."""
    if not isinstance(given, str) or not given.strip() or "{" in given:
        return ""
    own = {**values, "title": values["slug"], "section": values["path"].partition("/")[0]}
    parts = _GENERATOR_PLACEHOLDER.findall(given)
    if any(part not in own for part in parts):
        return ""
    filled = _GENERATOR_PLACEHOLDER.sub(lambda found: own[found[1]], given.strip())
    split = urlsplit(filled)
    if split.scheme or split.netloc or ":" in filled or "\\" in filled:
        return ""
    return "/".join(part for part in filled.split("/") if unquote(part) not in (".", "..")).lstrip("/")


def _segment(text: str) -> str:
    return _UNSAFE.sub("-", unicodedata.normalize("NFC", text)).strip("-.")
