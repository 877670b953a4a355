"""Hexo: hexo.io/docs/configuration, and what its processors of posts and pages take."""

import re
from pathlib import Path

from ...model import SiteGiven
from ..addresses.headings import hexo_slug
from .generator_files import read_values, table_value, text_value
from .rules import NOTHING, matches_any, text_list, unbuilt

HEXO_FILES = ("_config.yml",)

_NAME_PARTS = {
    "title": "(?P<title>.+?)",
    "year": r"\d{4}",
    **dict.fromkeys(("month", "day"), r"\d{2}"),
    **dict.fromkeys(("i_month", "i_day"), r"\d{1,2}"),
}


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
        self._name = _name_pattern(text_value(values, "new_post_name") or ":title.md")

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file."""
        parts = path.split("/")
        inner = parts[1:] if parts[0] in ("_posts", "_drafts") else parts
        hidden = next((part for part in inner if part.startswith(("_", ".", "#")) or part.endswith(("~", "%"))), "")
        if matches_any(self._out, path):
            return unbuilt("is excluded by the configuration")
        if hidden and not matches_any(self._include, path):
            return unbuilt(f"is hidden by the name {hidden}")
        if matches_any(self._raw, path):
            return unbuilt("is not rendered, by skip_render")
        return SiteGiven(path=f"_posts/{self._slug(path)}.md") if parts[0] == "_posts" else NOTHING

    def _slug(self, path: str) -> str:
        """Return the title in a name that is as `new_post_name` has it, else Hexo's slug of the whole name."""
        name = path.partition("/")[2].rpartition(".")[0]
        found = self._name.fullmatch(name)
        return found["title"] if found else hexo_slug(name)


def _name_pattern(pattern: str) -> re.Pattern[str]:
    parts = re.split(r":(\w+)", pattern.rpartition(".")[0])
    if "title" not in parts[1::2]:
        return re.compile("(?P<title>.+)")
    texts = (_NAME_PARTS.get(part, "(.+?)") if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile("".join(texts))
