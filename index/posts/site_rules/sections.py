"""The front matter of the files that stand for a whole section."""

from pathlib import Path
from typing import Any

from ...errors import PostError
from ..decode import decode
from ..front_matter.frontmatter import split_front_matter

MOST_BYTES = 1_000_000
"""Bytes of such a file that are read."""


def head_values(file: Path) -> dict[str, Any]:
    """Return the front matter of a file; nothing where it is not there or cannot be read, as is reported anyway."""
    try:
        with file.open("rb") as opened:
            return split_front_matter(decode(opened.read(MOST_BYTES), file.name), file.name).values
    except (OSError, PostError):
        return {}
