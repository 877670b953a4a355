"""Make a post's slug within the journal."""

import re
import unicodedata
from pathlib import PurePosixPath

from ...model import HTML_SUFFIXES

INDEX_NAMES = frozenset(("index", "_index"))
JEKYLL_FOLDERS = frozenset(("_posts", "_drafts"))
SAFE = "/-_.~!$&'()*+,;=:@"
"""Characters that may stand unescaped in a path, RFC 3986 section 3.3."""

_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})-(?=.)")
_UNSAFE = re.compile(r"[^\w.~-]+")
_UNFIT = re.compile(rf"[^\w{re.escape(SAFE)}]")


def slug_of(path: str, given: str) -> str:
    """Make a post's slug: its path without suffix, `index` taking its folder's name.

    Args:
        path: The post's id.
        given: The front matter's slug; it replaces the last part.
    """
    *folders, name = PurePosixPath(path).with_suffix("").parts
    folders = [folder for folder in folders if folder not in JEKYLL_FOLDERS]
    if name in INDEX_NAMES and folders:
        name = folders.pop()
    last = given.strip("/").rpartition("/")[2] if given.strip("/") else without_date(name)
    segments = [segment for segment in map(_segment, [*folders, last]) if segment]
    return "/".join(segments) or "index"


def whole_slug(path: str, wanted: str) -> str:
    """Make the slug of a post whose own another post has: all of its path, with folders, date and signs."""
    *folders, name = (_UNFIT.sub("-", part) for part in unicodedata.normalize("NFC", path).split("/"))
    stem = "/".join([*folders, PurePosixPath(name).stem])
    return stem if stem != wanted else "/".join([*folders, name])


def page_address(path: str) -> str:
    """Return the address of a page, or of its file, below its site's and without suffix; an index has its folder's."""
    path = path.strip("/")
    suffix = next((suffix for suffix in HTML_SUFFIXES if path[-len(suffix) :].lower() == suffix), "")
    folder, _, name = path.removesuffix(path[len(path) - len(suffix) :]).rpartition("/")
    return (folder or name or "index") if name in INDEX_NAMES else f"{folder}/{name}".lstrip("/") or "index"


def date_in_name(path: str) -> str:
    """Find the date that Jekyll has at the start of a file's name, or of a bundle's folder, else ""."""
    parts = path.split("/")
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    name = parts[-2] if len(parts) > 1 and stem in INDEX_NAMES else parts[-1]
    found = _DATED_NAME.match(name)
    return found[1] if found else ""


def without_date(name: str) -> str:
    """Take the date off the start of a name."""
    return _DATED_NAME.sub("", name, count=1) if _DATED_NAME.match(name) else name


def _segment(text: str) -> str:
    return _UNSAFE.sub("-", unicodedata.normalize("NFC", text)).strip("-.")
