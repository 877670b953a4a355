"""Where a search writes what it finds, before that is copied: made once for each thread, and used again."""

import threading

import numpy as np

from .rows import RANKED, address


class Room(threading.local):
    """Room for posts, their scores, and rows of those on a page.

    Args:
        docs: For how many posts there is room at first.
        rows: For how many rows.
    """

    def __init__(self, docs: int, rows: int = 160) -> None:
        self._make(docs, rows)

    def _make(self, docs: int, rows: int) -> None:
        self.docs, self.scores = np.empty(docs, np.intp), np.empty(docs, np.float32)
        self.page = bytearray(RANKED.size * rows)
        self.addresses = (address(self.docs), address(self.scores), address(self.page))

    def fit(self, docs: int, rows: int) -> None:
        """Make more room if there is too little."""
        if docs > len(self.docs) or rows * RANKED.size > len(self.page):
            self._make(max(docs, len(self.docs)), rows)
