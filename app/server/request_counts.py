"""How many requests each client has sent within a minute, counted by all workers of a server together."""

from collections.abc import Callable
from hashlib import blake2b
from math import ceil
from multiprocessing.sharedctypes import RawArray
from secrets import token_bytes
from time import monotonic

# Seconds after which a client may send as many requests again.
WINDOW = 60
# Clients share what they may send if they share a slot: of a thousand at the same time, one in sixty does.
SLOTS = 65_536


class RequestCounts:
    """Counts in memory that processes share: one slot for each client, found by a keyed hash of its address.

    A slot has the number of a window in its upper half and the requests in that window in the lower one. If two workers
    count at the same moment, one of the requests may be missed, which is better than a lock for each.

    Args:
        clock: The time in seconds, the same in all processes.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._key = token_bytes(16)
        self._slots = RawArray("Q", SLOTS)

    def wait_of(self, client: str, limit: int) -> int:
        """Count a request of a client; return after how many seconds it may be sent, 0 for now."""
        window, passed = divmod(self._clock(), WINDOW)
        digest = blake2b(client.encode(), key=self._key, digest_size=8).digest()
        slot = int.from_bytes(digest) % SLOTS
        last_window, requests = divmod(self._slots[slot], 1 << 32)
        requests = requests + 1 if last_window == int(window) else 1
        self._slots[slot] = (int(window) << 32) + requests
        return ceil(WINDOW - passed) if requests > limit else 0
