"""Hexo: hexo.io/docs/configuration, and what its processors of posts and pages take."""

from pathlib import Path

from ...model import SiteGiven
from ..generator_files import read_values, table_value
from .rules import NOTHING, matches_any, text_list, unbuilt

HEXO_FILES = ("_config.yml",)


class HexoRules:
    """The rules of a Hexo site."""

    def __init__(self, site: Path, _: Path) -> None:
        values = read_values(site / HEXO_FILES[0])
        self._out = [name for key in ("exclude", "ignore") for name in text_list(values.get(key))]
        self._raw = text_list(values.get("skip_render"))
        marked = table_value(values, "marked")
        is_changed = marked.get("modifyAnchors") or marked.get("headerIds") is False
        self.notes = ("Its heading ids (marked) are not taken over; build the site and set built.",) * bool(is_changed)
        self._include = text_list(values.get("include"))

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        parts = path.split("/")
        inner = parts[1:] if parts[0] in ("_posts", "_drafts") else parts
        hidden = next((part for part in inner if part.startswith(("_", ".", "#")) or part.endswith(("~", "%"))), "")
        if matches_any(self._out, path):
            return unbuilt("is excluded by the configuration")
        if hidden and not matches_any(self._include, path):
            return unbuilt(f"is hidden by the name {hidden}")
        return unbuilt("is not rendered, by skip_render") if matches_any(self._raw, path) else NOTHING
