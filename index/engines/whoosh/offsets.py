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

COLUMNS = np.arange(BLOCK)
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
    """Give where tokens start and end in the texts of their posts."""
    block, column = positions >> 4, positions & 15
    rows = (block << 4)[:, None] + COLUMNS
    codes = arrays["token"][rows]
    advance, length = ADVANCE[codes], codes[np.arange(len(positions)), column].astype(np.int32) & 15
    wide = codes == WIDE
    if wide.any():
        found = np.searchsorted(arrays["wide_at"], rows[wide].astype(np.uint32))
        advance[wide] = arrays["wide_gap"][found] + arrays["wide_length"][found]
        own = np.flatnonzero(wide[np.arange(len(positions)), column])
        length[own] = arrays["wide_length"][np.searchsorted(arrays["wide_at"], positions[own].astype(np.uint32))]
    advance[column[:, None] < COLUMNS] = 0
    end = arrays["block_end"][block].astype(np.int64) + advance.sum(1)
    return end - length, end
