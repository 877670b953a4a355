"""The loops of a query, compiled from `kernels.c`; where there is no compiled library, `retrieval` does them in NumPy.

The library is called through ctypes, and needs nothing of Python's own interface: one file serves every version. It is
named after the source that it was compiled from, so that no other one is loaded.
"""

import ctypes
from array import array
from collections.abc import Mapping, Sequence
from struct import Struct

import numpy as np

from .building import WITHOUT
from .loading import checked, library, load_library
from .room import ROOM
from .rows import (
    ARRAY,
    FIELDS,
    FREQUENCIES,
    MARKS,
    MAX_OPERANDS,
    NOTHING,
    RANKED,
    SCORES,
    WEIGHTS,
    Chosen,
    LeafRow,
    MarkedLeaf,
    Member,
    Numbers,
    PostList,
    PostRow,
    WorthRow,
    address,
    asked_leaf,
    asked_row,
    leaf_row,
    measures_row,
    outline_row,
    packed_lists,
    post_list,
    post_row,
    raw,
    worth_row,
)

__all__ = [
    "FREQUENCIES",
    "MAX_OPERANDS",
    "NOTHING",
    "RANKED",
    "SCORES",
    "TABLE",
    "WEIGHTS",
    "WITHOUT",
    "Chosen",
    "Kernels",
    "LeafRow",
    "MarkedLeaf",
    "Member",
    "PostList",
    "PostRow",
    "WorthRow",
    "address",
    "asked_leaf",
    "asked_row",
    "leaf_row",
    "library",
    "load_library",
    "measures_row",
    "outline_row",
    "post_list",
    "post_row",
    "worth_row",
]

# The arrays of `Segment` in the source, in its order.
TABLE = (
    *("posting_at", "posting_doc", "posting_weight", "position_at", "position", "doc_at", "doc_language", "doc_when"),
    *("doc_title_sum", "run_at", "run_field", "run_size", "run_section", "frequency", "weight_short", "weight_text"),
    *("norm", "path_order", "alive", "token", "block_end", "wide_at", "wide_gap", "wide_length"),
)
# Those that are read as numbers of so many bytes; others may have any of 1, 2, 4 and 8.
WIDTHS = {
    **dict.fromkeys(("run_field", "alive"), 1),
    **dict.fromkeys(("doc_language",), 2),
    **dict.fromkeys(("posting_at", "position_at", "doc_at", "run_at", "frequency"), 4),
    **dict.fromkeys(("run_size", "run_section", "weight_short", "weight_text", "norm"), 4),
    **dict.fromkeys(("doc_when", "doc_title_sum", "path_order"), 8),
}
# How lists are added up.
IN_FLOATS, IN_DOUBLES, AS_SCORES = range(3)
PHRASE, PAGE, CHOSEN = map(Struct, ("4q", "9q2d", "5q"))


class Kernels:
    """The compiled loops over one segment.

    Args:
        loaded: The library.
        arrays: The arrays that TABLE names; None for an `alive` of all posts.
    """

    def __init__(self, loaded: ctypes.CDLL, arrays: Mapping[str, Numbers | None]) -> None:
        self.library = loaded
        self.arrays = arrays  # The table has their addresses.
        for name, own in arrays.items():
            if own is not None and own.itemsize != WIDTHS.get(name, own.itemsize):
                raise IndexError(f"{name} has numbers of {own.itemsize} bytes instead of {WIDTHS[name]}")
        self._table = bytearray().join(ARRAY.pack(*raw(arrays[name])) for name in TABLE)
        self.table_at = address(self._table)
        norm = arrays["norm"]
        self._docs = 0 if norm is None else len(norm)
        # Marks of posts that a search was given last, and where they are: they are the same for a whole generation.
        self._marks: tuple[Numbers | None, int] = (None, 0)

    def add_up(self, lists: Sequence[PostList], how: int) -> tuple[Numbers, Numbers]:
        """Return the posts of some lists that are alive, and the sums of frequencies times their factors, or of scores.

        Args:
            lists: The lists.
            how: IN_FLOATS, IN_DOUBLES or AS_SCORES.
        """
        docs, values = np.empty(self._docs, np.intp), np.empty(self._docs, np.float32)
        found = self.library.add_up(self.table_at, packed_lists(lists), len(lists), how, address(docs), address(values))
        return docs[: checked(found)], values[:found]

    def match_all(self, lists: Sequence[PostList], excluded: Sequence[PostList] = ()) -> tuple[Numbers, Numbers]:
        """Return the posts that all lists have and none that is excluded, and their scores, added list by list."""
        room = lists[0].size
        docs, scores = np.empty(room, np.intp), np.empty(room, np.float32)
        packed = packed_lists([*lists, *excluded])
        found = self.library.match_all(self.table_at, packed, len(lists), len(excluded), address(docs), address(scores))
        return docs[: checked(found)], scores[:found]

    def find_phrase(
        self, terms: Sequence[int], rarest: int, room: int, field: int, worth: WorthRow
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Return where terms stand next to each other, the posts, and what that is worth there.

        Args:
            terms: The terms.
            rarest: The index of the rarest.
            room: How often it occurs.
            field: Where they have to stand; below 0 for anywhere.
            worth: What a place counts.
        """
        wanted, found = array("q", terms), array("q", (room, 0))
        stands, docs, values = np.empty(room, np.uint32), np.empty(room, np.intp), np.empty(room, np.float32)
        phrase = PHRASE.pack(wanted.buffer_info()[0], len(terms), rarest, field) + worth.row
        rooms = (address(stands), address(docs), address(values), found.buffer_info()[0])
        checked(self.library.find_phrase(self.table_at, phrase, *rooms))
        places, posts = found
        return stands[:places], docs[:posts], values[:posts]

    def marks_at(self, marks: Numbers | None) -> int:
        """Return where marks of the posts are: they are the same for a whole generation; 0 for none."""
        known, at = self._marks
        if known is not marks:
            self._marks = _, at = marks, 0 if marks is None else address(marks)
        return at

    def find_spans(
        self,
        leaves: Sequence[bytes],
        marked: Sequence[MarkedLeaf],
        text_fields: int,
        fields: Sequence[int],
        docs: Numbers,
        is_complete: Numbers,
    ) -> tuple[Numbers, Numbers, int]:
        """Return the spans in the texts of posts, and what stands in their headings, as rows; see `PageOfSegment`.

        Return also how many of the spans are not what is spelled there.
        """
        asked = b"".join(leaves), b"".join([MARKS.pack(*leaf) for leaf in marked]), len(leaves), FIELDS.pack(*fields)
        among = text_fields, address(docs), len(docs), address(is_complete)
        room, counted = ROOM, array("q", (0, 0, 0))
        while True:
            rooms = *room.span_addresses, counted.buffer_info()[0]
            found = checked(self.library.find_spans(self.table_at, *asked, *among, *rooms))
            titled, unfit, places = counted
            if places <= len(room.spans):
                return room.spans[:found].copy(), room.headed[:titled].copy(), unfit
            room.make_spans(places)

    def best_windows(
        self,
        outlines: Sequence[bytes],
        weights: Sequence[float],
        rows: Numbers,
        headed: Numbers,
        words: Sequence[int],
        *,
        code_part: float,
        heading: float,
    ) -> list[Chosen]:
        """Choose the window of each article; see `windows.best_windows`."""
        chosen, others = bytearray(CHOSEN.size * len(outlines)), array("q", bytes(8 * (len(rows) + len(headed))))
        packed, weighed, titled = bytearray().join(outlines), array("d", weights), array("q", words)
        page = PAGE.pack(
            *(address(packed), weighed.buffer_info()[0], address(rows), address(headed), titled.buffer_info()[0]),
            *(len(outlines), len(weights), len(rows), len(headed), code_part, heading),
        )
        checked(self.library.best_windows(page, address(chosen), others.buffer_info()[0]))
        at, found = 0, list[Chosen]()
        for section, first, last, start, count in CHOSEN.iter_unpack(chosen):
            found.append(Chosen(section, first, last, start, others[at : at + count]))
            at += count
        return found
