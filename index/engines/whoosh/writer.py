"""Posts into a segment: two files, written before any generation names them."""

from collections.abc import Mapping
from pathlib import Path

from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import _DEF_INDEX_NAME

from index.engines.whoosh import arrays
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.codec import ArrayCodec
from index.engines.whoosh.documents import Collected
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.opening import arrays_file, arrays_key, posts_file, posts_key
from index.engines.whoosh.tokens import post_tokens
from index.model import Post


class SegmentWriter:
    """Collects the posts of one segment: analysed once, sorted once."""

    def __init__(self) -> None:
        self._posts = Collected()
        self._inverter = Inverter()

    @property
    def tokens(self) -> int:
        """How many tokens were added."""
        return self._inverter.doc_at[-1]

    def add(self, post: Post) -> None:
        """Add the next post."""
        self._posts.add(post)
        self._inverter.add(post, post_tokens(post))

    def write(self, directory: Path) -> W3Segment:
        """Write the segment."""
        return write_segment(directory, self._posts.arrays(), self._inverter.arrays())


def write_segment(directory: Path, posts: Mapping[str, Array], derived: Mapping[str, Array]) -> W3Segment:
    """Write the posts of a segment and the arrays derived from them."""
    segment = W3Segment(ArrayCodec(), _DEF_INDEX_NAME, doccount=len(posts["text_at"]) - 1)
    arrays.write(directory / posts_file(segment), posts_key(segment), posts)
    arrays.write(directory / arrays_file(segment), arrays_key(segment), derived)
    return segment
