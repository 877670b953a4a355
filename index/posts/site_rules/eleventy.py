"""Eleventy: 11ty.dev/docs/data-cascade and /docs/ignores. Its programs are read for plain values, and never run."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...model import SiteGiven
from .generator_files import first_file, read_values
from .rules import file_lines, is_ignored, normal_values, unbuilt

ELEVENTY_FILES = (".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")))
DATA_PROGRAMS = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs", ".11tydata.ts")
DATA_TABLES = (".json", ".11tydata.json")

_PROGRAM_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
_PLAIN_DATA = re.compile(
    r"[\"']?\b(permalink|draft|published|hidden|eleventyExcludeFromCollections|date|lang|title)[\"']?\s*:\s*"
    r"(?:(true|false)\b|\"([^\"\n]*)\"|'([^'\n]*)')"
)
_IGNORES = re.compile(r"\bignores\.(add|delete)\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`\n$]*)`|([^)\n]*))")
_PREPROCESSOR = re.compile(r"\baddPreprocessor\(")
_TESTED = re.compile(r"\bdata\.(\w+)")
_MAY_HIDE = re.compile(r"\bpermalink\b")
_LOGIC_END = 2_000
"""Characters of a preprocessor in which the keys are looked for that it tests."""


def eleventy_directory(text: str, name: str) -> str:
    """Read one of the directories that the configuration names."""
    match = re.search(rf"\b{name}\s*:\s*[\"'`]([^\"'`]+)|set{name.title()}Directory\(\s*[\"'`]([^\"'`]+)", text)
    return next(filter(None, match.groups()), "") if match else ""


class EleventyRules:
    """The rules of an Eleventy site."""

    def __init__(self, site: Path, root: Path) -> None:
        text = _program(site / first_file(site, ELEVENTY_FILES))
        self._site, self._root = site.resolve(), root.resolve()
        self._above = f"{self._root.relative_to(self._site)}/".removeprefix("./") if self._root != self._site else ""
        self._ignored = file_lines(site / ".eleventyignore")
        if not re.search(r"setUseGitIgnore\(\s*false", text):
            self._ignored += file_lines(site / ".gitignore")
        self._ignored_below = file_lines(root / ".eleventyignore") if self._above else []
        unknown = []
        for action, *plain, other in _IGNORES.findall(text):
            pattern = next(filter(None, plain), "").removeprefix("./")
            if pattern:
                self._ignored.append(f"/{pattern}" if action == "add" else f"!/{pattern}")
            elif other and action == "add":
                unknown.append(f"ignores.add({other.strip()}) is not understood")
        data, includes = (eleventy_directory(text, name) for name in ("data", "includes"))
        self._folders = tuple(
            f"{name.strip('/')}/"
            for name in (data or "_data", includes or "_includes", eleventy_directory(text, "layouts"))
            if name
        )
        self._hiding = frozenset(key for key in _tested(text) if key not in ("draft", "page"))
        unknown += self._programs(text, includes=data or "_data")
        self.notes = tuple(f"{each[0].upper()}{each[1:]}." for each in unknown)
        self._doubt = unknown[0] if unknown else ""
        self._data = cache(self._folder_data)

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        if path.startswith(self._folders):
            return unbuilt("is in a folder of data or templates")
        if is_ignored(self._ignored, self._above + path) or is_ignored(self._ignored_below, path):
            return unbuilt("is ignored by the configuration")
        folder, _, name = path.rpartition("/")
        values, doubt = self._data(folder)
        own, own_doubt = self._read(self._root / folder, name.rpartition(".")[0])
        values, doubt = {**values, **own}, own_doubt or doubt or self._doubt
        # A file of its folder's name has the folder's address.
        is_index = bool(folder) and name.rpartition(".")[0] == folder.rpartition("/")[2]
        index = f"{folder}/index.md" if is_index else ""
        return SiteGiven(values=normal_values(values), doubt=doubt, hiding_keys=self._hiding, path=index)

    def _folder_data(self, folder: str) -> tuple[Mapping[str, Any], str]:
        """Return the data of a folder and of those above it, and what of it is not understood."""
        above, doubt = self._data(folder.rpartition("/")[0]) if folder else ({}, "")
        own, own_doubt = self._read(self._root / folder, (self._root / folder).name)
        return {**above, **own}, own_doubt or doubt

    def _read(self, folder: Path, name: str) -> tuple[dict[str, Any], str]:
        values: dict[str, Any] = {}
        for suffix in DATA_TABLES:
            if (folder / (name + suffix)).is_file():
                values |= read_values(folder / (name + suffix))
        file = first_file(folder, [name + suffix for suffix in DATA_PROGRAMS])
        if not file:
            return values, ""
        text = _program(folder / file)
        values |= {
            key: {"true": True, "false": False}.get(word, one or two)
            for key, word, one, two in _PLAIN_DATA.findall(text)
        }
        is_clear = "permalink" in values or not (_MAY_HIDE.search(text) and "false" in text) or _is_of_drafts(text)
        return values, "" if is_clear else f"may be hidden by {file}, which decides by a program"

    def _programs(self, text: str, includes: str) -> Iterator[str]:
        """Yield what of the global data may hide pages and is not understood."""
        files = [file for file in (self._root / includes).glob("eleventyComputed.*") if file.suffix != ".json"]
        for name, program in [("the configuration", text), *((file.name, _program(file)) for file in files)]:
            is_computed = "eleventyComputed" in program or name != "the configuration"
            if is_computed and _MAY_HIDE.search(program) and "false" in program and not _is_of_drafts(program):
                yield f"the permalinks that {name} computes are not understood"


def _program(file: Path) -> str:
    return _PROGRAM_COMMENT.sub("", file.read_text("utf-8", "replace")) if file.is_file() else ""


def _tested(text: str) -> Iterator[str]:
    """Yield the keys of front matter by which a preprocessor of the configuration leaves out pages."""
    for found in _PREPROCESSOR.finditer(text):
        body = text[found.end() : found.end() + _LOGIC_END].split("addPreprocessor(")[0]
        if "return false" in body:
            yield from _TESTED.findall(body.partition("return false")[0])


def _is_of_drafts(text: str) -> bool:
    """Check whether a program decides by nothing but whether a post is a draft."""
    keys = set(_TESTED.findall(text))
    return "draft" in keys and keys <= {"draft", "permalink", "page", "title", "eleventyExcludeFromCollections"}
