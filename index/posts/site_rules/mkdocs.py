"""MkDocs and Zensical: mkdocs.org/user-guide/configuration, and Material's plugin `meta`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...model import SiteGiven
from .generator_files import first_file, read_values, table_value, text_value
from .rules import NOTHING, is_ignored, matches_any, normal_values, text_list, unbuilt

MKDOCS_FILES = ("zensical.toml", "mkdocs.yml", "mkdocs.yaml")
ALWAYS_EXCLUDED = (".*", "/templates/")
META_FILES = (".meta.yml", ".meta.yaml")
HIDING_WORDS = ("exclude", "draft", "private", "hide", "publish", "ignore")
"""Words in the names of plugins that may leave out pages."""
UNDERSTOOD = ("exclude", "exclude-search", "exclude-unused-files")


def mkdocs_values(site: Path) -> Mapping[str, Any]:
    """Return the configuration of a site, with what it inherits."""
    sign = first_file(site, MKDOCS_FILES)
    values = read_values(site / sign) if sign else {}
    values = table_value(values, "project") if sign == "zensical.toml" else values
    base = text_value(values, "inherit")
    return {**read_values(site / base), **values} if base and (site / base).is_file() else values


def plugins(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the plugins with their options, without the name of the theme that they come with."""
    return _named_options(values.get("plugins"))


def _named_options(listed: object) -> dict[str, Mapping[str, Any]]:
    entries = list(listed.items()) if isinstance(listed, dict) else []
    for each in listed if isinstance(listed, list) else ():
        entries += each.items() if isinstance(each, dict) else [(each, {})]
    return {str(name).rpartition("/")[2]: options if isinstance(options, dict) else {} for name, options in entries}


class MkdocsRules:
    """The rules of a site of MkDocs."""

    def __init__(self, site: Path, root: Path) -> None:
        values = mkdocs_values(site)
        self._root, self._plugins = root, plugins(values)
        self._excluded = [*ALWAYS_EXCLUDED, *text_value_lines(values, "exclude_docs")]
        self._drafts = text_value_lines(values, "draft_docs")
        self._globs = text_list(self._plugins.get("exclude", {}).get("glob"))
        self._doubt = next(self._doubts(), "")
        self.notes = (*(f"{doubt[0].upper()}{doubt[1:]}." for doubt in self._doubts()), *_notes(values))
        self._meta: dict[str, dict[str, Any]] = {}

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        if is_ignored(self._excluded, path) or matches_any(self._globs, path):
            return unbuilt("is excluded by the configuration")
        if is_ignored(self._drafts, path):
            return unbuilt("is a draft by draft_docs")
        folder, _, name = path.rpartition("/")
        if name == "README.md" and (self._root / folder / "index.md").is_file():
            return unbuilt("is left out beside index.md")
        values = self._inherited(folder) if "meta" in self._plugins else {}
        return SiteGiven(values=values, doubt=self._doubt) if values or self._doubt else NOTHING

    def _inherited(self, folder: str) -> dict[str, Any]:
        if folder not in self._meta:
            above = self._inherited(folder.rpartition("/")[0]) if folder else {}
            file = first_file(self._root / folder, META_FILES)
            self._meta[folder] = {**above, **(normal_values(read_values(self._root / folder / file)) if file else {})}
        return self._meta[folder]

    def _doubts(self) -> Iterator[str]:
        for name, options in self._plugins.items():
            is_known = name in UNDERSTOOD and "regex" not in options
            if any(word in name for word in HIDING_WORDS) and not is_known and options.get("enabled") is not False:
                yield f"what the plugin {name} leaves out is not known"


def _notes(values: Mapping[str, Any]) -> Iterator[str]:
    if "slugify" in table_value(extensions(values), "toc"):
        yield "Its heading ids (toc.slugify) are not taken over; build the site and set built."


def extensions(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the extensions of Markdown with their options."""
    return _named_options(values.get("markdown_extensions"))


def text_value_lines(values: Mapping[str, Any], key: str) -> list[str]:
    """Return the lines of a text of a configuration."""
    value = values.get(key)
    return value.splitlines() if isinstance(value, str) else []
