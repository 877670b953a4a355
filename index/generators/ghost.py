"""Ghost: an export of its posts, whose addresses are `/{slug}/` unless its routes are changed."""

from pathlib import Path

from index.errors import SettingsError
from index.generators.found import Found, language_of
from index.posts.ghost import Tables, read, rows

NAMES = "*.ghost.*.json"
"""As Ghost names the file: site.ghost.2026-01-31-10-00-00.json"""


def read_ghost(root: Path) -> Found | None:
    """Recognize a directory with an export, of several the newest."""
    exports = sorted(root.glob(NAMES), key=lambda file: file.name.partition(".ghost.")[2])
    if not exports:
        return None
    try:
        tables = read(exports[-1])
    except SettingsError:
        return None
    return Found(
        generator="Ghost",
        sign=exports[-1].name,
        content=(exports[-1].name,),
        title=_setting(tables, "title"),
        language=language_of(_setting(tables, "locale") or _setting(tables, "lang")),
        permalink="/{slug}/",
        notes=("An export does not say where the site is; set base_url.",),
    )


def _setting(tables: Tables, key: str) -> str:
    values = (row.get("value") for row in rows(tables, "settings") if row.get("key") == key)
    return next((value for value in values if isinstance(value, str)), "")
