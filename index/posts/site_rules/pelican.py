"""Pelican: docs.getpelican.com/en/latest/settings.html. Its configuration is a program: it is read and never run."""

import ast
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...model import SiteGiven
from .rules import normal_values, text_list, unbuilt

PELICAN_FILES = ("pelicanconf.py", "publishconf.py")
"""The second one is for readers, and counts before the first."""
HIDING_VARIABLES = (
    "ARTICLE_EXCLUDES",
    "PAGE_EXCLUDES",
    "IGNORE_FILES",
    "EXTRA_PATH_METADATA",
    "DEFAULT_METADATA",
    "READERS",
)
ADDRESS_PATTERNS = {
    "ARTICLE_URL": "{slug}.html",
    "ARTICLE_LANG_URL": "{slug}-{lang}.html",
    "PAGE_URL": "pages/{slug}.html",
    "PAGE_LANG_URL": "pages/{slug}-{lang}.html",
}
"""Pelican's own; those with a language are for posts that are not in the site's."""
PELICAN_DATES = {"{date:%Y}": "{year}", "{date:%m}": "{month}", "{date:%d}": "{day}"}
IGNORED_FILES = ("**/.*", ".#*", "__pycache__")
FILENAME_METADATA = r"(?P<date>\d{4}-\d{2}-\d{2}).*"


def assignments(file: Path) -> dict[str, Any]:
    """Read the variables of a program to which a literal is assigned; None for those that are anything else.

    Raises:
        InputError: It cannot be read.
    """
    try:
        tree = ast.parse(file.read_text("utf-8-sig"))
    except (OSError, ValueError, SyntaxError, RecursionError) as error:
        raise InputError(f"{file}: cannot be read ({error}); correct it, or name another directory") from None
    values: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            values |= {target.id: _literal(node.value) for target in node.targets if isinstance(target, ast.Name)}
    return values


def pelican_values(site: Path) -> dict[str, Any]:
    """Return the settings of a site as it is published."""
    files = [site / name for name in PELICAN_FILES if (site / name).is_file()]
    return {key: value for file in files for key, value in assignments(file).items()}


def address_pattern(values: Mapping[str, Any], key: str) -> str:
    """Return the pattern of addresses that a setting has, as ours; "" for one that has no counterpart."""
    slug = "{slug}" if values.get("SLUGIFY_SOURCE") == "basename" else "{slug_or_title}"
    pattern = str(values.get(key) or ADDRESS_PATTERNS[key])
    for theirs, ours in (*PELICAN_DATES.items(), ("{slug}", slug)):
        pattern = pattern.replace(theirs, ours)
    known = {"year", "month", "day", "category", slug.strip("{}"), *(["lang"] if "LANG" in key else [])}
    return "/" + pattern.lstrip("/") if set(re.findall(r"\{(.*?)\}", pattern)) <= known else ""


class PelicanRules:
    """The rules of a Pelican site."""

    def __init__(self, site: Path, _: Path) -> None:
        values = pelican_values(site)
        self._pages = [each.strip("/") for each in text_list(_sequence(values.get("PAGE_PATHS", ["pages"])))]
        self._articles = [each.strip("/") for each in text_list(_sequence(values.get("ARTICLE_PATHS"))) or [""]]
        excluded = [*_sequence(values.get("ARTICLE_EXCLUDES")), *_sequence(values.get("PAGE_EXCLUDES"))]
        self._excluded = [str(each).strip("/") for each in excluded]
        self._ignored = [str(each) for each in _sequence(values.get("IGNORE_FILES"))] or list(IGNORED_FILES)
        self._extra = {str(path).strip("/"): each for path, each in _table(values.get("EXTRA_PATH_METADATA")).items()}
        self._default = _table(values.get("DEFAULT_METADATA"))
        self._off = {str(name) for name, reader in _table(values.get("READERS")).items() if reader is None}
        self._patterns = [str(values.get(key) or usual) for key, usual in _PATTERNS.items()]
        self._language = str(values.get("DEFAULT_LANG") or "en")
        self._foreign = [address_pattern(values, key) for key in ("ARTICLE_LANG_URL", "PAGE_LANG_URL")]
        self._needs_date = not values.get("DEFAULT_DATE")
        self._by_folder = values.get("USE_FOLDER_AS_CATEGORY", True) is not False
        unknown = [key for key in HIDING_VARIABLES if key in values and values[key] is None]
        self._doubt = f"may be hidden by {unknown[0]}, which is not a plain value" if unknown else ""
        self.notes = tuple(f"{key} is no plain value, and not taken over." for key in unknown)

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        is_page = any(_is_below(path, folder) for folder in self._pages)
        if any(_is_below(path, folder) for folder in self._excluded):
            return unbuilt("is excluded by the configuration")
        if not is_page and not any(_is_below(path, folder) for folder in self._articles):
            return unbuilt("is in no folder of articles or pages")
        if any(_is_ignored(pattern, path) for pattern in self._ignored):
            return unbuilt("is ignored by IGNORE_FILES")
        if path.rpartition(".")[2].lower() in self._off:
            return unbuilt("is of a kind that READERS leaves out")
        values = self._inherited(path)
        return SiteGiven(
            values=values,
            doubt=self._doubt,
            needs_date=self._needs_date and not is_page,
            language=self._language,
            foreign=self._foreign[is_page],
        )

    def _inherited(self, path: str) -> dict[str, Any]:
        values = dict(self._default)
        folder, _, name = path.rpartition("/")
        if self._by_folder and folder:
            values["category"] = folder.rpartition("/")[2]
        for pattern, text in zip(self._patterns, (name.rpartition(".")[0], path), strict=True):
            found = _match(pattern, text)
            values |= {key: value for key, value in (found.groupdict() if found else {}).items() if value}
        for below in sorted(self._extra, key=len):
            if _is_below(path, below):
                values |= _table(self._extra[below])
        return normal_values(values)


_PATTERNS = {"FILENAME_METADATA": FILENAME_METADATA, "PATH_METADATA": ""}


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _sequence(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set) else [value] if isinstance(value, str) else []


def _table(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _is_ignored(pattern: str, path: str) -> bool:
    parts = path.split("/")
    return any(fnmatchcase(part, pattern.removeprefix("**/")) for part in parts) or fnmatchcase(path, pattern)


def _match(pattern: str, text: str) -> re.Match[str] | None:
    try:
        return re.match(pattern, text)
    except re.error:
        return None
