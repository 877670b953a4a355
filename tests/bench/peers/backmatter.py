"""Backmatter, asked as its own pages ask it.

With passages: `index.search.search`, from the query string to the results that the API gives. Without: the query string
parsed and given to the seam's `find`, whose matches are taken with their scores but not read. Facets are counted with
passages.
"""

from backmatter.index.engines.base import Snapshot
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.search.search import search
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
        results = search(self.snapshot, analyse(query.text), per_page=TOP)
        return Answer(results.total, results.hits)
