"""Zola: getzola.org/documentation/content/section and /getting-started/configuration."""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ...model import SiteGiven
from .generator_files import first_file, read_values, table_value, text_value
from .rules import NOTHING, text_list, unbuilt
from .sections import head_values

ZOLA_FILES = ("zola.toml", "config.toml")


class ZolaRules:
    """The rules of a Zola site."""

    notes = ()

    def __init__(self, site: Path, root: Path) -> None:
        values = read_values(site / first_file(site, ZOLA_FILES))
        self._root = root
        self._ignored = text_list(values.get("ignored_content"))
        self._main = text_value(values, "default_language") or "en"
        self._languages = {self._main, *table_value(values, "languages")}
        self._is_draft = cache(self._is_draft_section)

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        if any(fnmatchcase(path, pattern) for pattern in self._ignored):
            return unbuilt("is in ignored_content")
        folder, language = path.rpartition("/")[0], path.rpartition("/")[2].split(".")[1:-1]
        code = language[-1] if language and language[-1] in self._languages else ""
        draft = self._is_draft(folder, code)
        if draft:
            return unbuilt(f"is in the section {draft}, which is a draft")
        plain = path.removesuffix(f".{code}.md") + ".md"
        return SiteGiven(path=plain, prefix=f"{code}/" if code != self._main else "") if code else NOTHING

    def _is_draft_section(self, folder: str, language: str) -> str:
        """Return the nearest section that a folder is in and that is a draft, or ""."""
        name = f"_index.{language}.md" if language else "_index.md"
        if head_values(self._root / folder / name).get("draft") is True:
            return folder or "."
        return self._is_draft(folder.rpartition("/")[0], language) if folder else ""
