"""What the documents of posts hold for the ranking and for pages, as bytes that OpenSearch does not look into."""

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

import msgspec
import numpy as np

from ...model import Article, Post
from ...segment.arrays import Array
from ...segment.compression import Compression
from ...segment.fields import PostTokens
from ...segment.offsets import BLOCK
from ...segment.post_columns import PostColumns, post_columns
from ...segment.store import ARTICLE_FIELDS
from .spans import pack_spans

# The type and the bytes of arrays, by name.
Packed = dict[str, tuple[str, bytes]]


class PostRecord(msgspec.Struct, array_like=True):
    """What the ranking has to know of a post beside its postings.

    Attributes:
        path: Its path.
        columns: Its columns; they have its keys only where a query filters by any.
        length: Its tokens of prose and code.
        positions: The positions that it takes, a multiple of BLOCK.
        run_at: The first position of each run, as 16-bit or 32-bit integers.
        run_field: The field of each run, in one byte.
    """

    path: str
    columns: PostColumns
    length: int
    positions: int
    run_at: bytes
    run_field: bytes

    @property
    def runs(self) -> Array:
        """The first position of each run."""
        return np.frombuffer(self.run_at, f"<u{len(self.run_at) // len(self.run_field)}")


# An article as the list of its values.
ArticleValues = msgspec.defstruct(
    "ArticleValues", [(field.name, field.type) for field in fields(Article)], array_like=True, frozen=True
)


class StoredPost(NamedTuple):
    """What a page needs of a post, as it is stored: its article, its text, and the rows of `spans`."""

    article: ArticleValues  # type: ignore[valid-type]
    text: str
    spans: tuple[str, bytes]


class ShownPost(NamedTuple):
    """What a page needs of a post: its article, its text, and the rows of `spans`."""

    article: Article
    text: str
    spans: Array


# A text is compressed as a whole: in its pieces it would take half as much again.
_zstd = Compression(b"")

_record_decoder = msgspec.msgpack.Decoder(PostRecord)
_shown_decoder = msgspec.msgpack.Decoder(StoredPost)
_arrays_decoder = msgspec.msgpack.Decoder(Packed)


def record_of(post: Post, tokens: PostTokens, length: int) -> bytes:
    """Return the record of a post of a length, packed."""
    columns = post_columns(post)
    # Decoding the keys of all candidates would take longer than ranking them.
    columns.keys = []
    positions = len(tokens.terms) + -len(tokens.terms) % BLOCK
    runs = np.array([run.position for run in tokens.runs], "<u2" if positions < 1 << 16 else "<u4")
    fields = bytes(run.field for run in tokens.runs)
    return msgspec.msgpack.encode(PostRecord(post.path, columns, length, positions, runs.tobytes(), fields))


def read_record(packed: bytes) -> PostRecord:
    """Return a record of a post, without keys of filters."""
    return _record_decoder.decode(packed)


def packed_post(post: Post, tokens: PostTokens) -> bytes:
    """Return what pages show of a post, packed."""
    padding = [0] * (-len(tokens.terms) % BLOCK)
    spans = pack_spans(post.text, np.array(tokens.starts + padding), np.array(tokens.lengths + padding))
    article = [getattr(post, name) for name in ARTICLE_FIELDS]
    return _zstd.compress(msgspec.msgpack.encode((article, post.text, (spans.dtype.str, spans.tobytes()))))


def read_shown(packed: bytes) -> ShownPost:
    """Return what pages show of a post."""
    stored = _shown_decoder.decode(_zstd.decompress(packed))
    article = Article(**{name: getattr(stored.article, name) for name in ARTICLE_FIELDS})
    kind, spans = stored.spans
    return ShownPost(article, stored.text, np.frombuffer(spans, kind).reshape(4, -1))


def stored_post(packed: bytes) -> Post:
    """Return the post of which pages show this."""
    shown = read_shown(packed)
    return with_text(shown.article, shown.text)


def with_text(article: Article, text: str) -> Post:
    """Return an article with its text."""
    return Post(**{name: getattr(article, name) for name in ARTICLE_FIELDS}, text=text)


def packed_vectors(arrays: Mapping[str, Array]) -> bytes:
    """Return the arrays of the vectors of a post, packed."""
    return msgspec.msgpack.encode(_packed(arrays))


def read_vectors(packed: bytes) -> dict[str, Array]:
    """Return the arrays of the vectors of a post."""
    return unpacked(_arrays_decoder.decode(packed))


def encoded(data: bytes) -> str:
    """Return bytes as OpenSearch takes them."""
    return b64encode(data).decode()


def decoded(text: str) -> bytes:
    """Return the bytes that OpenSearch returned."""
    # It returns base64 without padding; surplus padding does no harm.
    return a2b_base64(text + "==")


def _packed(arrays: Mapping[str, Array]) -> Packed:
    return {name: (array.dtype.str, array.tobytes()) for name, array in arrays.items()}


def unpacked(packed: Packed) -> dict[str, Array]:
    """Return arrays."""
    return {name: np.frombuffer(data, kind) for name, (kind, data) in packed.items()}
