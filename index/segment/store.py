"""The stored posts of a segment, from which everything else in the index can be built again.

article   blocks: msgpack of every post's `Article`
piece     blocks: the texts, in pieces of PIECE characters; a passage needs one or two of them
text_at   D + 1; the number of a post's first piece
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache, partial

import msgspec
import numpy as np

from ..model import Article, Post
from . import ragged
from .arrays import Array
from .blocks import BlockReader, Blocks, merged, trained_blocks
from .outline import Outline

# Characters. Pieces of twice this size compress a tenth better and take one and a half times as long to read.
PIECE = 2_048

# Articles, and pieces of text, kept decoded: those that many queries find. Each takes a few kilobytes.
CACHED_ENTRIES = 1_024

ARTICLE_FIELDS = tuple(field.name for field in fields(Article))

_article_decoder = msgspec.msgpack.Decoder(Article)


class StoreBuilder:
    """Collects the posts of one segment; they are compressed when there is text to train a dictionary with."""

    def __init__(self) -> None:
        self._articles: list[bytes] = []
        self._pieces: list[bytes] = []
        self._text_at = [0]

    def add(self, post: Post) -> None:
        """Add the next post."""
        self._articles.append(msgspec.msgpack.encode({name: getattr(post, name) for name in ARTICLE_FIELDS}))
        self._pieces += (post.text[start : start + PIECE].encode() for start in range(0, len(post.text), PIECE))
        self._text_at.append(len(self._pieces))

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of the posts added."""
        return _arrays(trained_blocks(self._articles), trained_blocks(self._pieces), np.array(self._text_at, np.uint32))


class PostStore:
    """Reads the posts of a segment by their numbers.

    Args:
        arrays: The stored posts.
        read: Reads an article by its number, where they are shown in another way than they are stored.
    """

    def __init__(self, arrays: Mapping[str, Array], read: Callable[[int], Article] | None = None) -> None:
        self.arrays = arrays
        self.count = len(arrays["text_at"]) - 1
        self._text_at = arrays["text_at"].data
        # The caches know the blocks and not the store, which would keep itself alive until a garbage collection.
        self._article = read or partial(_article, BlockReader(arrays, "article"))
        self._piece = partial(_piece, BlockReader(arrays, "piece"))
        self.article = lru_cache(maxsize=CACHED_ENTRIES)(self._article)
        self.outline = lru_cache(maxsize=CACHED_ENTRIES)(partial(_outline, self.article))
        self._cached_piece = lru_cache(maxsize=CACHED_ENTRIES)(self._piece)

    def post(self, number: int) -> Post:
        """Return an article with its text."""
        article = self._article(number)
        return Post(**{name: getattr(article, name) for name in ARTICLE_FIELDS}, text=self.text(number))

    def text(self, number: int) -> str:
        """Return the text of a post."""
        return "".join(map(self._piece, range(self._text_at[number], self._text_at[number + 1])))

    def cut(self, number: int, start: int, end: int) -> str:
        """Return the text between two offsets."""
        low, stop = start // PIECE, -(-end // PIECE)
        first = self._text_at[number]
        pieces = range(first + low, min(first + stop, self._text_at[number + 1]))
        text = self._cached_piece(pieces[0]) if len(pieces) == 1 else "".join(map(self._cached_piece, pieces))
        return text[start - low * PIECE : end - low * PIECE]


def _article(articles: BlockReader, number: int) -> Article:
    """Return an article without its text."""
    return _article_decoder.decode(articles[number])


def _outline(article: Callable[[int], Article], number: int) -> Outline:
    return Outline(article(number))


def _piece(pieces: BlockReader, number: int) -> str:
    return str(pieces[number], "utf-8")


def condensed(arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return the arrays of a segment compressed with dictionaries that are large enough for it."""
    articles, pieces = _blocks(arrays, np.ones(len(arrays["text_at"]) - 1, bool))
    return _arrays(articles.condensed(), pieces.condensed(), arrays["text_at"])


def merge_posts(segments: Sequence[tuple[Mapping[str, Array], Array]]) -> dict[str, Array]:
    """Merge the stored posts of segments; each comes with a mask of the posts to keep."""
    articles, pieces = zip(*(_blocks(arrays, alive) for arrays, alive in segments), strict=True)
    counts = np.concatenate([np.diff(arrays["text_at"])[alive] for arrays, alive in segments])
    return _arrays(merged(articles), merged(pieces), ragged.offsets(counts))


def _blocks(arrays: Mapping[str, Array], alive: Array) -> tuple[Blocks, Blocks]:
    """Return the articles and the pieces of the posts that a mask selects."""
    of_text = np.repeat(alive, np.diff(arrays["text_at"]))
    return Blocks.of(arrays, "article", alive), Blocks.of(arrays, "piece", of_text)


def _arrays(articles: Blocks, pieces: Blocks, text_at: Array) -> dict[str, Array]:
    return {**articles.arrays("article"), **pieces.arrays("piece"), "text_at": text_at}
