"""Where a search writes what it finds, before that is copied: made once for each thread, and used again."""

import threading

import numpy as np

from .rows import RANKED, address


class Room(threading.local):
    """Room for posts, their scores, and rows of those on a page; and for the spans in these, and those in headings.

    Args:
        docs: For how many posts there is room at first.
        rows: For how many rows.
        places: For how many spans.
    """

    def __init__(self, docs: int = 0, rows: int = 160, places: int = 1024) -> None:
        self._make(docs, rows)
        self.make_spans(places)

    def _make(self, docs: int, rows: int) -> None:
        self.docs, self.scores = np.empty(docs, np.intp), np.empty(docs, np.float32)
        self.page = bytearray(RANKED.size * rows)
        self.addresses = (address(self.docs), address(self.scores), address(self.page))

    def make_spans(self, places: int) -> None:
        """Make room for so many spans."""
        self.spans, self.headed = np.empty((places, 7), np.intp), np.empty((places, 3), np.intp)
        self.span_addresses = (places, address(self.spans), address(self.headed))

    def fit(self, docs: int, rows: int) -> None:
        """Make more room if there is too little."""
        if docs > len(self.docs) or rows * RANKED.size > len(self.page):
            self._make(max(docs, len(self.docs)), rows)


ROOM = Room()
