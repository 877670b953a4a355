"""Answers that were made before and still hold, kept in memory: the bodies only, and never more than a fixed amount."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

# More than readers ask between two changes of a journal; each costs 200 bytes beside its body.
MAX_ANSWERS = 1_024
# A page of results is some 25 kB, so this is some 600 of them. Each server process has its own, of 200 MB in all.
MAX_BYTES = 16_000_000


class Answers:
    """Finished bodies by their tag, the ones used last; safe for threads.

    A tag covers the generation, so an answer of an older one is never asked for again and makes place in time.

    Args:
        most: How many bodies are kept.
        most_bytes: How long they may be together; a body that is longer by itself is not kept.
    """

    def __init__(self, most: int = MAX_ANSWERS, most_bytes: int = MAX_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lock = Lock()
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._bodies)

    @property
    def size(self) -> int:
        """How long the kept bodies are together, in bytes."""
        return self._size

    def body(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Give the body with this tag; it is made where it is not known. What fails is not kept, and fails again."""
        with self._lock:
            if tag in self._bodies:
                self._bodies.move_to_end(tag)
                return self._bodies[tag]
        body = make()
        self._keep(tag, body)
        return body

    def _keep(self, tag: str, body: bytes) -> None:
        if len(body) > self._most_bytes:
            return
        with self._lock:
            self._size += len(body) - len(self._bodies.pop(tag, b""))
            self._bodies[tag] = body
            while len(self._bodies) > self._most or self._size > self._most_bytes:
                _, oldest = self._bodies.popitem(last=False)
                self._size -= len(oldest)
