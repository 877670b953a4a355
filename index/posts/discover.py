"""Find the posts under the content directories.

What makes addresses and reads built pages is loaded with a search for posts: readers' searches do without it.
"""

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from ..errors import FolderError, PostError, SettingsError, next_step
from ..model import HTML_SUFFIXES, POST_SUFFIXES, SiteGiven, Source
from ..settings import Settings
from .addresses.globs import matches_glob
from .exports import ghost

SKIPPED_FOLDERS = frozenset(("node_modules", "__pycache__"))
READER_VERSION = 12
"""Raised whenever the same file is read differently, so that every post is read again."""


def discover(settings: Settings, listing: "Listing | None" = None) -> Iterator[Source | PostError]:
    """Find every post, by content directory and then by path.

    A link to a file is a post if the file lies in the same content directory. A linked folder within it is not walked
    again: its posts are found where they are.

    Args:
        settings: Where the posts are.
        listing: What is known of their folders; without it, all are listed.

    Yields:
        A source for each post, and an error for each that must not or cannot be read.

    Raises:
        SettingsError: A content directory does not exist, or the permalink pattern is wrong.
    """
    from .addresses.permalinks import check_permalink

    check_permalink(settings)
    for root in settings.content:
        if not root.is_dir() and not ghost.is_export(root):
            raise SettingsError(_missing(root, settings))
    return _discover(settings, listing or Listing())


def _missing(root: Path, settings: Settings) -> str:
    if settings.mirror.site and root == settings.mirror_folder:
        return f"mirror.site = {settings.mirror.site!r}: its pages are not here yet; run: backmatter index"
    if root.exists():
        return f"content = {str(root)!r}: is neither a directory nor an export of Ghost; name where the posts are"
    return f"content = {str(root)!r}: no such directory; create it, or set `content` to where the posts are"


@lru_cache
def recipe(settings: Settings) -> str:
    """Hash what shapes a post besides its bytes: the reader's version and some settings."""
    conventions = settings.conventions
    shaping = (
        READER_VERSION,
        settings.language,
        settings.base_url,
        conventions.permalink,
        conventions.permalinks,
        conventions.names,
        conventions.heading_ids,
        conventions.markdown,
        settings.generator,
        settings.max_post_bytes,
        sorted(settings.hold_back),
        settings.facets,
        *((settings.shown, settings.thumbnail) if settings.shown or settings.thumbnail else ()),
        *((settings.semantic_model,) if settings.semantic else ()),
        *((settings.root,) if settings.root else ()),
    )
    return blake2b(repr(shaping).encode(), digest_size=4).hexdigest()


def _discover(settings: Settings, listing: "Listing") -> Iterator[Source | PostError]:
    found = [(root, _with_rules(root, _wanted(root, listing, settings), settings)) for root in settings.content]
    return iter(found[0][1]) if len(found) == 1 else _each_once(found)


def _each_once(found: Iterable[tuple[Path, Iterable[Source | PostError]]]) -> Iterator[Source | PostError]:
    """Yield what was found in several directories, and an error for a post whose path is in one before."""
    taken: dict[str, Path] = {}
    for root, items in found:
        for item in items:
            first = taken.setdefault(item.path, root)
            if first is not root and isinstance(item, Source):
                reason = f"is in {first} and in {root}; only the first is read, rename the other"
                yield PostError(item.path, reason)
            else:
                yield item


def _wanted(root: Path, listing: "Listing", settings: Settings) -> Sequence[Source | PostError]:
    """Return what is found and not excluded; what other pages say of one is read only where there are pages."""
    mark = recipe(settings)
    listed = ghost.discover_export(root, mark) if ghost.is_export(root) else listing.posts(root, mark)
    found = sorted(listed, key=attrgetter("path"))
    if settings.built_folders:
        output = tuple(_below(folder, root) for folder in settings.built_folders)
        found = [item for item in found if not item.path.startswith(output)]
    if settings.exclude:
        found = [item for item in found if not any(matches_glob(pattern, item.path) for pattern in settings.exclude)]
    # Many paths have few endings.
    endings = {item.path[-len(".html") :] for item in found}
    if ghost.is_export(root) or not any(ending.lower().endswith(HTML_SUFFIXES) for ending in endings):
        return found
    from .site.built_site import surveyed

    return surveyed(root, found, settings)


def _with_rules(root: Path, found: Sequence[Source | PostError], settings: Settings) -> Sequence[Source | PostError]:
    """Return what was found, the posts with what the rules of their site say of each."""
    rules = None
    if settings.generator != "none":
        from .site_rules import site_rules  # Without a generator, the parsers of configurations are not needed.

        rules = site_rules(root, settings)
    if rules is None:
        return found
    return [_with_given(item, rules.given(item.path)) if isinstance(item, Source) else item for item in found]


def _with_given(source: Source, given: SiteGiven) -> Source:
    if given == SiteGiven():
        return source
    told = blake2b(repr(given).encode(), digest_size=4).hexdigest()
    return replace(source, given=given, stamp=f"{source.stamp}:{told}")


def _below(folder: Path, root: Path) -> str:
    """Return what the paths of posts in a folder begin with, where it lies in a content directory."""
    return os.path.relpath(os.path.realpath(folder), os.path.realpath(root)) + "/"


class Folder(NamedTuple):
    """A folder as it was listed: its posts, and the paths of the folders in it.

    It is plain, and may be kept, if it has neither a link, whose target may change elsewhere, nor a fault.
    """

    found: Sequence[Source | PostError]
    folders: Sequence[str]
    is_plain: bool


class Listing:
    """The folders of content directories, kept from one run to the next; a new one knows none."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, Folder]] = {}

    def forget(self, changed: Set[str] | None) -> None:
        """Forget the folders in which something changed, told by real paths; all of them where None are given."""
        for root, known in self._folders.items():
            real_root = os.path.realpath(root)
            inside = {path[len(real_root) + 1 :] for path in changed or () if path.startswith(f"{real_root}/")}
            folders = {path.rpartition("/")[0] for path in inside}
            # What lies in no folder that is known here may have another name there, as names on a Mac do.
            if changed is None or real_root in changed or not folders <= known.keys():
                known.clear()
            replaced = inside & known.keys()
            below = tuple(f"{path}/" for path in replaced)
            for path in [path for path in known if path in folders | replaced or path.startswith(below)]:
                del known[path]

    def posts(self, root: Path, mark: str) -> list[Source | PostError]:
        """Return a directory's posts, in no order, their stamps with a mark of how they are read."""
        real_root = os.path.realpath(root)
        known = self._folders.get(root, {})
        kept: dict[str, Folder] = {}
        found: list[Source | PostError] = []
        paths = [""]
        while paths:
            path = paths.pop()
            folder = known.get(path) or _list(root, real_root, path, mark)
            if folder.is_plain:
                kept[path] = folder
            found += folder.found
            paths += folder.folders
        self._folders[root] = kept
        return found


def _list(root: Path, real_root: str, folder: str, mark: str) -> Folder:
    """List one folder. A first run does it for every file: a plain loop takes half the time of small functions."""
    try:
        with os.scandir(f"{root}/{folder}") as listing:
            entries = list(listing)
    except OSError as error:
        reason = f"cannot be listed ({error.strerror}); {next_step(error)}"
        return Folder([FolderError(str(root), folder or ".", reason)], [], is_plain=False)
    found: list[Source | PostError] = []
    folders, is_plain = [], True
    for entry in entries:
        name = entry.name
        if name[0] == "." or name in SKIPPED_FOLDERS:
            continue
        path = f"{folder}/{name}" if folder else name
        if entry.is_symlink():
            is_plain = False
            found += _linked(root, real_root, path, entry, mark)
        elif entry.is_dir():
            folders.append(path)
        elif is_post(name):
            found.append(_source(root, path, entry, mark))
    return Folder(found, folders, is_plain and not any(isinstance(item, PostError) for item in found))


def is_post(name: str) -> bool:
    """Check by a file's suffix whether it is a post."""
    lower = name.lower()
    return lower.endswith(POST_SUFFIXES) and lower not in POST_SUFFIXES


def lies_within(real_root: str, file: str) -> bool:
    """Check whether a file, all links followed, lies in a directory that is given as a real path."""
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
        return PostError(path, f"cannot be read ({error.strerror}); {next_step(error, 'remove it')}")
    return Source(root, path, f"{stat.st_size}:{stat.st_mtime_ns}:{mark}")


def _printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode()
