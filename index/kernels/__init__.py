"""The loops of a query, compiled from `kernels.c`; where there is no compiled library, `retrieval` does them in NumPy.

The library is called through ctypes, and needs nothing of Python's own interface: one file serves every version. It is
named after the source that it was compiled from, so that no other one is loaded.
"""

import ctypes
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from struct import Struct, pack
from typing import Any, NamedTuple

import numpy as np

from .building import WITHOUT, library_file

__all__ = ["TABLE", "WITHOUT", "Kernels", "PostList", "library", "load_library"]

Numbers = np.ndarray[Any, np.dtype[Any]]

# The arrays of `Segment` in the source, in its order.
TABLE = (
    *("posting_at", "posting_doc", "posting_weight", "position_at", "position", "doc_at", "doc_language"),
    *("run_at", "run_field", "run_size", "run_section", "frequency", "weight_short", "weight_text", "norm", "alive"),
    *("token", "block_end", "wide_at", "wide_gap", "wide_length"),
)
# What the numbers of a list are; see `List`.
WEIGHTS, FREQUENCIES, SCORES, NOTHING = range(4)
# How lists are added up.
IN_FLOATS, IN_DOUBLES, AS_SCORES = range(3)
# What is returned instead of a number of results.
ERRORS = {-1: IndexError("an array of the index refers to what is not there"), -2: MemoryError()}

ARRAY, LIST, MEMBER, STAND, ASKED, SHOWN, FIELDS = map(Struct, ("3q", "3q3qqdd", "3q3q", "q3q", "4q5q", "4q", "5q"))

_ABSENT = (0, 0, 0)
_A, _N, _S = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p
_ARGUMENTS = {
    "add_up": (_S, _S, _N, _N, _A, _A),
    "match_all": (_S, _S, _N, _N, _A, _A),
    "largest": (_A, _A, _N, _S, _N, _A),
    "find_keys": (_S, _S, _N, _S, _N, _S, _A, _N, _A),
    "take_keys": (_A, _N, _A),
    "reward": (_S, _S, _A, _N, _S, _A, _N, *[_A] * 4),
    "find_spans": (_S, _S, _S, _A, _N, _A, _N, *[_A] * 4),
}


class PostList(NamedTuple):
    """Posts, ascending, with a number for each.

    Attributes:
        docs: The posts.
        values: The number of its weight for each, its frequency or its score.
        kind: Which of the three.
        factor: The ceiling of a score; or what frequencies are multiplied by, where they are added up.
        times: How often its scores count.
    """

    docs: Numbers
    values: Numbers | None = None
    kind: int = NOTHING
    factor: float = 1.0
    times: int = 1


@cache
def library() -> ctypes.CDLL | None:
    """Return the compiled library, None where there is none that can be loaded."""
    try:
        return load_library(library_file(Path(__file__).parent))
    except OSError:
        return None


def load_library(file: Path) -> ctypes.CDLL:
    """Load a compiled library.

    Raises:
        OSError: It is not there, or of another kind of machine.
    """
    loaded = ctypes.CDLL(str(file))
    for name, arguments in _ARGUMENTS.items():
        function = getattr(loaded, name)
        function.argtypes, function.restype = arguments, _N
    return loaded


class Kernels:
    """The compiled loops over one segment.

    Args:
        loaded: The library.
        arrays: The arrays that TABLE names; None for an `alive` of all posts.
    """

    def __init__(self, loaded: ctypes.CDLL, arrays: Mapping[str, Numbers | None]) -> None:
        self._library = loaded
        self.arrays = arrays  # The table has their addresses.
        self._table = b"".join(ARRAY.pack(*_raw(arrays[name])) for name in TABLE)
        norm = arrays["norm"]
        self._docs = 0 if norm is None else len(norm)

    def add_up(self, lists: Sequence[PostList], how: int) -> tuple[Numbers, Numbers]:
        """Return the posts of some lists that are alive, and the sums of frequencies times their factors, or of scores.

        Args:
            lists: The lists.
            how: IN_FLOATS, IN_DOUBLES or AS_SCORES.
        """
        docs, values = np.empty(self._docs, np.intp), np.empty(self._docs, np.float32)
        found = self._library.add_up(self._table, _packed(lists), len(lists), how, _address(docs), _address(values))
        return docs[: _checked(found)], values[:found]

    def match_all(self, lists: Sequence[PostList], excluded: Sequence[PostList] = ()) -> tuple[Numbers, Numbers]:
        """Return the posts that all lists have and none that is excluded, and their scores, added list by list."""
        room = len(lists[0].docs)
        docs, scores = np.empty(room, np.intp), np.empty(room, np.float32)
        packed = _packed([*lists, *excluded])
        found = self._library.match_all(
            self._table, packed, len(lists), len(excluded), _address(docs), _address(scores)
        )
        return docs[: _checked(found)], scores[:found]

    def largest(self, keys: Numbers, docs: Numbers, paths: Numbers, limit: int) -> Numbers:
        """Return the indexes of the posts with the largest keys, best first; equals by the numbers of their paths."""
        chosen = np.empty(max(0, min(limit, len(docs))), np.intp)
        found = self._library.largest(
            _address(keys), _address(docs), len(docs), ARRAY.pack(*_raw(paths)), len(chosen), _address(chosen)
        )
        _checked(found)
        return chosen

    def find_keys(
        self,
        members: Sequence[tuple[int, range, Numbers | None]],
        stands: Sequence[tuple[int, Numbers]],
        details: Sequence[int],
        docs: Numbers,
    ) -> Numbers:
        """Return the places of leaves as sorted keys; each member and each array of positions is of a leaf."""
        rows = b"".join(
            MEMBER.pack(leaf, terms.start, terms.stop, *_raw(languages)) for leaf, terms, languages in members
        )
        known = b"".join(STAND.pack(leaf, *_raw(positions)) for leaf, positions in stands)
        found = ctypes.c_void_p()
        count = _checked(
            self._library.find_keys(
                *(self._table, rows, len(members), known, len(stands)),
                *(pack(f"{len(details)}Q", *details), _address(docs), len(docs), ctypes.byref(found)),
            )
        )
        keys = np.empty(count, np.uint64)
        self._library.take_keys(found, count, _address(keys))
        return keys

    def reward(
        self,
        keys: Numbers,
        clause_of: Numbers,
        share: Numbers,
        fields: Sequence[int],
        exact: Sequence[Numbers],
        docs: Numbers,
        named: Numbers,
        most: Numbers,
        frequency: Numbers,
    ) -> tuple[Numbers, Numbers]:
        """Return the scores of posts with their rewards, and a row of rewards for each; see `rescoring.rewards`."""
        scores, rewards = frequency.astype(np.float64), np.empty((len(docs), len(most)))
        asked = ASKED.pack(_address(clause_of), len(clause_of), _address(share), len(share), *fields)
        typed = b"".join(ARRAY.pack(*_raw(own)) for own in exact)
        _checked(
            self._library.reward(
                *(self._table, asked, _address(keys), len(keys), typed, _address(docs), len(docs)),
                *map(_address, (named, most, scores, rewards)),
            )
        )
        return scores, rewards

    def find_spans(
        self,
        keys: Numbers,
        widths: Sequence[int],
        is_part: Numbers,
        text_fields: int,
        fields: Sequence[int],
        docs: Numbers,
        is_complete: Numbers,
    ) -> tuple[Numbers, Numbers]:
        """Return the spans in the texts of posts, and what stands in their headings, as rows; see `PageOfSegment`."""
        spans, headed, count = np.empty((len(keys), 6), np.intp), np.empty((len(keys), 3), np.intp), ctypes.c_int64()
        shown = SHOWN.pack(*(_address(np.array(widths, np.int64)), _address(is_part), len(widths), text_fields))
        found = self._library.find_spans(
            *(self._table, shown, FIELDS.pack(*fields), _address(keys), len(keys), _address(docs), len(docs)),
            *(_address(is_complete), _address(spans), _address(headed), ctypes.byref(count)),
        )
        return spans[: _checked(found)], headed[: count.value]


def _raw(array: Numbers | None) -> tuple[int, int, int]:
    return _ABSENT if array is None else (_address(array), len(array), array.itemsize)


def _address(array: Numbers) -> int:
    described = array.__array_interface__
    if described["strides"] is not None:
        raise ValueError("an array with gaps")
    address: int = described["data"][0]
    return address


def _packed(lists: Sequence[PostList]) -> bytes:
    return b"".join(LIST.pack(*_raw(docs), *_raw(values), *others) for docs, values, *others in lists)


def _checked(found: int) -> int:
    if found < 0:
        raise ERRORS[found]
    return found
