"""Ghost: an export of its posts, whose addresses are `/{slug}/` unless its routes are changed."""

from pathlib import Path

from ...errors import SettingsError
from ...posts.exports.ghost import Tables, read_tables, table_rows
from ...posts.site_rules.generator_files import known_language
from .detected_site import DetectedSite

EXPORT_NAMES = "*.ghost.*.json"
"""The names of exports, such as site.ghost.2026-01-31-10-00-00.json."""


def recognize_ghost(root: Path) -> DetectedSite | None:
    """Recognize a directory with an export; of several the newest counts."""
    exports = sorted(root.glob(EXPORT_NAMES), key=lambda file: file.name.partition(".ghost.")[2])
    if not exports:
        return None
    try:
        tables = read_tables(exports[-1])
    except SettingsError:
        return None
    return DetectedSite(
        generator="ghost",
        label="Ghost",
        sign=exports[-1].name,
        content=(exports[-1].name,),
        title=_setting(tables, "title"),
        language=known_language(_setting(tables, "locale") or _setting(tables, "lang")),
        notes=("An export does not say where the site is; set base_url.",),
    )


def _setting(tables: Tables, key: str) -> str:
    values = (row.get("value") for row in table_rows(tables, "settings") if row.get("key") == key)
    return next((value for value in values if isinstance(value, str)), "")
