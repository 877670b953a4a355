"""Posts in an export of Ghost: one JSON file, in which each post is what an HTML file with front matter would be.

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

from index.errors import PostError, SettingsError
from index.model import Source
from index.posts.koenig import lexical, mobiledoc

SUFFIX = ".html"
SITE = "__GHOST_URL__"
"""What an export has in place of the site's own address."""
SENT = "sent"
"""The status of a post that went out by mail alone."""
LAST = 253_402_300_799_000
"""The last millisecond that is a date: the end of 9999."""

FORMS: Mapping[str, Callable[[str], str]] = {"html": str, "lexical": lexical, "mobiledoc": mobiledoc}

Row = Mapping[str, Any]
Tables = Mapping[str, list[Row]]


def is_export(root: Path) -> bool:
    """Tell whether this is a file that may be an export, and no directory."""
    return root.suffix.lower() == ".json" and root.is_file()


def discover(export: Path, mark: str) -> Iterator[Source | PostError]:
    """Find every post in an export; its stamp is a hash of what it says, as all share one file.

    Raises:
        SettingsError: The file is no export.
    """
    for path, post in posts(export).items():
        yield post if isinstance(post, PostError) else Source(export, path, f"{_digest(post)}:{mark}")


def load(source: Source) -> bytes:
    """Give a post as an HTML file with front matter.

    Raises:
        PostError: It is not there any more, or cannot be read.
    """
    try:
        post = posts(source.root).get(source.path)
    except SettingsError as error:
        raise PostError(source.path, str(error)) from None
    if isinstance(post, bytes):
        return post
    raise post or PostError(source.path, f"is not in {source.root} any more; run: backmatter index")


def posts(export: Path) -> Mapping[str, bytes | PostError]:
    """Give the posts of an export by their paths, and why one cannot be read.

    Raises:
        SettingsError: The file is no export.
    """
    try:
        status = export.stat()
        return _posts(export, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise SettingsError(f"content = {str(export)!r}: cannot be read ({error.strerror})") from None


@lru_cache(maxsize=4)
def _posts(export: Path, size: int, changed: int) -> Mapping[str, bytes | PostError]:  # noqa: ARG001 - tell states apart
    tables = read(export)
    tags = _named(tables, "tags", "posts_tags", "tag_id")
    authors = _named(tables, "users", "posts_authors", "author_id")
    found: dict[str, bytes | PostError] = {}
    for number, row in enumerate(rows(tables, "posts"), 1):
        slug = row.get("slug")
        path = f"{slug}{SUFFIX}" if _is_slug(slug) else f"post {number}"
        if path in found:
            found[f"{path} {number}"] = PostError(
                f"{path} {number}", f"has the slug of {path}; give it another in Ghost"
            )
        elif not _is_slug(slug):
            found[path] = PostError(path, "has no slug that could be an address; give it one in Ghost")
        else:
            found[path] = _post(path, row, tags.get(str(row.get("id")), []), authors.get(str(row.get("id")), []))
    return found


def _post(path: str, row: Row, tags: list[str], authors: list[str]) -> bytes | PostError:
    try:
        return _file(row, _html(row), tags, authors)
    except ValueError as error:
        return PostError(path, f"has no text that can be read ({error}); save it once more in Ghost, and export again")


def _html(row: Row) -> str:
    """Give the text as HTML: as Ghost made it, or as it would make it of what its editor keeps.

    Raises:
        ValueError: There is none.
    """
    for form, make in FORMS.items():
        if isinstance(row.get(form), str):
            return make(row[form])
    raise ValueError(f"none of {', '.join(FORMS)}")


def read(export: Path) -> Tables:
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


def rows(tables: Tables, name: str) -> list[Row]:
    """Give the rows of a table, without what is none."""
    table = tables.get(name)
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def _file(row: Row, html: str, tags: list[str], authors: list[str]) -> bytes:
    """Write a post as a file whose front matter every reader understands."""
    status, public = row.get("status", "published"), row.get("visibility", "public")
    date = _date(row.get("published_at"))
    front = {
        "title": row.get("title"),
        "slug": row["slug"],
        "date": date,
        "updated": _date(row.get("updated_at")),
        # A scheduled post appears by its date.
        "draft": status == "draft" or (status == "scheduled" and not date),
        "unlisted": status == SENT or public != "public",
        "tags": [tag for tag in tags if not tag.startswith("#")],
        "authors": authors,
        "summary": row.get("custom_excerpt"),
        "language": row.get("locale"),
    }
    return f"{json.dumps(front, ensure_ascii=False)}\n{html.replace(SITE, '')}".encode("utf-8", "replace")


def _named(tables: Tables, table: str, between: str, key: str) -> Mapping[str, list[str]]:
    """Give the names in a table that each post has, in the author's order."""
    names = {str(row.get("id")): row["name"] for row in rows(tables, table) if isinstance(row.get("name"), str)}
    found: dict[str, list[str]] = defaultdict(list)
    # Ghost 0 has one author, in the post itself.
    linked = [(row.get("id"), row.get(key)) for row in rows(tables, "posts")]
    ordered = sorted(rows(tables, between), key=lambda row: _number(row.get("sort_order")))
    for post, other in (*linked, *((row.get("post_id"), row.get(key)) for row in ordered)):
        if str(other) in names:
            found[str(post)].append(names[str(other)])
    return found


def _date(value: object) -> object:
    """Make a date of the milliseconds that Ghost 0 counts; later versions write dates."""
    if not isinstance(value, int) or not 0 <= value <= LAST:
        return value
    return datetime.fromtimestamp(value / 1000, UTC).isoformat()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and value.strip(". ") != "" and "/" not in value


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()
