"""The posts of a segment as they were given: what everything else in the index can be made from again.

article, article_at    msgpack of every post's `Article`, D + 1 offsets
piece, piece_at        the texts, cut into pieces of PIECE characters and compressed: a passage costs one or two
text_at                D + 1; the number of a post's first piece
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import accumulate

import msgspec
import numpy as np

from index.engines.whoosh import lists
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.lists import Lists
from index.model import Article, Post

# Characters. Twice as many compress a tenth better, and take one and a half times as long to read.
PIECE = 2_048

# Articles, and pieces, that many queries find are read once; some kilobytes each.
KEPT = 1_024

ARTICLE_FIELDS = tuple(field.name for field in fields(Article))

_decoder = msgspec.msgpack.Decoder(Article)


class Collected:
    """Posts that are being added, compressed."""

    def __init__(self) -> None:
        self.articles: list[bytes] = []
        self.pieces: list[bytes] = []
        self.text_at = [0]

    def add(self, post: Post) -> None:
        """Add the next post."""
        self.articles.append(msgspec.msgpack.encode({name: getattr(post, name) for name in ARTICLE_FIELDS}))
        pieces = (post.text[at : at + PIECE].encode() for at in range(0, len(post.text), PIECE))
        self.pieces += [zlib.compress(piece, wbits=-zlib.MAX_WBITS) for piece in pieces]
        self.text_at.append(len(self.pieces))

    def arrays(self) -> dict[str, Array]:
        """Give what was added."""
        text_at = np.array(self.text_at, np.uint32)
        return _arrays(lists.of_bytes(self.articles), lists.of_bytes(self.pieces), text_at)


class Documents:
    """The posts of a segment, read by their numbers."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = arrays
        self.count = len(arrays["text_at"]) - 1
        self._articles = arrays["article"].data, arrays["article_at"].data
        self._pieces = arrays["piece"].data, arrays["piece_at"].data
        self._text_at = arrays["text_at"].data
        self.article = lru_cache(maxsize=KEPT)(self._article)
        self._kept = lru_cache(maxsize=KEPT)(self._piece)

    def _article(self, number: int) -> Article:
        """Give an article without its text."""
        data, at = self._articles
        return _decoder.decode(data[at[number] : at[number + 1]])

    def post(self, number: int) -> Post:
        """Give an article with its text."""
        article = self._article(number)
        return Post(**{name: getattr(article, name) for name in ARTICLE_FIELDS}, text=self.text(number))

    def text(self, number: int) -> str:
        """Give a whole text."""
        return "".join(map(self._piece, range(self._text_at[number], self._text_at[number + 1])))

    def cut(self, number: int, start: int, end: int) -> str:
        """Give the text between two offsets."""
        low, stop = start // PIECE, -(-end // PIECE)
        first = self._text_at[number]
        pieces = range(first + low, min(first + stop, self._text_at[number + 1]))
        text = self._kept(pieces[0]) if len(pieces) == 1 else "".join(map(self._kept, pieces))
        return text[start - low * PIECE : end - low * PIECE]

    def _piece(self, piece: int) -> str:
        data, at = self._pieces
        return str(zlib.decompress(data[at[piece] : at[piece + 1]], -zlib.MAX_WBITS, 4 * PIECE), "utf-8")


def merge(parts: Sequence[tuple[Mapping[str, Array], Array]]) -> dict[str, Array]:
    """Put the posts of several segments together, those that are alive in each."""
    articles, pieces, counts = [], [], []
    for arrays, alive in parts:
        articles.append(lists.select(Lists(arrays["article_at"], arrays["article"]), alive))
        own = np.diff(arrays["text_at"])
        pieces.append(lists.select(Lists(arrays["piece_at"], arrays["piece"]), np.repeat(alive, own)))
        counts += own[alive].tolist()
    text_at = np.fromiter(accumulate(counts, initial=0), np.uint32, len(counts) + 1)
    return _arrays(lists.append(articles), lists.append(pieces), text_at)


def _arrays(articles: Lists, pieces: Lists, text_at: Array) -> dict[str, Array]:
    return {
        "article": articles.values,
        "article_at": articles.at,
        "piece": pieces.values,
        "piece_at": pieces.at,
        "text_at": text_at,
    }
