"""Search all segments of an index in one call: find the posts that match, and rank the best of them."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from . import Kernels
from .loading import checked
from .room import ROOM
from .rows import CALL, PART, RANKED, Numbers, PostList

# What is returned where posts have copies, less how many were found.
SOME_COPIED = -3


# Posts of a segment, ascending, and their scores.
PostsFound = tuple[Numbers, Numbers]


class SearchPart(NamedTuple):
    """What is looked for in a segment.

    Attributes:
        number: The number of the segment.
        kernels: The compiled loops over it.
        wanted: Lists that have the posts.
        excluded: Lists that do not have them.
        leaves: What is measured in them; see `asked_leaf`.
        is_copied: For each post, whether another has the same text; None where none has.
    """

    number: int
    kernels: Kernels
    wanted: Sequence[PostList]
    excluded: Sequence[PostList]
    leaves: Sequence[bytes]
    is_copied: Numbers | None = None


def search(
    parts: Sequence[SearchPart], asked: bytes, least: int, limit: int, ranks: tuple[int, int]
) -> tuple[list[PostsFound], bytearray | None]:
    """Find posts as `Kernels.match_all` does, rank the best by rewards, and return posts, scores and rows of RANKED.

    There are no rows where there are too few posts or some have copies. See `occurrences.rewarded`.

    Args:
        parts: Segments, one at least.
        asked: What is looked for, of `asked_row`.
        least: How many posts have to be found to be ranked.
        limit: How many are ranked.
        ranks: From which rank on they are asked for, and up to which, excluded.
    """
    first, last = ranks
    rows, lists, leaves, room = [], [], [asked], 0
    for number, kernels, wanted, excluded, own, is_copied in parts:
        marks = kernels.marks_at(is_copied)
        rows.append(PART.pack(number, kernels.table_at, marks, len(wanted), len(excluded)))
        lists += [each.row for each in wanted]
        lists += [each.row for each in excluded]
        leaves += own
        room += wanted[0].size
    ROOM.fit(room, last - first)
    counts = array("q", bytes(8 * len(parts)))
    docs, scores, page = ROOM.addresses
    call = CALL.pack(len(parts), least, limit, first, last, docs, scores, counts.buffer_info()[0], page)
    found = parts[0].kernels.library.search(call, b"".join(rows), b"".join(lists), b"".join(leaves))
    is_ranked = found >= least
    found = SOME_COPIED - found if found <= SOME_COPIED else checked(found)
    size = max(0, min(found, limit, last) - first) * RANKED.size
    all_docs, all_scores = ROOM.docs[:found].copy(), ROOM.scores[:found].copy()
    at, matched = 0, []
    for count in counts:
        matched.append((all_docs[at : at + count], all_scores[at : at + count]))
        at += count
    return matched, ROOM.page[:size] if is_ranked else None
