"""Where the tokens of a post stand in its text, as far as the text itself does not tell.

Most tokens are the runs of letters and digits, one after the other. Of each other one there are four numbers:

    apart      how many positions it comes behind the one before
    length     its length, 0 if it is not in the text
    ahead      how far behind the beginning of the next run it begins, twice that, or one less if it is before
    passed     how many runs end where it ends, or before

The next run is the first that ends behind the end of the token before; behind the text is one more. All numbers of one
kind stand together.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from ...segment.arrays import Array, compact

# Signs beside ASCII's that end a run: of Latin-1, of typography, of Chinese and Japanese. Stored posts depend on them.
SIGNS = ((0x80, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7), (0x2000, 0x206F), (0x3000, 0x303F))

# What stands behind a text, so that there is a next run behind its last token.
LAST_RUN = "\n0\n"


def pack_spans(text: str, starts: Array, lengths: Array) -> Array:
    """Return what tells the spans of tokens in a text; one without a length is not in it."""
    first, stop = _runs(text + LAST_RUN)
    ends, in_text = starts + lengths, lengths > 0
    behind = stop.searchsorted(np.maximum.accumulate(np.where(in_text, ends, 0)), "right")
    following = np.concatenate([[0], behind[:-1]])
    is_told = in_text & (first[following] == starts) & (stop[following] == ends)
    others = np.flatnonzero(~is_told)
    ahead = 2 * (starts - first[following])
    ahead = np.where(in_text, np.where(ahead < 0, -ahead - 1, ahead), 0)
    rows = (np.diff(others, prepend=0), *(row[others] for row in (lengths, ahead, behind - following)))
    return compact(np.array(rows))


def unpack_spans(texts: Sequence[str], spans: Sequence[Array], at: Array) -> tuple[Array, Array]:
    """Return the starts and lengths of the tokens of some texts; both are 0 for one that is in none.

    All are read at once, since each takes as long to begin with as a text. `at` are the first positions of the texts.
    """
    first, stop = _runs("".join([text + LAST_RUN for text in texts]))
    begins = np.cumsum([0, *(len(text) + len(LAST_RUN) for text in texts)])[:-1]
    apart, length, ahead, own_passed = np.concatenate(spans, axis=1, dtype=np.int64)
    counts, others = np.array([own.shape[1] for own in spans]), apart.cumsum()
    before = counts.cumsum() - counts
    others += np.repeat(at[:-1] - (others - apart)[before], counts)
    passed = np.ones(at[-1], np.int64)
    passed[others] = own_passed
    following, sizes = passed.cumsum() - passed, np.diff(at)
    following += np.repeat(first.searchsorted(begins) - following[at[:-1]], sizes)
    starts = first.take(following)
    lengths = stop.take(following) - starts
    starts -= np.repeat(begins, sizes)
    starts[others] += np.where(ahead & 1, -(ahead + 1), ahead) // 2
    lengths[others] = length
    return np.where(lengths, starts, 0), lengths


def _runs(text: str) -> tuple[Array, Array]:
    """Return the first offset of each run, and the one behind its last."""
    if text.isascii():
        codes = np.frombuffer(text.encode(), np.uint8)
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    inside = np.zeros(len(codes) + 2, bool)
    _are_letters().take(codes, mode="clip", out=inside[1:-1])
    bounds = np.flatnonzero(inside[1:] != inside[:-1])
    return bounds[::2], bounds[1::2]


@cache
def _are_letters() -> Array:
    """Return whether each character is a letter or a digit; the last one stands for all that follow."""
    found = np.ones(SIGNS[-1][1] + 2, bool)
    found[:128] = [chr(code).isalnum() for code in range(128)]
    for first, last in SIGNS:
        found[first : last + 1] = False
    return found
