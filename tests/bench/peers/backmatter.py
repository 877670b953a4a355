"""Backmatter, asked as its own pages ask it.

With passages: `index.search.search`, from the query string to the results that the API gives. Without: the query string
parsed and given to the seam's `find`, whose matches are taken with their scores but not read. Facets are counted with
passages.
"""

from index.engine import Snapshot
from index.query import parse
from index.search import search
from tests.bench.peers import TOP, Answer
from tests.bench.queries import Query


class BackmatterPeer:
    """A snapshot of an index."""

    name = "Backmatter"

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def top(self, query: Query) -> Answer:
        """Give the ten best matches and their scores."""
        found = self.snapshot.find(parse(query.text), limit=TOP)
        return Answer(found.total, [(match.score, match) for match in found.matches])

    def passages(self, query: Query) -> Answer:
        """Give the ten best with passages."""
        results = search(self.snapshot, query.text, per_page=TOP)
        return Answer(results.total, results.hits)
