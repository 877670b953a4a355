"""The file of a backup: how it is laid out, and how all of it is checked.

    backmatter.json                             `Manifest`, with the length and hash of all others
    posts.jsonl                                 a post a line
    searches.jsonl, clicks.jsonl, runs.jsonl    a row of the counts a line

It has the posts and not the index's own files, so that it outlives their format, and so that nothing in it has to be
trusted: each line is decoded into what we know, and no name in it becomes a path.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, get_args
from zipfile import BadZipFile, ZipFile

import msgspec
from msgspec import Meta, Raw, Struct

from ..errors import DatabaseUnusable, InputError, describe_error
from ..insights import store
from ..insights.store import CountsRow, CountsTable, Moment
from ..model import Post
from ..posts.front_matter.metadata import MAX_BOOST, MIN_BOOST

FORMAT = 1
MANIFEST = "backmatter.json"
POSTS = "posts"
COUNT_TABLES: tuple[CountsTable, ...] = get_args(CountsTable)

# Bytes of the manifest, of a line and of a part: each a hundred times what the largest journal has that was measured.
MAX_MANIFEST_BYTES = 100_000
MAX_LINE_BYTES = 200_000_000
MAX_PART_BYTES = 20_000_000_000

# The format of a table of contents ends at 2^31; a commit a second for three years is below.
MAX_GENERATION = 100_000_000

# What is raised for a file that is no archive, is cut off, holds other content, or is encrypted or compressed in a way
# that the library does not know (`RuntimeError`).
UNREADABLE = (BadZipFile, zlib.error, EOFError, RuntimeError, msgspec.MsgspecError, ValueError)

POST_FIELDS = {field.name for field in fields(Post)}

# SQLite's integers have 64 bits.
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class SearchRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the table of searches."""

    id: Count
    text: str
    typed: str
    first: Moment
    last: Moment
    submitted: Count
    after: str
    total: Count | None
    partly: Count | None
    urls: str


class ClickRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the table of clicks."""

    search: Count
    url: str
    moment: Moment


class RunRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the table of runs."""

    moment: Moment
    generation: Count
    added: Count
    updated: Count
    deleted: Count
    held_back: Count
    failed: Count


ROWS: dict[CountsTable, type[Struct]] = {"searches": SearchRow, "clicks": ClickRow, "runs": RunRow}


class BackupPart(Struct, frozen=True):
    """Length and hash of a part."""

    lines: int
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What a backup contains."""

    format: int
    generation: int
    made: datetime
    parts: dict[str, BackupPart]

    @property
    def counts(self) -> str:
        """How much is in it, for a person."""
        return f"{self.parts[POSTS].lines} posts, {self.parts['searches'].lines} searches"


def write_part(archive: ZipFile, name: str, values: Iterable[object]) -> BackupPart:
    """Write values as a part, one a line."""
    lines = size = 0
    digest = sha256()
    with archive.open(_file_of(name), "w", force_zip64=True) as out:
        for value in values:
            line = msgspec.json.encode(value) + b"\n"
            out.write(line)
            digest.update(line)
            lines, size = lines + 1, size + len(line)
    return BackupPart(lines, size, digest.hexdigest())


@contextmanager
def checked_archive(file: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """Open a backup after checking all of it.

    Raises:
        InputError: It cannot be read, or is not a complete backup; the message names the entry that is wrong.
    """
    with ExitStack() as opened:
        try:
            archive = opened.enter_context(ZipFile(file))
            kept = _manifest(archive)
            _check_posts(archive, kept)
            _check_rows(archive, kept)
        except OSError as error:
            error.filename = error.filename or str(file)
            raise InputError(f"{describe_error(error)}; nothing was changed") from None
        except UNREADABLE as error:
            raise InputError(f"{file}: is not a complete backup of Backmatter ({error}); nothing was changed") from None
        yield archive, kept


def _manifest(archive: ZipFile) -> Manifest:
    expected = sorted([MANIFEST, *map(_file_of, (POSTS, *COUNT_TABLES))])
    names = sorted(archive.namelist())
    if names != expected:
        strange = next((name for name in names if name not in expected), "")
        raise ValueError(f"{strange!r} does not belong in it" if strange else "parts are missing, or twice there")
    with archive.open(MANIFEST) as file:
        kept = msgspec.json.decode(file.read(MAX_MANIFEST_BYTES), type=Manifest)
    if kept.format != FORMAT:
        raise ValueError(f"it is of format {kept.format}, and this version reads {FORMAT}")
    if set(kept.parts) != {POSTS, *COUNT_TABLES}:
        raise ValueError(f"{MANIFEST} names other parts")
    if not 0 < kept.generation <= MAX_GENERATION:
        raise ValueError(f"{MANIFEST}: there is no generation {kept.generation}")
    return kept


def _check_posts(archive: ZipFile, kept: Manifest) -> None:
    """Read all posts once; what would be found wrong later is found now, and the entry is named."""
    slugs: dict[str, str] = {}
    paths: set[str] = set()

    def check(line: bytes) -> None:
        post = _checked_post(line)
        if post.path in paths:
            raise ValueError(f"{post.path}: the post is in it twice")
        if post.slug in slugs:
            raise ValueError(f"{post.path}: has the address of {slugs[post.slug]}")
        paths.add(post.path)
        slugs[post.slug] = post.path

    for _ in _entries(archive, kept, POSTS, check):
        pass


def _check_rows(archive: ZipFile, kept: Manifest) -> None:
    """Try all rows of the counts in a database in memory."""
    try:
        with store.writing(":memory:") as counts, store.replacing_rows(counts, count_tables(archive, kept)):
            pass
    except DatabaseUnusable as error:
        raise ValueError(f"its counts do not fit together: {error.__cause__}") from None


def _checked_post(line: bytes) -> Post:
    post = _decode_post(line)
    unknown = msgspec.json.decode(line, type=dict[str, Raw]).keys() - POST_FIELDS
    if unknown:
        raise ValueError(f"{post.path}: has the unknown field {min(unknown)!r}")
    if any(part in ("", ".", "..") for part in post.path.split("/")):
        raise ValueError(f"{post.path!r} is not the path of a post")
    if not MIN_BOOST <= post.boost <= MAX_BOOST:
        raise ValueError(f"{post.path}: boost is out of range")
    for name in ("date", "updated", "expires"):
        _check_date(post, name, getattr(post, name))
    _check_spans(post)
    return post


def _check_date(post: Post, name: str, value: datetime | None) -> None:
    if value is None:
        return
    if value.tzinfo is None:
        raise ValueError(f"{post.path}: {name} has no zone")
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{post.path}: {name} is out of range") from None


def _check_spans(post: Post) -> None:
    """Check that sections follow each other over the whole text, and that blocks of code lie in it."""
    end = 0
    for section in post.sections:
        if not (section.start == end <= section.end and 0 <= section.level <= 6):
            raise ValueError(f"{post.path}: its sections do not follow each other")
        end = section.end
    if end != len(post.text):
        raise ValueError(f"{post.path}: its sections are not those of its text")
    if not all(0 <= block.start <= block.end <= end for block in post.code):
        raise ValueError(f"{post.path}: a block of code is not in its text")


_decode_post = msgspec.json.Decoder(Post).decode


def posts_in(archive: ZipFile, kept: Manifest) -> Iterator[Post]:
    """Yield the posts of a backup that was checked."""
    return _entries(archive, kept, POSTS, _decode_post)


def count_tables(archive: ZipFile, kept: Manifest) -> Iterator[tuple[CountsTable, Iterator[CountsRow]]]:
    """Yield the tables of the counts, each with its rows."""
    for table in COUNT_TABLES:
        rows: Iterator[Struct] = _entries(archive, kept, table, msgspec.json.Decoder(ROWS[table]).decode)
        yield table, map(msgspec.structs.asdict, rows)


def _entries(archive: ZipFile, kept: Manifest, name: str, decode: Callable[[bytes], Any]) -> Iterator[Any]:
    """Yield the values of a part; an error names the line."""
    for number, line in enumerate(_lines(archive, kept, name), 1):
        try:
            value = decode(line)
        except (msgspec.MsgspecError, ValueError) as error:
            raise ValueError(f"{_file_of(name)}:{number}: {error}") from None
        yield value


def _lines(archive: ZipFile, kept: Manifest, name: str) -> Iterator[bytes]:
    """Yield the lines of a part; raise ValueError if they are not what was written."""
    part, digest, lines, size = kept.parts[name], sha256(), 0, 0
    if not part.bytes <= MAX_PART_BYTES:
        raise ValueError(f"{_file_of(name)} is larger than {MAX_PART_BYTES:,} bytes")
    with archive.open(_file_of(name)) as file:
        while line := file.readline(min(part.bytes - size, MAX_LINE_BYTES) + 1):
            digest.update(line)
            lines, size = lines + 1, size + len(line)
            if size > part.bytes or not line.endswith(b"\n"):
                break
            yield line
    if (lines, size, digest.hexdigest()) != (part.lines, part.bytes, part.sha256):
        raise ValueError(f"{_file_of(name)} is not what was written")


def _file_of(name: str) -> str:
    return f"{name}.jsonl"
