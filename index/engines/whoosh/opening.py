"""Segments opened for reading: their arrays, made again where they cannot be used, and what is stored."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex

from index.engines.whoosh import arrays
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.schema import read_post
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.tokens import post_tokens
from index.engines.whoosh.writer import arrays_file, arrays_key


def open_segment(directory: Path, index: FileIndex, segment: Any) -> Segment:
    """Open a segment."""
    storage = segment.open_compound_file(index.storage) if segment.is_compound() else index.storage
    documents = W3Codec().per_document_reader(storage, segment)
    file, key = arrays_file(directory, segment), arrays_key(segment)
    try:
        derived = arrays.read(file, key)
    except arrays.Unusable:
        derived = _derive(documents.stored_fields, segment.doc_count_all())
        # A reader that may not write here has them for itself.
        with suppress(OSError):
            arrays.write(file, key, derived)
    return Segment(derived, sorted(segment.deleted_docs()), documents.stored_fields)


def _derive(stored_fields: Any, posts: int) -> dict[str, arrays.Array]:
    """Make the arrays of a segment again, from what is stored in it."""
    inverter = Inverter()
    for number in range(posts):
        post = read_post(stored_fields(number))
        inverter.add(post, post_tokens(post))
    return inverter.arrays()
