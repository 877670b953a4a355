"""Hugo: gohugo.io/configuration and gohugo.io/content-management/urls."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.generators.found import Found, first_file, language_of, read_values, site_of, table_of, text_of, translated

CONFIGURATIONS = tuple(
    folder + name + suffix
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in (".toml", ".yaml", ".yml", ".json")
)
FOLDERS = ("archetypes", "layouts", "themes", "content", "resources", "config")
WORDS = {
    **{word: f"{{{word}}}" for word in ("year", "month", "day", "title")},
    "slug": "{slug_or_title}",
    "filename": "{file}",
    "contentbasename": "{name}",
    "slugorcontentbasename": "{slug}",
    "slugorfilename": "{slug}",
}


def read(root: Path) -> Found | None:
    """Recognize a Hugo site."""
    sign = first_file(root, CONFIGURATIONS)
    if not sign or not any((root / folder).is_dir() for folder in FOLDERS):
        return None
    values = read_values(root / sign)
    ugly = values.get("uglyurls") is True
    patterns, unknown = _patterns(values, ugly=ugly)
    code = text_of(values, "defaultcontentlanguage")
    language = table_of(table_of(values, "languages"), code)
    return Found(
        generator="Hugo",
        sign=sign,
        content=(_content(values, language),),
        title=text_of(values, "title") or text_of(language, "title"),
        language=language_of(text_of(values, "languagecode", "locale") or code),
        base_url=site_of(text_of(values, "baseurl")),
        permalink="/{path}.html" if ugly else "/{path}/",
        permalinks=(("**/_index.md", "/{folder}/"), *patterns),
        names="hugo",
        notes=tuple(f"Its address pattern {pattern} has no counterpart here." for pattern in unknown),
    )


def _content(values: Mapping[str, Any], language: Mapping[str, Any]) -> str:
    lower = {str(key).lower(): value for key, value in language.items()}
    return text_of(lower, "contentdir") or text_of(values, "contentdir") or "content"


def _patterns(values: Mapping[str, Any], *, ugly: bool) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    found: list[tuple[str, str]] = []
    unknown: list[str] = []
    for section, pattern in _sections(table_of(values, "permalinks")):
        own = translated(re.sub(r":section\b", section, pattern), WORDS)
        if own and not ugly:
            found.append((f"{section}/**", own.rstrip("/") + "/"))
        elif own:
            found.append((f"{section}/**", own))
        else:
            unknown.append(pattern)
    return tuple(found), unknown


def _sections(permalinks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the pattern of each section; newer configurations have them by the kind of page."""
    pages = permalinks.get("page")
    for section, pattern in (pages if isinstance(pages, dict) else permalinks).items():
        if isinstance(pattern, str) and section != "page":
            yield section, pattern
