"""From files to posts: find them, read them, decide who may see them.

The parsers are loaded with the first post that is read: a run that finds nothing changed does without them.
"""

from index.model import Post, Source
from index.posts.discover import discover
from index.posts.visibility import held_back
from index.settings import Settings

__all__ = ["discover", "fingerprint", "held_back", "read"]


def read(source: Source, settings: Settings) -> Post:
    """Read a post.

    Raises:
        PostError: It cannot be read; with the reason, and the line where one is known.
    """
    from index.posts.reader import read

    return read(source, settings)


def fingerprint(source: Source, settings: Settings) -> str:
    """Hash a post's bytes and what else shapes it.

    Raises:
        PostError: The file cannot be read.
    """
    from index.posts.reader import fingerprint

    return fingerprint(source, settings)
