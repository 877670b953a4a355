"""Jekyll: jekyllrb.com/docs/configuration/front-matter-defaults, and what its `EntryFilter` and `Reader` read."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from posixpath import normpath
from typing import Any

from ...model import SiteGiven
from ..addresses.globs import matches_glob
from .generator_files import first_file, read_values, table_value, text_value
from .rules import normal_values, table_list, text_list, unbuilt

JEKYLL_FILES = ("_config.yml", "_config.yaml", "_config.toml")
EXCLUDED = ("node_modules", "vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/", "Gemfile")
OPTIONAL_HEAD = "jekyll-optional-front-matter"
"""The plugin by which pages need no front matter; GitHub's own gem has it."""

_POST_NAME = re.compile(r"(?:.*/)?\d{2,4}-\d{1,2}-\d{1,2}-[^/]*\.[^./]+")
_SPECIAL_STARTS = (".", "_", "#", "~")


class JekyllRules:
    """The rules of a Jekyll site."""

    notes = ()

    def __init__(self, site: Path, root: Path) -> None:
        sign = first_file(site, JEKYLL_FILES)
        values = read_values(site / sign) if sign else {}
        self._source = root
        self._exclude = [*text_list(values.get("exclude")), *EXCLUDED]
        self._exclude.append(normpath(text_value(values, "destination") or "_site") + "/")
        self._include = text_list(values.get("include"))
        self._collections = _collections(values.get("collections"))
        self._defaults = table_list(values.get("defaults"))
        gems = (root / "Gemfile").read_text("utf-8", "replace") if (root / "Gemfile").is_file() else ""
        plugins = text_list(values.get("plugins"))
        self._zone = text_value(values, "timezone") or "UTC"
        self._needs_head = OPTIONAL_HEAD not in plugins and "github-pages" not in gems and OPTIONAL_HEAD not in gems

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        if self._is_excluded(path):
            return unbuilt("is excluded by the configuration")
        kind, rest = self._kind(path)
        if not kind:
            return unbuilt(f"is in {rest}, which Jekyll does not read")
        if kind not in ("pages", "drafts") and table_value(self._collections, kind).get("output") is not True:
            return unbuilt(f"is in the collection {kind}, which has no output")
        if kind == "posts" and not _POST_NAME.fullmatch(rest):
            return unbuilt("has no date in its name, as a post has")
        values = self._inherited(path, kind)
        needs_head = kind not in ("posts", "drafts") and (kind != "pages" or self._needs_head)
        return SiteGiven(values=values, needs_head=needs_head, zone=self._zone)

    def _is_excluded(self, path: str) -> bool:
        parts = path.split("/")
        entries = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        return any(
            _matches(pattern, entry) for entry in entries for pattern in self._exclude if pattern not in self._include
        )

    def _kind(self, path: str) -> tuple[str, str]:
        """Return posts, drafts, pages or a collection, and the path in its folder; "" and what is not read else."""
        parts = path.split("/")
        for number, part in enumerate(parts):
            label = {"_posts": "posts", "_drafts": "drafts"}.get(part, "")
            if part[1:] in self._collections and part.startswith("_") and number == len(self._above):
                label = part[1:]
            if label:
                rest = parts[number + 1 :]
                hidden = (
                    next((each for each in (rest[0], rest[-1]) if each.startswith(_SPECIAL_STARTS)), "") if rest else ""
                )
                return ("", hidden) if hidden and hidden not in self._include else (label, "/".join(rest))
            entry = "/".join(parts[: number + 1])
            if part.startswith(_SPECIAL_STARTS) and not any(_matches(each, entry) for each in self._include):
                return "", part
        return "pages", path

    @property
    def _above(self) -> list[str]:
        folder = self._collections.get("", {}).get("folder", "")
        return folder.split("/") if folder else []

    def _inherited(self, path: str, kind: str) -> dict[str, Any]:
        found = []
        for number, default in enumerate(self._defaults):
            scope, values = table_value(default, "scope"), table_value(default, "values")
            where = str(scope.get("path") or "").strip("/")
            of = scope.get("type")
            if (of is None or str(of).rstrip("s") == kind.rstrip("s")) and _is_in_scope(where, path):
                found.append((len(where), of is not None, number, values))
        return normal_values(
            {key: value for *_, values in sorted(found, key=lambda each: each[:3]) for key, value in values.items()}
        )


def _collections(value: object) -> dict[str, Mapping[str, Any]]:
    """Return the collections with their options; a list of names has none."""
    named = {str(name): {} for name in value} if isinstance(value, list) else value if isinstance(value, dict) else {}
    options = {str(name): each if isinstance(each, dict) else {} for name, each in named.items()}
    return {**options, "posts": {"output": True, **options.get("posts", {})}}


def _matches(pattern: str, entry: str) -> bool:
    """Match as `EntryFilter#glob_include?`: by a pattern whose `*` also matches slashes, or by the start."""
    pattern = pattern.removeprefix("./").lstrip("/")
    return fnmatchcase(entry, pattern) or entry.startswith(pattern) or pattern == f"{entry}/"


def _is_in_scope(where: str, path: str) -> bool:
    if not where:
        return True
    if "*" in where:
        return matches_glob(where, path) or matches_glob(f"{where}/**", path)
    return path == where or path.startswith(f"{where}/")
