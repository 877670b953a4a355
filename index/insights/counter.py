"""Count events without delaying a response: a request puts an event in a queue, and a thread writes it."""

import logging
import sqlite3
from collections import OrderedDict
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from time import time

from ..errors import DatabaseUnusable
from . import store
from .events import Event, SearchOutcome

# As many answers as are remembered; each outcome is some 500 bytes.
OUTCOMES = 1_024
# Where the disk is slower than the readers, the rest is not counted; it is never waited for.
MAX_WAITING = 10_000

_log = logging.getLogger(__name__)


class Counter:
    """Counts events of one server process.

    Args:
        file: Where the counts are kept.
        counts: Whether anything is counted at all.
    """

    def __init__(self, file: Path, *, counts: bool) -> None:
        self.counts = counts
        self._file = file
        self._queue: SimpleQueue[Event] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._outcomes: OrderedDict[object, SearchOutcome] = OrderedDict()
        self._forgot = 0

    def count(self, event: Event) -> None:
        """Queue an event to be counted."""
        if not self.counts or self._queue.qsize() >= MAX_WAITING:
            return
        self._queue.put(event)
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._write, name="counts", daemon=True)
                self._thread.start()

    def found(self, question: object, outcome: SearchOutcome) -> None:
        """Remember what was found: the next time, the answer is a remembered page."""
        self._outcomes[question] = outcome
        while len(self._outcomes) > OUTCOMES:
            self._outcomes.popitem(last=False)

    def outcome(self, question: object) -> SearchOutcome | None:
        """Return what was found, where it is known."""
        return self._outcomes.get(question)

    def _write(self) -> None:
        """Write events as they come, those that wait already together; an event that cannot be written is dropped."""
        while True:
            events = [self._queue.get(), *self._waiting()]
            try:
                with store.writing(self._file) as connection:
                    store.record(connection, events)
                    self._forget(connection)
            except DatabaseUnusable as error:
                _log.warning("searches are not counted: %s", error)

    def _waiting(self) -> list[Event]:
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]

    def _forget(self, connection: sqlite3.Connection) -> None:
        """Delete what is too old, once a day."""
        now = int(time())
        if now - self._forgot >= store.DAY:
            store.forget(connection, now)
            self._forgot = now
