"""Where tokens stand in their post's text: a byte a token, read from a few of them.

Positions come in blocks, and every post begins with one. A token is the gap after the token before it (0 to 13, or
-1 where two overlap) and its length (0 to 14), in half a byte each; the few that do not fit are kept apart. Of every
block it is known where the token before it ends, so that a token is found by adding up one block at most.

    token          N; gap + 1 and length in half a byte each, or WIDE
    block_end      N / BLOCK; where the last token before the block ends, 0 at the beginning of a post
    wide_at        positions of what did not fit, ascending
    wide_gap,
    wide_length    their gaps and lengths
"""

from collections.abc import Mapping

import numpy as np

from index.engines.whoosh.arrays import Array

BLOCK = 16
# The highest half bytes are not used, so that no token looks like this.
WIDE = 0xFF
MOST = 14

# For each place in a block, which tokens are to be added up.
UP_TO = np.tri(BLOCK, dtype=np.int32)
# How far the end of a token is from the end of the token before it.
ADVANCE = np.array([(code >> 4) - 1 + (code & 15) for code in range(256)], np.int32)


def pack(starts: Array, lengths: Array, doc_at: Array) -> dict[str, Array]:
    """Pack the offsets of all positions of a segment; those without a length stand where the text has come to.

    Every post has one position at least.
    """
    stands = lengths > 0
    stands[doc_at[:-1]] = True
    last = np.maximum.accumulate(np.where(stands, np.arange(len(starts)), 0))
    end = (starts.astype(np.int64) + lengths)[last]
    before = np.concatenate([[0], end[:-1]])
    before[doc_at[:-1]] = 0
    gap = end - lengths - before
    narrow = (gap >= -1) & (gap < MOST) & (lengths <= MOST)
    token = np.where(narrow, (gap + 1) << 4 | lengths, WIDE).astype(np.uint8)
    wide = np.flatnonzero(~narrow)
    return {
        "token": token,
        "block_end": before[::BLOCK].astype(np.uint32),
        "wide_at": wide.astype(np.uint32),
        "wide_gap": gap[wide].astype(np.int32),
        "wide_length": lengths[wide].astype(np.uint8),
    }


def unpack(arrays: Mapping[str, Array], positions: Array) -> tuple[Array, Array]:
    """Give where tokens start and end in the texts of their posts; positions in 32 bits."""
    block, column = positions >> 4, positions & 15
    codes = arrays["token"].reshape(-1, BLOCK).take(block, axis=0)
    advance = ADVANCE.take(codes)
    length = (arrays["token"].take(positions) & 15).astype(np.int64)
    rows, columns = np.nonzero(codes == WIDE)
    if len(rows):
        found = arrays["wide_at"].searchsorted((block[rows] << 4) + columns.astype(np.uint32))
        advance[rows, columns] = arrays["wide_gap"].take(found) + arrays["wide_length"].take(found)
        own = columns == column[rows]
        length[rows[own]] = arrays["wide_length"].take(found[own])
    end = arrays["block_end"].take(block) + np.einsum("ij,ij->i", advance, UP_TO.take(column, axis=0))
    return end - length, end
