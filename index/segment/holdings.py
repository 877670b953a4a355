"""What a segment holds of the files of its posts, by which the next run knows whether they changed.

holdings    msgpack, compressed: the `Holding` of every post, by path
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from ..model import Holding
from .arrays import Array
from .compression import Compression

_compression = Compression(b"")


def write_holdings(holdings: Mapping[str, Holding]) -> dict[str, Array]:
    """Return the array of some holdings by path, in the order of the posts."""
    return {"holdings": np.frombuffer(_compression.compress(msgspec.msgpack.encode(holdings)), np.uint8)}


def read_holdings(arrays: Mapping[str, Array]) -> dict[str, Holding]:
    """Return the holdings of all posts by path, in the order of the posts."""
    return msgspec.msgpack.decode(_compression.decompress(arrays["holdings"].data), type=dict[str, Holding])
