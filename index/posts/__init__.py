"""From files to posts: find them, read them, decide who may see them."""

from index.posts.discover import discover
from index.posts.reader import fingerprint, read
from index.posts.visibility import held_back

__all__ = ["discover", "fingerprint", "held_back", "read"]
