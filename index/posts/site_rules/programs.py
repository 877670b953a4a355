"""Docusaurus and Astro, whose configurations and pages are programs: they are read for plain values, and never run.

docusaurus.io/docs/api/plugins/@docusaurus/plugin-content-docs and docs.astro.build/en/guides/content-collections.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from ...model import SiteGiven
from .generator_files import first_file
from .rules import NOTHING, matches_any, unbuilt

DOCUSAURUS_FILES = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs"))
ASTRO_FILES = tuple(f"astro.config.{suffix}" for suffix in ("mjs", "ts", "js", "mts", "cjs"))
ASTRO_PROGRAMS = (".astro", ".ts", ".js", ".mjs")
MOST_PROGRAMS = 1_000
"""Programs of a site that are read."""
UNPUBLISHED = ("**/_*", "**/_*/**", "**/__tests__/**", "**/*.test.*")
"""What the plugins of Docusaurus leave out, unless their options say otherwise."""

_EXCLUDE = re.compile(r"\bexclude\s*:\s*\[([^\]]*)\]")
_TEXT = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`\n$]*)`")
_FILTER = re.compile(r"\bgetCollection\(([^;]{0,500})")
_REFUSED = re.compile(r"!\s*(?:[\w.]+\.)?data\.(\w+)|\bdata\.(\w+)\s*!==?\s*true")


class DocusaurusRules:
    """The rules of a Docusaurus site."""

    notes = ()

    def __init__(self, site: Path, _: Path) -> None:
        text = (site / first_file(site, DOCUSAURUS_FILES)).read_text("utf-8", "replace")
        found = (pattern for listed in _EXCLUDE.findall(text) for pattern in _TEXT.findall(listed))
        self._patterns = [*UNPUBLISHED, *(next(filter(None, pattern), "") for pattern in found)]

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file; patterns are those of paths below the folder of a plugin."""
        is_out = any(matches_any(self._patterns, each) for each in (path, path.partition("/")[2]))
        return unbuilt("is excluded by the configuration") if is_out else NOTHING


class AstroRules:
    """The rules of an Astro site: the keys by which its pages leave out entries of their collections."""

    notes = ()

    def __init__(self, site: Path, _: Path) -> None:
        keys = {key for file in _programs(site / "src") for key in _refused_keys(file)}
        self._given = SiteGiven(hiding_keys=frozenset(keys)) if keys else NOTHING

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        hidden = next((part for part in path.split("/") if part.startswith("_")), "")
        return unbuilt(f"is hidden by the name {hidden}") if hidden else self._given


def _programs(folder: Path) -> Iterator[Path]:
    files = (file for file in folder.rglob("*") if file.suffix in ASTRO_PROGRAMS and "node_modules" not in file.parts)
    return (file for file, _ in zip(files, range(MOST_PROGRAMS), strict=False))


def _refused_keys(file: Path) -> Iterator[str]:
    for called in _FILTER.findall(file.read_text("utf-8", "replace")):
        for refused in _REFUSED.findall(called):
            yield next(filter(None, refused))
