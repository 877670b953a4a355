"""The stored posts of a segment, from which everything else in the index can be built again.

article, article_at    msgpack of every post's `Article`, D + 1 offsets
piece, piece_at        the texts, in compressed pieces of PIECE characters: a passage needs one or two of them
text_at                D + 1; the number of a post's first piece
article_sum, piece_sum the checksum of each article and piece, so that one can be read without checking all
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache, partial
from itertools import accumulate

import msgspec
import numpy as np

from ..model import Article, Post
from . import ragged
from .arrays import Array, StoredArrays, Unusable, checksum
from .ragged import Lists

# Characters. Pieces of twice this size compress a tenth better and take one and a half times as long to read.
PIECE = 2_048

# Articles, and pieces of text, kept decoded: those that many queries find. Each takes a few kilobytes.
CACHED_ENTRIES = 1_024

ARTICLE_FIELDS = tuple(field.name for field in fields(Article))

_article_decoder = msgspec.msgpack.Decoder(Article)


class StoreBuilder:
    """Collects the posts of one segment, compressed."""

    def __init__(self) -> None:
        self.articles: list[bytes] = []
        self.pieces: list[bytes] = []
        self.text_at = [0]

    def add(self, post: Post) -> None:
        """Add the next post."""
        self.articles.append(msgspec.msgpack.encode({name: getattr(post, name) for name in ARTICLE_FIELDS}))
        pieces = (post.text[start : start + PIECE].encode() for start in range(0, len(post.text), PIECE))
        self.pieces += [zlib.compress(piece, wbits=-zlib.MAX_WBITS) for piece in pieces]
        self.text_at.append(len(self.pieces))

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of the posts added."""
        text_at = np.array(self.text_at, np.uint32)
        articles, pieces = ragged.of_bytes(self.articles), ragged.of_bytes(self.pieces)
        return _arrays(articles, pieces, text_at, _sums(self.articles), _sums(self.pieces))


class Blocks:
    """Blocks of bytes by number; the checksum of each is compared when it is read."""

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        stored = arrays if isinstance(arrays, StoredArrays) else None
        self._data = (stored.unchecked(name) if stored is not None else arrays[name]).data
        self._at, self._sums = arrays[f"{name}_at"].data, arrays[f"{name}_sum"].data
        self._source = f"{stored.file}: {name}" if stored is not None else name

    def __getitem__(self, number: int) -> memoryview:
        block = self._data[self._at[number] : self._at[number + 1]]
        if checksum(block) != self._sums[number]:
            raise Unusable(f"{self._source}: number {number} is damaged")
        return block


class PostStore:
    """Reads the posts of a segment by their numbers."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = arrays
        self.count = len(arrays["text_at"]) - 1
        self._articles, self._pieces = Blocks(arrays, "article"), Blocks(arrays, "piece")
        self._text_at = arrays["text_at"].data
        # The caches know the blocks and not the store, which would keep itself alive until a garbage collection.
        self.article = lru_cache(maxsize=CACHED_ENTRIES)(partial(_article, self._articles))
        self._cached_piece = lru_cache(maxsize=CACHED_ENTRIES)(partial(_piece, self._pieces))

    def post(self, number: int) -> Post:
        """Return an article with its text."""
        article = _article(self._articles, number)
        return Post(**{name: getattr(article, name) for name in ARTICLE_FIELDS}, text=self.text(number))

    def text(self, number: int) -> str:
        """Return the text of a post."""
        return "".join(map(partial(_piece, self._pieces), range(self._text_at[number], self._text_at[number + 1])))

    def cut(self, number: int, start: int, end: int) -> str:
        """Return the text between two offsets."""
        low, stop = start // PIECE, -(-end // PIECE)
        first = self._text_at[number]
        pieces = range(first + low, min(first + stop, self._text_at[number + 1]))
        text = self._cached_piece(pieces[0]) if len(pieces) == 1 else "".join(map(self._cached_piece, pieces))
        return text[start - low * PIECE : end - low * PIECE]


def _article(articles: Blocks, number: int) -> Article:
    """Return an article without its text."""
    return _article_decoder.decode(articles[number])


def _piece(pieces: Blocks, number: int) -> str:
    return str(zlib.decompress(pieces[number], -zlib.MAX_WBITS, 4 * PIECE), "utf-8")


def merge_posts(parts: Sequence[tuple[Mapping[str, Array], Array]]) -> dict[str, Array]:
    """Merge the stored posts of segments; each comes with a mask of the posts to keep."""
    articles, pieces, counts, sums = [], [], [], []
    for arrays, alive in parts:
        pieces_of = np.diff(arrays["text_at"])
        alive_pieces = np.repeat(alive, pieces_of)
        articles.append(ragged.select(Lists(arrays["article_at"], arrays["article"]), alive))
        pieces.append(ragged.select(Lists(arrays["piece_at"], arrays["piece"]), alive_pieces))
        sums.append((arrays["article_sum"][alive], arrays["piece_sum"][alive_pieces]))
        counts += pieces_of[alive].tolist()
    text_at = np.fromiter(accumulate(counts, initial=0), np.uint32, len(counts) + 1)
    article_sum, piece_sum = map(np.concatenate, zip(*sums, strict=True))
    return _arrays(ragged.append(articles), ragged.append(pieces), text_at, article_sum, piece_sum)


def _sums(blocks: Sequence[bytes]) -> Array:
    return np.fromiter(map(checksum, blocks), np.uint64, len(blocks))


def _arrays(articles: Lists, pieces: Lists, text_at: Array, article_sum: Array, piece_sum: Array) -> dict[str, Array]:
    return {
        "article": articles.values,
        "article_at": articles.at,
        "article_sum": article_sum,
        "piece": pieces.values,
        "piece_at": pieces.at,
        "piece_sum": piece_sum,
        "text_at": text_at,
    }
