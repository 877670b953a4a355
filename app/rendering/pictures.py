"""Find the pictures beside the posts, and no other file."""

from pathlib import Path, PurePath, PurePosixPath

from ...index.engines.base import Snapshot
from ...index.posts.discover import is_post

# What every browser shows; the type never comes from what is in the file.
PICTURE_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}

# Larger than what anybody waits for; a picture is sent from memory.
MAX_PICTURE_BYTES = 20_000_000


def is_picture(path: PurePath) -> bool:
    """Check by a path's suffix whether it is a picture."""
    return path.suffix.lower() in PICTURE_TYPES


def find_picture(path: str, roots: tuple[Path, ...], snapshot: Snapshot) -> Path | None:
    """Find a picture in the first content directory that has it; None where there is none that readers may see."""
    asked = PurePosixPath(path)
    if _is_refused(asked):
        return None
    for root in roots:
        try:
            real_root, file = root.resolve(strict=True), (root / asked).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # Not there, a circle of links, no name for a file.
            continue
        is_inside = file.is_relative_to(real_root) and not _is_refused(file.relative_to(real_root))
        if is_inside and file.is_file() and file.stat().st_size <= MAX_PICTURE_BYTES:
            return None if _is_of_unknown_post(root, asked, snapshot) else file
    return None


def _is_refused(path: PurePath) -> bool:
    """Check whether a path is refused: hidden files, parent folders, and anything but pictures."""
    return path.is_absolute() or any(part.startswith(".") for part in path.parts) or not is_picture(path)


def _is_of_unknown_post(root: Path, picture: PurePosixPath, snapshot: Snapshot) -> bool:
    """Check whether a picture is in the folder (Hugo's page bundle) of a post that readers must not see."""
    for folder in picture.parents[:-1]:
        posts = [file for file in (root / folder).glob("index.*") if is_post(file.name)]
        if posts:
            return all((folder / file.name).as_posix() not in snapshot.holdings() for file in posts)
    return False
