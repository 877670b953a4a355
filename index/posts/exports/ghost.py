"""Read posts from an export of Ghost: one JSON file, from which each post becomes an HTML file with front matter.

What a post says is taken out of the export as it is. It becomes HTML when it is read, as that is bounded for each post.

Its tables are those of Ghost's database: https://github.com/TryGhost/Ghost, core/server/data/schema/schema.js
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ...errors import PostError, SettingsError, next_step
from ...model import Source
from .ghost_editor import lexical, mobiledoc

EXPORTED_SUFFIX = ".html"
SITE_PLACEHOLDER = "__GHOST_URL__"
"""The placeholder of the site's own address in an export."""
SENT_STATUS = "sent"
"""The status of a post that went out by mail alone."""
LAST_MILLISECOND = 253_402_300_799_000
"""The last millisecond that is a date: the end of 9999."""

TEXT_COLUMNS: Mapping[str, Callable[[str], str]] = {"html": str, "lexical": lexical, "mobiledoc": mobiledoc}

TableRow = Mapping[str, Any]
Tables = Mapping[str, list[TableRow]]


def is_export(root: Path) -> bool:
    """Check whether a content path is a file that may be an export."""
    return root.suffix.lower() == ".json" and root.is_file()


def discover_export(export: Path, mark: str) -> Iterator[Source | PostError]:
    """Find every post in an export; its stamp is a hash of what it says, as all share one file.

    Raises:
        SettingsError: The file is no export.
    """
    for path, post in posts_by_path(export).items():
        yield post if isinstance(post, PostError) else Source(export, path, f"{_digest(post)}:{mark}")


def load_post(source: Source) -> bytes:
    """Return what an export says of a post, as JSON.

    Raises:
        PostError: It is not there any more, or cannot be read.
    """
    try:
        post = posts_by_path(source.root).get(source.path)
    except SettingsError as error:
        raise PostError(source.path, str(error)) from None
    if isinstance(post, bytes):
        return post
    raise post or PostError(source.path, f"is not in {source.root} any more; run: backmatter index")


def posts_by_path(export: Path) -> Mapping[str, bytes | PostError]:
    """Return what an export says of each post by path, as JSON, and an error for each that cannot be read.

    Raises:
        SettingsError: The file is no export.
    """
    try:
        status = export.stat()
        return _posts(export, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise SettingsError(
            f"content = {str(export)!r}: cannot be read ({error.strerror}); {next_step(error)}"
        ) from None


@lru_cache(maxsize=4)
def _posts(export: Path, size: int, changed: int) -> Mapping[str, bytes | PostError]:  # noqa: ARG001 - tell states apart
    tables = read_tables(export)
    tags = _named(tables, "tags", "posts_tags", "tag_id")
    authors = _named(tables, "users", "posts_authors", "author_id")
    found: dict[str, bytes | PostError] = {}
    for number, row in enumerate(table_rows(tables, "posts"), 1):
        slug = row.get("slug")
        path = f"{slug}{EXPORTED_SUFFIX}" if _is_slug(slug) else f"post {number}"
        if path in found:
            found[f"{path} {number}"] = PostError(
                f"{path} {number}", f"has the slug of {path}; give it another in Ghost"
            )
        elif not _is_slug(slug):
            found[path] = PostError(path, "has no slug that could be an address; give it one in Ghost")
        else:
            found[path] = _post(path, row, tags.get(str(row.get("id")), []), authors.get(str(row.get("id")), []))
    return found


def _post(path: str, row: TableRow, tags: list[str], authors: list[str]) -> bytes | PostError:
    column = next((name for name in TEXT_COLUMNS if isinstance(row.get(name), str)), None)
    if column is None:
        return _unreadable(path, f"none of {', '.join(TEXT_COLUMNS)}")
    exported = [_front_matter(row, tags, authors), column, row[column]]
    try:
        return json.dumps(exported, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        return _unreadable(path, "its values are nested too deep")


def exported_page(data: bytes, path: str) -> bytes:
    """Turn what `load_post` returns into an HTML file whose front matter every reader understands.

    Raises:
        PostError: The editor's document cannot be read.
    """
    front, column, text = json.loads(data)
    try:
        html = TEXT_COLUMNS[column](text)
    except ValueError as error:
        raise _unreadable(path, str(error)) from None
    return f"{json.dumps(front, ensure_ascii=False)}\n{html.replace(SITE_PLACEHOLDER, '')}".encode("utf-8", "replace")


def _unreadable(path: str, fault: str) -> PostError:
    return PostError(path, f"has no text that can be read ({fault}); save it once more in Ghost, and export again")


def read_tables(export: Path) -> Tables:
    """Read the tables of an export.

    Raises:
        SettingsError: The file is no export.
    """
    try:
        values = json.loads(export.read_text("utf-8-sig"))
        inner = values["db"][0] if "db" in values else values
        tables: Tables = inner["data"]
        whole = isinstance(tables["posts"], list)
    except (ValueError, LookupError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise SettingsError(f"content = {str(export)!r}: is no whole export of Ghost; export it again")
    return tables


def table_rows(tables: Tables, name: str) -> list[TableRow]:
    """Return the valid rows of a table."""
    table = tables.get(name)
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def _front_matter(row: TableRow, tags: list[str], authors: list[str]) -> Mapping[str, object]:
    status, public = row.get("status", "published"), row.get("visibility", "public")
    date = _date(row.get("published_at"))
    return {
        "title": row.get("title"),
        "slug": row["slug"],
        "date": date,
        "updated": _date(row.get("updated_at")),
        # A scheduled post appears by its date.
        "draft": status == "draft" or (status == "scheduled" and not date),
        "unlisted": status == SENT_STATUS or public != "public",
        "tags": [tag for tag in tags if not tag.startswith("#")],
        "authors": authors,
        "summary": row.get("custom_excerpt"),
        "language": row.get("locale"),
    }


def _named(tables: Tables, table: str, between: str, key: str) -> Mapping[str, list[str]]:
    """Return the names that a table links to each post, in the author's order."""
    names = {str(row.get("id")): row["name"] for row in table_rows(tables, table) if isinstance(row.get("name"), str)}
    found: dict[str, list[str]] = defaultdict(list)
    # Ghost 0 has one author, in the post itself.
    linked = [(row.get("id"), row.get(key)) for row in table_rows(tables, "posts")]
    ordered = sorted(table_rows(tables, between), key=lambda row: _number(row.get("sort_order")))
    for post, other in (*linked, *((row.get("post_id"), row.get(key)) for row in ordered)):
        if str(other) in names:
            found[str(post)].append(names[str(other)])
    return found


def _date(value: object) -> object:
    """Make a date of the milliseconds that Ghost 0 counts; later versions write dates."""
    if not isinstance(value, int) or not 0 <= value <= LAST_MILLISECOND:
        return value
    return datetime.fromtimestamp(value / 1000, UTC).isoformat()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and value.strip(". ") != "" and "/" not in value


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()
