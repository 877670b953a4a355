"""What Whoosh keeps of a post.

Only Whoosh's own types appear in the schema, so that Whoosh alone can read the index. Terms are made by
`index.analysis` and handed over finished; the analyzers named here never run.
"""

import zlib
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from whoosh import fields
from whoosh.analysis import IDAnalyzer

from index.analysis import terms
from index.engines.whoosh.tokens import FIELDS
from index.model import Article, Post

# The zero of the date column. Dates before it sort and filter as the numbers below zero that they are.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED = -(2**62)

# Characters of text that are compressed together: a passage costs one piece or two, however long the article.
PIECE = 4_096

ARTICLE_FIELDS = tuple(field.name for field in dataclass_fields(Article))

Stored = Mapping[str, Any]


def schema() -> fields.Schema:
    """Give the schema of the index: text fields with positions, fields for filters, and what is stored."""
    return fields.Schema(
        path=fields.ID(unique=True),
        when=fields.NUMERIC(int, bits=64, sortable=True, default=UNDATED, shift_step=0),
        article=fields.STORED(),
        text=fields.STORED(),
        **{name: fields.TEXT(analyzer=IDAnalyzer()) for name in FIELDS},
        **{name: fields.ID() for name in ("slug", "tag", "author", "language", "year")},
    )


def exact_terms(post: Post) -> dict[str, list[str]]:
    """Give the values that filters look for: whole ones, but an author by each part of the name."""
    return {
        "path": [post.path],
        "slug": [post.slug],
        "tag": [tag.casefold() for tag in post.tags],
        "author": terms(post.author),
        "language": [post.language.casefold()],
        "year": [str(post.date.year)] if post.date else [],
    }


def seconds(when: datetime | date | None) -> int:
    """Give a date as whole seconds since 1970; UNDATED for None, midnight UTC for a day."""
    if when is None:
        return UNDATED
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return (when - EPOCH) // timedelta(seconds=1)


def stored(post: Post) -> Stored:
    """Give the stored fields of a post: the article, and its text in compressed pieces."""
    article = {name: getattr(post, name) for name in ARTICLE_FIELDS}
    pieces = [post.text[at : at + PIECE].encode() for at in range(0, len(post.text), PIECE)]
    return {"article": msgspec.msgpack.encode(article), "text": [zlib.compress(piece) for piece in pieces]}


_decoder = msgspec.msgpack.Decoder(Article)


def read_article(kept: Stored) -> Article:
    """Read an article from its stored fields."""
    return _decoder.decode(kept["article"])


def read_post(kept: Stored) -> Post:
    """Read an article and its text from its stored fields."""
    article = read_article(kept)
    text = "".join(zlib.decompress(piece).decode() for piece in kept["text"])
    return Post(**{name: getattr(article, name) for name in ARTICLE_FIELDS}, text=text)


def cut_text(kept: Stored, start: int, end: int) -> str:
    """Cut a stored text between two offsets."""
    first = start // PIECE
    pieces = kept["text"][first : -(-end // PIECE)]
    return "".join(zlib.decompress(piece).decode() for piece in pieces)[start - first * PIECE : end - first * PIECE]
