"""Segments opened for reading: the posts, and the arrays, made again from these where they cannot be used."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from index.engines.whoosh import arrays
from index.engines.whoosh.documents import Documents
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.tokens import post_tokens
from index.ranking import TEXT, WEIGHTS


def open_segment(directory: Path, segment: Any) -> Segment:
    """Open a segment.

    Raises:
        Unusable: Its posts cannot be read.
        FileNotFoundError: There is no file of its posts; a newer generation may have replaced it.
    """
    posts = directory / posts_file(segment)
    if not posts.exists():
        raise FileNotFoundError(posts)
    documents = Documents(arrays.read(posts, posts_key(segment)))
    file, key = directory / arrays_file(segment), arrays_key(segment)
    try:
        derived = arrays.read(file, key)
    except arrays.Unusable:
        derived = _derive(documents)
        # A reader that may not write here has them for itself.
        with suppress(OSError):
            arrays.write(file, key, derived)
    return Segment(derived, documents, sorted(segment.deleted_docs()))


def _derive(documents: Documents) -> dict[str, arrays.Array]:
    """Make the arrays of a segment again, from the posts in it."""
    inverter = Inverter()
    for number in range(documents.count):
        post = documents.post(number)
        inverter.add(post, post_tokens(post))
    return inverter.arrays()


def posts_file(segment: Any) -> str:
    """Name the file of a segment's posts; Whoosh deletes what begins with the names of segments that are gone."""
    return str(segment.make_filename(".posts"))


def arrays_file(segment: Any) -> str:
    """Name the file of a segment's arrays."""
    return str(segment.make_filename(".arrays"))


def posts_key(segment: Any) -> str:
    """Say what a file of posts belongs to."""
    return f"{segment.segment_id()} {segment.doc_count_all()} posts"


def arrays_key(segment: Any) -> str:
    """Say what a segment's arrays are derived from: the segment, and the weights that are baked into them."""
    return f"{segment.segment_id()} {segment.doc_count_all()} {sorted(WEIGHTS.items())} {TEXT}"
