"""Load the compiled library: its functions, and the errors that they return."""

import ctypes
from functools import cache
from pathlib import Path

from .building import library_file

# What is returned instead of a number of results.
ERRORS = {-1: IndexError("an array of the index refers to what is not there"), -2: MemoryError()}

_A, _N, _S = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p
_ARGUMENTS = {
    "add_up": (_A, _S, _N, _N, _A, _A),
    "match_all": (_A, _S, _N, _N, _A, _A),
    "find_phrase": (_A, _S, _A, _A, _A, _A),
    "search": (_S, _S, _S, _S),
    "find_spans": (_A, _S, _S, _N, _S, _N, _A, _N, _A, _N, *[_A] * 3),
    "best_windows": (_S, _A, _A),
}


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


def checked(found: int) -> int:
    """Return a number of results.

    Raises:
        IndexError: The index is damaged.
        MemoryError: There is too little memory.
    """
    if found < 0:
        raise ERRORS[found]
    return found
