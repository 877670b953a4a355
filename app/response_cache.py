"""A cache of response bodies, in memory and of a fixed size."""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from cachetools import LRUCache

# A page of results is about 4 kB as browsers get it, compressed, so this is about 900 of them. Each server process has
# a cache of its own.
MAX_CACHE_BYTES = 4_000_000
# Memory that an entry takes beside its body; without it, many short bodies would take several times as much.
ENTRY_BYTES = 300


class ResponseCache:
    """Response bodies by their tag; the least recently used are dropped first. Safe for threads.

    A tag covers the generation, so a response of an older one is never asked for again and is dropped in time.
    """

    def __init__(self, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._lock = Lock()
        self._bodies: LRUCache[str, bytes] = LRUCache(max_bytes, getsizeof=lambda body: len(body) + ENTRY_BYTES)

    def __len__(self) -> int:
        return len(self._bodies)

    @property
    def size(self) -> int:
        """Memory that the cache takes, in bytes."""
        return int(self._bodies.currsize)

    def body(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the body with this tag, making it if it is not cached. Errors and oversized bodies are not cached."""
        with self._lock:
            body = self._bodies.get(tag)
        if body is None:
            body = make()
            with self._lock, suppress(ValueError):  # Longer than the whole cache.
                self._bodies[tag] = body
        return body
