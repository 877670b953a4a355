"""The offsets of tokens in the text of their post, in one byte a token.

Positions are grouped in blocks, and every post begins with a new block. A token is stored as the gap after the token
before it (0 to 13, or -1 if the two overlap) and its length (0 to 14), in half a byte each; the few that do not fit are
stored apart. The offset before every block is stored, so that reading a token adds up one block at most.

    token          N; gap + 1 and length in half a byte each, or WIDE
    block_end      N / BLOCK; the end of the last token before the block, 0 at the beginning of a post
    wide_at        positions of the tokens that did not fit, ascending
    wide_gap,
    wide_length    their gaps and lengths
"""

from collections.abc import Mapping

import numpy as np

from .arrays import Array

BLOCK = 16
# Half a byte never has its highest value, so that no token is encoded like this.
WIDE = 0xFF
MAX_NARROW = 14

# For each column of a block, which of its tokens to add up.
UP_TO = np.tri(BLOCK, dtype=np.int32)
# The distance from the end of the token before to the end of a token, for each code.
ADVANCE = np.array([(code >> 4) - 1 + (code & 15) for code in range(256)], np.int32)


def pack(starts: Array, lengths: Array, doc_at: Array) -> dict[str, Array]:
    """Pack the offsets of all positions of a segment; every post has at least one.

    A position without a length gets the offset that the text has reached.
    """
    used = lengths > 0
    used[doc_at[:-1]] = True
    last = np.maximum.accumulate(np.where(used, np.arange(len(starts)), 0))
    end = (starts.astype(np.int64) + lengths)[last]
    before = np.concatenate([[0], end[:-1]])
    before[doc_at[:-1]] = 0
    gap = end - lengths - before
    narrow = (gap >= -1) & (gap < MAX_NARROW) & (lengths <= MAX_NARROW)
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
    """Return the start and end offsets of tokens in the texts of their posts; positions are 32-bit integers."""
    block, column = positions >> 4, positions & 15
    codes = arrays["token"].reshape(-1, BLOCK).take(block, axis=0)
    advance = ADVANCE.take(codes)
    length = (arrays["token"].take(positions) & 15).astype(np.int64)
    rows, columns = np.nonzero(codes == WIDE)
    if len(rows):
        wide = arrays["wide_at"].searchsorted((block[rows] << 4) + columns.astype(np.uint32))
        advance[rows, columns] = arrays["wide_gap"].take(wide) + arrays["wide_length"].take(wide)
        asked = columns == column[rows]
        length[rows[asked]] = arrays["wide_length"].take(wide[asked])
    end = arrays["block_end"].take(block) + np.einsum("ij,ij->i", advance, UP_TO.take(column, axis=0))
    return end - length, end
