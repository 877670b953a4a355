"""Find the posts under the content directories."""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path

from index.errors import PostError, SettingsError
from index.globs import matches
from index.model import Source
from index.posts import ghost
from index.posts.permalinks import check_permalink
from index.settings import Settings

SUFFIXES = (".md", ".markdown", ".mdx", ".html", ".htm")
SKIPPED_FOLDERS = frozenset(("node_modules", "__pycache__"))
READER_VERSION = 5
"""Raised whenever the same file is read differently, so that every post is read again."""


def discover(settings: Settings) -> Iterator[Source | PostError]:
    """Find every post, by content directory and then by path.

    A link to a file is a post if the file lies in the same content directory. A linked folder within it is not walked
    again: its posts are found where they are.

    Yields:
        A source for each post, and an error for each that must not or cannot be read.

    Raises:
        SettingsError: A content directory does not exist, or the permalink pattern is wrong.
    """
    check_permalink(settings)
    for root in settings.content:
        if not root.is_dir() and not ghost.is_export(root):
            raise SettingsError(_missing(root, settings))
    return _discover(settings)


def _missing(root: Path, settings: Settings) -> str:
    if settings.site and root == settings.mirror:
        return f"site = {settings.site!r}: its pages are not here yet; run: backmatter index"
    return f"content = {str(root)!r}: no such directory; create it, or set `content` to where the posts are"


@lru_cache
def recipe(settings: Settings) -> str:
    """Hash what decides, beside a post's bytes, what becomes of it: the reader's version and some settings."""
    shaping = (
        READER_VERSION,
        settings.language,
        settings.base_url,
        settings.permalink,
        settings.permalinks,
        settings.names,
        settings.heading_ids,
        settings.max_post_bytes,
        sorted(settings.hold_back),
    )
    return blake2b(repr(shaping).encode(), digest_size=4).hexdigest()


def _discover(settings: Settings) -> Iterator[Source | PostError]:
    taken: dict[str, Path] = {}
    for root in settings.content:
        found = sorted(_found(root, recipe(settings)), key=attrgetter("path"))
        for item in found:
            if any(matches(pattern, item.path) for pattern in settings.exclude):
                continue
            first = taken.setdefault(item.path, root)
            if first is not root and isinstance(item, Source):
                reason = f"is in {first} and in {root}; only the first is read, rename the other"
                yield PostError(item.path, reason)
            else:
                yield item


def _found(root: Path, mark: str) -> Iterable[Source | PostError]:
    return ghost.discover(root, mark) if ghost.is_export(root) else _walk(root, os.path.realpath(root), mark)


def _walk(root: Path, real_root: str, mark: str) -> list[Source | PostError]:
    """List a directory's posts. Every run does it, over every file: a plain loop takes half the time of a recursion."""
    found: list[Source | PostError] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(f"{root}/{folder}") as listing:
                entries = list(listing)
        except OSError as error:
            found.append(PostError(folder or ".", f"cannot be listed ({error.strerror}); change its permissions"))
            continue
        for entry in entries:
            name = entry.name
            if name[0] == "." or name in SKIPPED_FOLDERS:
                continue
            path = f"{folder}/{name}" if folder else name
            if entry.is_symlink():
                found += _linked(root, real_root, path, entry, mark)
            elif entry.is_dir():
                folders.append(path)
            elif is_post(name):
                found.append(_source(root, path, entry, mark))
    return found


def is_post(name: str) -> bool:
    """Tell by a file's suffix whether it is a post."""
    lower = name.lower()
    return lower.endswith(SUFFIXES) and lower not in SUFFIXES


def lies_within(real_root: str, file: str) -> bool:
    """Tell whether a file, all links followed, lies in a directory that is already a real path."""
    real = os.path.realpath(file)
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)


def _linked(root: Path, real_root: str, path: str, entry: os.DirEntry[str], mark: str) -> Iterator[Source | PostError]:
    is_folder = Path(entry.path).is_dir()
    if not is_folder and not is_post(entry.name):
        return
    if not lies_within(real_root, entry.path):
        yield PostError(_printable(path), "is a link that leaves the content directory; it is not followed")
    elif not is_folder:
        yield _source(root, path, entry, mark)


def _source(root: Path, path: str, entry: os.DirEntry[str], mark: str) -> Source | PostError:
    if not path.isprintable() and path != _printable(path):
        return PostError(_printable(path), "has a name that is not UTF-8; rename it")
    try:
        if not entry.is_file():
            return PostError(path, "is not a regular file, or a link to nothing; remove it")
        stat = entry.stat()
    except OSError as error:
        return PostError(path, f"cannot be read ({error.strerror}); repair or remove it")
    return Source(root, path, f"{stat.st_size}:{stat.st_mtime_ns}:{mark}")


def _printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode()
