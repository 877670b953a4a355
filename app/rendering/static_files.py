"""Load static files; the address of each has a hash of its content, so that browsers may cache it forever."""

import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import rcssmin
import rjsmin

from .pictures import PICTURE_TYPES

ASSET_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    **PICTURE_TYPES,
}

# What is written as text, and so gets smaller when it is compressed.
TEXT_SUFFIXES = (".css", ".js", ".svg")

COMBOBOX = "combobox.js"
# The scripts that have it.
WITH_COMBOBOX = {"script.js", "backmatter-search.js"}

# A style sheet in a script.
_STYLE = re.compile(r"(?<=replaceSync\(`)[^`]*")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    url: str
    content: bytes
    content_type: str

    @property
    def is_text(self) -> bool:
        """Whether it gets smaller when it is compressed."""
        return self.url.endswith(TEXT_SUFFIXES)


def load_assets(root: str = "", folder: Path = Path(__file__).parents[1] / "static") -> dict[str, Asset]:
    """Read the files of the program, by name, with addresses that begin with a journal's path.

    The combobox is no file by itself but a part of the scripts that have it. Scripts and style sheets are written to be
    read, and sent without comments and the space that means nothing.
    """
    combobox = (folder / COMBOBOX).read_bytes()
    files = [file for file in sorted(folder.iterdir()) if file.name != COMBOBOX]
    before = dict.fromkeys(WITH_COMBOBOX, combobox)
    return {file.name: make_asset(root, file, _minified(file, before.get(file.name, b""))) for file in files}


def _minified(file: Path, before: bytes) -> bytes:
    content = before + file.read_bytes()
    if file.suffix == ".css":
        return bytes(rcssmin.cssmin(content))
    if file.suffix == ".js":
        script = rjsmin.jsmin(content.decode())
        return _STYLE.sub(lambda style: rcssmin.cssmin(style[0]), script).encode()
    return content


def make_asset(root: str, file: Path, content: bytes) -> Asset:
    """Return what is sent for a file whose type is in `ASSET_TYPES`, below a journal's path."""
    digest = blake2b(content, digest_size=6).hexdigest()
    return Asset(f"{root}/assets/{file.stem}.{digest}{file.suffix}", content, ASSET_TYPES[file.suffix])
