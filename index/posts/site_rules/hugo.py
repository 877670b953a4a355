"""Hugo: gohugo.io/content-management/front-matter/#cascade and gohugo.io/configuration."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...model import SiteGiven
from .generator_files import first_file, read_values, table_value, text_value
from .rules import matches_any, normal_values, table_list, text_list, unbuilt
from .sections import head_values

HUGO_SUFFIXES = (".toml", ".yaml", ".yml", ".json")
HUGO_FILES = tuple(
    folder + name + suffix
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in HUGO_SUFFIXES
)
HUGO_ENVIRONMENTS = ("config/_default", "config/production")
TARGET_KEYS = frozenset(("path", "kind", "lang", "environment"))


def hugo_values(site: Path) -> dict[str, Any]:
    """Return the configuration of a site that is built for readers; a file of a folder may have one key of it."""
    sign = first_file(site, HUGO_FILES)
    values: dict[str, Any] = dict(read_values(site / sign)) if sign else {}
    for folder in HUGO_ENVIRONMENTS:
        for file in sorted((site / folder).glob("*")) if (site / folder).is_dir() else ():
            if file.suffix in HUGO_SUFFIXES:
                found = read_values(file)
                values |= found if file.stem in ("hugo", "config") else {file.stem.lower(): found.get(file.stem, found)}
    return values


class HugoRules:
    """The rules of a Hugo site for one of its content directories."""

    def __init__(self, site: Path, root: Path) -> None:
        values = hugo_values(site)
        self._root = root
        self._ignored = [re.compile(pattern) for pattern in text_list(values.get("ignorefiles")) if _compiles(pattern)]
        self._languages = {str(code): options for code, options in table_value(values, "languages").items()}
        self._disabled = {*text_list(values.get("disablelanguages"))}
        self._disabled |= {code for code, each in self._languages.items() if _lowered(each).get("disabled") is True}
        self._without = {kind.lower() for kind in text_list(values.get("disablekinds"))}
        self._main = text_value(values, "defaultcontentlanguage") or "en"
        self._mounts = list(_mounts(values, site, root))
        in_folder = values.get("defaultcontentlanguageinsubdir") is True
        self._prefixes = {code: f"{code}/" for code in self._languages if in_folder or code != self._main}
        folders = sorted(_language_folders(values, site, root), reverse=True)
        self._folders = dict(folders)  # Those within others come first.
        self._configured = _lowered_tables(values.get("cascade"))
        self.notes = tuple(_notes(values, self._configured))
        self._section = cache(self._read_section)
        self._bundle = cache(self._find_bundle)

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        folder, _, name = path.rpartition("/")
        stem, language = self._name(name)
        below = next((each for each in self._folders if path.startswith(each)), "")
        language = language or self._folders.get(below, "")
        reason = self._reason(path, folder, stem, language)
        if reason:
            return unbuilt(reason)
        kind = "page" if stem != "_index" else "section" if folder else "home"
        inner = path[len(below) :].removesuffix(name) + stem + name[name.rindex(".") :]
        prefix = self._prefixes.get(language or self._main, "")
        address = "/" + (folder if stem in ("index", "_index") else f"{folder}/{stem}".lstrip("/")).lower().replace(
            " ", "-"
        )
        values: dict[str, Any] = {}
        doubt = ""
        for item in self._cascades(folder, language):
            target = _target(item)
            if target.keys() - TARGET_KEYS:
                doubt = doubt or "may be hidden by a cascade whose target is not understood"
            elif _is_target(target, address, kind, language or self._main):
                values = {**_values(item), **values}
        return SiteGiven(values=normal_values(values), doubt=doubt, path="" if inner == path else inner, prefix=prefix)

    def _reason(self, path: str, folder: str, stem: str, language: str) -> str:
        if any(pattern.search(f"{self._root}/{path}") for pattern in self._ignored):
            return "is ignored by ignoreFiles"
        if language in self._disabled:
            return f"is in {language}, which is disabled"
        if not all(_is_mounted(mount, path) for mount in self._mounts):
            return "is left out by a mount"
        bundle = self._bundle(folder)
        if bundle and (stem != "index" or folder != bundle):
            return f"is a resource of the bundle {bundle}"
        kind = ("section" if folder else "home") if stem == "_index" else "page"
        return f"is of the kind {kind}, which is disabled" if kind in self._without else ""

    def _name(self, name: str) -> tuple[str, str]:
        stem = name.rpartition(".")[0]
        first, _, last = stem.rpartition(".")
        return (first, last) if first and last in self._languages else (stem, "")

    def _find_bundle(self, folder: str) -> str:
        """Return the outermost leaf bundle that a folder is in; other files in it are its resources."""
        above = self._bundle(folder.rpartition("/")[0]) if folder else ""
        names = ("index.*",) if folder else ()
        is_leaf = any(
            self._name(file.name)[0] == "index" for name in names for file in (self._root / folder).glob(name)
        )
        return above or (folder if is_leaf else "")

    def _cascades(self, folder: str, language: str) -> Iterator[Mapping[str, Any]]:
        """Yield what files below a folder inherit, the nearest first."""
        while True:
            yield from self._section(folder, language)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        yield from self._configured

    def _read_section(self, folder: str, language: str) -> list[Mapping[str, Any]]:
        name = f"_index.{language}" if language else "_index"
        found = first_file(self._root / folder, (f"{name}.md", f"{name}.html", f"{name}.markdown", "_index.md"))
        return _lowered_tables(head_values(self._root / folder / found).get("cascade")) if found else []


def content_folders(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the folders of content of a site, each with its language, "" for the site's own."""
    mounts = _lowered_tables(table_value(values, "module").get("mounts"))
    mounted = [
        (source, text_value(mount, "lang"))
        for mount in mounts
        if mount.get("target") == "content"
        if (source := text_value(mount, "source"))
    ]
    languages = table_value(values, "languages").items()
    named = [(folder, str(code)) for code, each in languages if (folder := text_value(_lowered(each), "contentdir"))]
    main = [(text_value(values, "contentdir") or "content", "")]
    return mounted or named + (main if len(named) < len(languages) or not named else [])


def _language_folders(values: Mapping[str, Any], site: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Yield the folders below a content directory that have a language of their own, with a slash at the end."""
    for name, code in content_folders(values):
        folder = (site / name).resolve()
        if code and folder.is_relative_to(root):
            yield f"{folder.relative_to(root).as_posix()}/".removeprefix("./"), code


def _lowered_tables(value: object) -> list[Mapping[str, Any]]:
    """Return the tables of a list, with keys in lower case; a cascade or a mount may stand alone."""
    return list(map(_lowered, table_list(value)))


def _lowered(values: object) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in values.items()} if isinstance(values, dict) else {}


def _target(item: Mapping[str, Any]) -> dict[str, Any]:
    return _lowered(item.get("target", item.get("_target")))


def _values(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in ("target", "_target")}


def _is_target(target: Mapping[str, Any], address: str, kind: str, language: str) -> bool:
    """Check whether a cascade is for a page; its path is a pattern, and so are the others."""
    wanted = {"path": address, "kind": kind, "lang": language, "environment": "production"}
    return all(matches_any([str(pattern).lower()], wanted[key].lower()) for key, pattern in target.items())


def _mounts(values: Mapping[str, Any], site: Path, root: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the mounts of a content directory that leave something out."""
    for mount in _lowered_tables(table_value(values, "module").get("mounts")):
        if (site / str(mount.get("source", ""))).resolve() == root.resolve():
            yield mount


def _is_mounted(mount: Mapping[str, Any], path: str) -> bool:
    files = text_list(mount.get("files"))
    out = [*text_list(mount.get("excludefiles")), *(each[1:].strip() for each in files if each.startswith("!"))]
    only = [*text_list(mount.get("includefiles")), *(each for each in files if not each.startswith("!"))]
    return not matches_any([each.lstrip("/") for each in out], path) and (
        not only or matches_any([each.lstrip("/") for each in only], path)
    )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _notes(values: Mapping[str, Any], configured: list[Mapping[str, Any]]) -> Iterator[str]:
    if any(_target(item).keys() - TARGET_KEYS for item in configured):
        yield "A target of its cascade is not understood."
    if any(not _compiles(pattern) for pattern in text_list(values.get("ignorefiles"))):
        yield "A pattern of ignoreFiles is not understood."
    if values.get("frontmatter"):
        yield "Its order of dates (frontmatter) is not taken over."
    if values.get("segments"):
        yield "Its segments are not taken over."
