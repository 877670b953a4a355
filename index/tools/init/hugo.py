"""Hugo: gohugo.io/configuration and gohugo.io/content-management/urls."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import commonpath, normpath
from typing import Any

from ...posts.site_rules.generator_files import (
    first_file,
    known_language,
    table_value,
    text_value,
    translate_pattern,
    web_address,
)
from ...posts.site_rules.hugo import HUGO_FILES, content_folders, hugo_values
from ...settings import CONVENTIONS, HeadingIds
from .detected_site import DetectedSite

HUGO_FOLDERS = ("archetypes", "layouts", "themes", "content", "resources", "config")
HUGO_PLACEHOLDERS = {
    **{word: f"{{{word}}}" for word in ("year", "month", "day", "title")},
    "slug": "{slug_or_title}",
    "filename": "{file}",
    "contentbasename": "{name}",
    "slugorcontentbasename": "{slug}",
    "slugorfilename": "{slug}",
}

HEADING_STYLES: dict[str, HeadingIds] = {"github-ascii": "hugo-ascii", "blackfriday": "blackfriday"}


def recognize_hugo(root: Path) -> DetectedSite | None:
    """Recognize a Hugo site."""
    sign = first_file(root, HUGO_FILES)
    if not sign or not any((root / folder).is_dir() for folder in HUGO_FOLDERS):
        return None
    values = hugo_values(root)
    ugly = values.get("uglyurls") is True
    patterns, unknown = _patterns(values, ugly=ugly)
    code = text_value(values, "defaultcontentlanguage")
    language = table_value(table_value(values, "languages"), code)
    return DetectedSite(
        generator="hugo",
        label="Hugo",
        output=text_value(values, "publishdir"),
        sign=sign,
        content=_content(root, values),
        title=text_value(values, "title") or text_value(language, "title"),
        language=known_language(text_value(values, "languagecode", "locale") or code),
        base_url=web_address(text_value(values, "baseurl")),
        permalink="/{path}.html" if ugly else None,
        heading_ids=_heading_ids(values),
        permalinks=(*CONVENTIONS["hugo"].permalinks, *patterns),
        notes=tuple(f"Its address pattern {pattern} has no counterpart here." for pattern in unknown),
    )


def _heading_ids(values: Mapping[str, Any]) -> HeadingIds | None:
    """Read the style of heading ids, which has had two names."""
    found: Any = values
    for key in ("markup", "goldmark", "parser"):
        found = table_value({str(name).lower(): value for name, value in found.items()}, key)
    lowered = {str(name).lower(): value for name, value in found.items()}
    return HEADING_STYLES.get(text_value(lowered, "autoidtype", "autoheadingidtype"))


def _content(root: Path, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the directory of all languages, or, where it is the site's own, those of each."""
    folders = list(dict.fromkeys(normpath(folder) for folder, _ in content_folders(values)))
    above = commonpath(folders)
    return (above,) if above and (root / above).is_dir() else tuple(folders)


def _patterns(values: Mapping[str, Any], *, ugly: bool) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    permalinks: list[tuple[str, str]] = []
    unknown: list[str] = []
    for section, pattern in _sections(table_value(values, "permalinks")):
        permalink = translate_pattern(re.sub(r":section\b", section, pattern), HUGO_PLACEHOLDERS)
        if permalink:
            permalinks.append((f"{section}/**", permalink if ugly else permalink.rstrip("/") + "/"))
        else:
            unknown.append(pattern)
    return tuple(permalinks), unknown


def _sections(permalinks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the pattern of each section; newer configurations group them by the kind of page."""
    pages = permalinks.get("page")
    for section, pattern in (pages if isinstance(pages, dict) else permalinks).items():
        if isinstance(pattern, str) and section != "page":
            yield section, pattern
