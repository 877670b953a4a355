"""Posts into a Whoosh segment: the terms are made once, by us, and handed to Whoosh's posting pool as they are."""

import zlib
from typing import Any

import msgspec
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from index.engines.whoosh.schema import card, exact_terms, field_terms, grouped, seconds
from index.model import Post


class PostWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, fed with posts instead of field values."""

    def __init__(self, index: FileIndex) -> None:
        super().__init__(index)

    def add(self, post: Post) -> None:
        """Add a post to the segment that is being written."""
        texts = field_terms(post)
        self.perdocwriter.start_doc(self.docnum)
        for name, terms in texts.items():
            self._add_text(name, terms)
        for name, values in exact_terms(post).items():
            for value in set(values):
                self._add_posting(name, value.encode(), 1.0, b"")
        self._add_columns(post, words=len(texts["prose"]) + len(texts["code"]))
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def _add_text(self, name: str, terms: list[tuple[str, int]]) -> None:
        field = self.schema[name]
        for term, positions in grouped(terms):
            self._add_posting(name, term.encode(), float(len(positions)), field.format.encode(positions))
        self.perdocwriter.add_field(name, field, None, len(terms))

    def _add_posting(self, name: str, term: bytes, weight: float, value: bytes) -> None:
        self.pool.add((name, term, self.docnum, weight, value))

    def _add_columns(self, post: Post, words: int) -> None:
        when = self.schema["when"]
        for term, _, weight, value in when.index(seconds(post.date)):
            self._add_posting("when", term, weight, value)
        self._add_column("when", when.to_column_value(seconds(post.date)))
        self._add_column("card", msgspec.msgpack.encode(card(post, words)))
        self.perdocwriter.add_field("post", self.schema["post"], pack(post), 0)

    def _add_column(self, name: str, value: Any) -> None:
        self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)


def pack(post: Post) -> bytes:
    """Encode a post for the stored field."""
    return zlib.compress(msgspec.msgpack.encode(post), level=6)


def unpack(stored: bytes) -> Post:
    """Decode what `pack` encoded."""
    return msgspec.msgpack.decode(zlib.decompress(stored), type=Post)
