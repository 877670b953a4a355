"""The seam between Backmatter and whatever keeps the index.

An engine takes changes and gives out snapshots; a snapshot is one generation, whole, for as long as it is held.
Nothing of an engine's own types crosses this line, in either direction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from index.model import Article, Facet, Holding, Post, Spans, Stats
from index.query import Node

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")


class Match(Protocol):
    """A matching article; what is not asked for is not read."""

    @property
    def score(self) -> float:
        """How well it matches; 0 where nothing was ranked."""

    @property
    def article(self) -> Article:
        """The article without its text."""

    @property
    def spans(self) -> Spans:
        """Where the query's terms stand in the text."""

    def cut(self, start: int, end: int) -> str:
        """Give the text between two offsets."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of matches, with the total and the facets of all of them."""

    total: int
    matches: Sequence[Match]
    facets: Mapping[str, tuple[Facet, ...]]


class Snapshot(Protocol):
    """One generation of the index, unchanging."""

    @property
    def generation(self) -> int:
        """Grows by every commit that changed something; 0 for an index that holds nothing yet."""

    def find(self, query: Node, *, sort: Sort = "relevance", offset: int = 0, limit: int = 10) -> Found:
        """Find the posts that match a query tree, best first; undated posts come last when sorted by date."""

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""

    def vocabulary(self, beginning: str) -> Mapping[str, int]:
        """Give the terms that begin with this, each with the number of posts that have it in their prose."""

    def holdings(self) -> Mapping[str, Holding]:
        """Give what is held, by post id."""

    def stats(self) -> Stats:
        """Count what is held."""


class Engine(Protocol):
    """Keeps an index. Commits are atomic: a reader sees all of one or nothing of it."""

    def snapshot(self) -> Snapshot:
        """Give the latest complete generation.

        Raises:
            IndexMissing: Nothing was ever committed here.
            IndexDamaged: What is there cannot be read.
        """

    def apply(self, put: Iterable[Post], delete: Collection[str] = (), *, rebuild: bool = False) -> int:
        """Add or replace posts and delete others by id, in one commit; with `rebuild`, replace everything.

        `delete` is read after `put` is exhausted. An exception out of `put` leaves the last generation as it was.

        Returns:
            The new generation.

        Raises:
            IndexLocked: Another process is writing.
        """
