"""The two files of a segment: its posts, and the arrays derived from them.

The posts are what the index cannot do without. The derived arrays are built again from the posts if they cannot be
read.
"""

import zlib
from collections.abc import Mapping
from contextlib import suppress
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ...analysis import ANALYZER
from ...files import sync_to_disk
from ...model import Holding
from ...ranking import TEXT, WEIGHTS
from ...segment.arrays import Array, OtherVersion, StoredArrays, Unusable, read_arrays, write_arrays
from ...segment.builder import SegmentArrays, derive
from ...segment.holdings import read_holdings
from ...segment.segment import Segment
from ...segment.store import PostStore
from ...segment.vectors import Embedder

# The means by which the arrays were made: another version of any of them builds the index anew.
BAKED_WEIGHTS = zlib.crc32(repr((sorted(WEIGHTS.items()), TEXT)).encode())
MAKER = f"{ANALYZER}, weights {BAKED_WEIGHTS:08x}"


class Inspected(NamedTuple):
    """What became of a segment's files on the disk.

    Attributes:
        files: What is wrong with each file, by name; "" for one that is whole.
        holdings: The holdings of all posts, in their order. Of those whose stored post is damaged they have no
            fingerprint, so that the posts are read again; if both files are damaged, there are none.
    """

    files: Mapping[str, str]
    holdings: Mapping[str, Holding]

    def living(self, alive: Array) -> dict[str, Holding]:
        """Return the holdings of the posts that a mask selects."""
        return dict(compress(self.holdings.items(), alive.tolist()))


def inspect_segment(directory: Path, segment: Any) -> Inspected:
    """Check every byte of a segment.

    Raises:
        OtherVersion: Another version wrote it.
    """
    posts, posts_fault = _verified(directory / posts_file(segment), posts_key(segment))
    derived, derived_fault = _verified(directory / derived_file(segment), derived_key(segment))
    if posts is not None and derived is not None:
        # Whole arrays may still be of no use: a version between two releases made them, or one with a fault.
        try:
            Segment(SegmentArrays(posts, derived))
        except Exception as error:
            fault = f"{directory / derived_file(segment)}: cannot be used ({type(error).__name__}: {error})"
            derived, derived_fault = None, fault
    holdings: Mapping[str, Holding] = {}
    if derived is not None:
        holdings = read_holdings(derived)
        if posts is None:
            holdings = {
                path: msgspec.structs.replace(holding, fingerprint="", stamp="") for path, holding in holdings.items()
            }
    elif posts is not None:
        store = PostStore(posts)
        stored = map(store.post, range(store.count))
        holdings = {post.path: Holding(post.fingerprint, post.stamp, post.slug, post.expires) for post in stored}
    return Inspected({posts_file(segment): posts_fault, derived_file(segment): derived_fault}, holdings)


def _verified(file: Path, key: str) -> tuple[StoredArrays | None, str]:
    try:
        arrays = read_arrays(file, key, MAKER)
        arrays.verify()
    except OtherVersion:
        raise
    except Unusable as error:
        return None, error.fault
    return arrays, ""


def read_posts(directory: Path, segment: Any) -> StoredArrays:
    """Map the stored posts of a segment."""
    return read_arrays(directory / posts_file(segment), posts_key(segment), MAKER)


def write_posts(directory: Path, segment: Any, posts: Mapping[str, Array]) -> None:
    """Write the file of posts of a segment."""
    write_arrays(directory / posts_file(segment), posts_key(segment), posts, MAKER)


def write_derived(directory: Path, segment: Any, derived: Mapping[str, Array]) -> None:
    """Write the file of derived arrays of a segment."""
    write_arrays(directory / derived_file(segment), derived_key(segment), derived, MAKER)


def sync_segment(directory: Path, segment: Any) -> None:
    """Wait until the files of a segment are on the disk."""
    sync_to_disk(directory / posts_file(segment))
    sync_to_disk(directory / derived_file(segment))


def open_segment(directory: Path, segment: Any, embedder: Embedder | None = None) -> Segment:
    """Open a segment.

    Raises:
        Unusable: The posts cannot be read.
        FileNotFoundError: There is no file of posts; a newer generation may have replaced it.
    """
    file = directory / posts_file(segment)
    if not file.exists():
        raise FileNotFoundError(file)
    posts = read_posts(directory, segment)
    return Segment(SegmentArrays(posts, _read_derived(directory, segment, posts, embedder)))


def _read_derived(directory: Path, segment: Any, posts: StoredArrays, embedder: Embedder | None) -> Mapping[str, Array]:
    """Read the derived arrays; if they cannot be read, build and write them again."""
    file, key = directory / derived_file(segment), derived_key(segment)
    try:
        return read_arrays(file, key, MAKER)
    except OtherVersion:
        raise
    except Unusable:
        derived = derive(PostStore(posts), embedder)
        # A reader without permission to write keeps them in memory.
        with suppress(OSError):
            write_arrays(file, key, derived, MAKER)
        return derived


def files_of(segment: Any) -> tuple[str, str]:
    """Return the names of the two files of a segment."""
    return posts_file(segment), derived_file(segment)


def posts_file(segment: Any) -> str:
    """Return the name of the file of posts. Whoosh deletes files by the segment's name that they begin with."""
    return str(segment.make_filename(".posts"))


def derived_file(segment: Any) -> str:
    """Return the name of the file of derived arrays."""
    return str(segment.make_filename(".arrays"))


def posts_key(segment: Any) -> str:
    """Return the key of the file of posts: it names the segment."""
    return f"{segment.segment_id()} {segment.doc_count_all()} posts"


def derived_key(segment: Any) -> str:
    """Return the key of the derived arrays: it names the segment."""
    return f"{segment.segment_id()} {segment.doc_count_all()} derived"
