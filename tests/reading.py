"""Read one post from text or bytes, as the tests of reading want it."""

import tempfile
from pathlib import Path

from backmatter.index.errors import PostError
from backmatter.index.model import Post, Source
from backmatter.index.posts import read_post
from backmatter.index.posts.article_tree import read_article, show_formulas
from backmatter.index.settings import Settings


def post_of(content: str | bytes, path: str = "post.md", **values: object) -> Post:
    """Read a post that lies at a path."""
    with tempfile.TemporaryDirectory() as folder:
        return read_post(*_laid(Path(folder), content, path, values))


def body_of(content: str | bytes, path: str = "post.md", **values: object) -> str:
    """Return the article of a post that lies at a path, as HTML."""
    with tempfile.TemporaryDirectory() as folder:
        root = read_article(*_laid(Path(folder), content, path, values)).root
        show_formulas(root)
        return root.decode_contents().strip()


def outcome_of(content: str | bytes, path: str = "post.md", **values: object) -> Post | PostError:
    """Give the post, or the error that reading it ends in."""
    try:
        return post_of(content, path, **values)
    except PostError as error:
        return error


def error_of(content: str | bytes, path: str = "post.md", **values: object) -> str:
    """Give the message of the error that reading a post ends in."""
    return str(outcome_of(content, path, **values))


def _laid(root: Path, content: str | bytes, path: str, values: dict[str, object]) -> tuple[Source, Settings]:
    settings = Settings(content=(root,), **values)  # type: ignore[arg-type]
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(root, path, "stamp"), settings
