"""The seam between Backmatter and whatever keeps the index.

An engine takes changes and gives out snapshots; a snapshot is one generation, whole, for as long as it is held.
Nothing of an engine's own types crosses this line, in either direction.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, NamedTuple, Protocol

from index.model import Article, Facet, Health, Holding, Part, Post, Spans, Stats
from index.query import Node

Sort = Literal["relevance", "newest", "oldest"]
# What an engine made of some posts; only the engine looks inside.
Staged = Any

SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")


class Match(Protocol):
    """A matching article; what is not asked for is not read."""

    @property
    def score(self) -> float:
        """How well it matches; 0 where nothing was ranked."""

    @property
    def explanation(self) -> Part:
        """The score and what it is made of; every sum and product in it holds."""

    @property
    def article(self) -> Article:
        """The article without its text."""

    @property
    def spans(self) -> Spans:
        """Where the query's terms stand in the text."""

    def cut(self, start: int, end: int) -> str:
        """Give the text between two offsets."""

    def once(self, words: str) -> bool:
        """Tell whether some words of the text are known to stand only once in the article, its titles counted in."""


class Found(Protocol):
    """What one query found."""

    @property
    def total(self) -> int:
        """The number of all matches."""

    @property
    def complete(self) -> int:
        """The number of those that match the query itself; the others match what is wider."""

    @property
    def matches(self) -> Sequence[Match]:
        """The matches that were asked for, best first."""

    @property
    def facets(self) -> Mapping[str, tuple[Facet, ...]]:
        """The values of "tag" and "language", most frequent first, and of "year", newest first, over all matches."""


class Similar(NamedTuple):
    """How a term is like another one: the posts that have it, and the edits that it takes."""

    posts: int
    edits: int


class Snapshot(Protocol):
    """One generation of the index, unchanging."""

    @property
    def generation(self) -> int:
        """Grows by every commit that changed something; 0 for an index that holds nothing yet."""

    def find(
        self, query: Node, *, wider: Node | None = None, sort: Sort = "relevance", offset: int = 0, limit: int = 10
    ) -> Found:
        """Find the posts that match a query tree, best first; undated posts come last when sorted by date.

        Where few match, the best of those that match `wider` fill the list; by date they never do.
        """

    def post(self, slug: str) -> Post | None:
        """Give the post with this slug."""

    def posts(self) -> Iterator[Post]:
        """Give every post."""

    def vocabulary(self, beginning: str) -> Mapping[str, int]:
        """Give the terms that begin with this, each with the number of posts that have it in their prose."""

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, Similar]:
        """Give the terms that become a term by at most some edits.

        Adding, replacing and taking away a letter and swapping two neighbours each are one edit. The first letter is
        never edited, as it hardly ever is mistyped. Without edits this tells whether the term itself is there. With
        `beginning`, terms that go on after what is at most some edits away are given as well.
        """

    def telling(self, slug: str, limit: int) -> Sequence[str]:
        """Give the terms that tell this post from the others, and that others have too, the most telling first."""

    def holdings(self) -> Mapping[str, Holding]:
        """Give what is held, by post id."""

    def stats(self) -> Stats:
        """Count what is held."""


class Writing(Protocol):
    """One commit in the making, with the index locked for other writers; readers see nothing of it before `commit`."""

    @property
    def stage(self) -> Callable[[Iterable[Post]], Staged]:
        """Write posts aside. What this gives can be sent to other processes and run in several at the same time."""

    def commit(self, staged: Sequence[Staged], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Make what was staged the next generation, in place of the same posts' older versions.

        Args:
            staged: What `stage` returned, here or in other processes.
            delete: Posts that have to go, staged or not.
            after: A generation that the new one comes after, beside the one that is there.

        Returns:
            The new generation.
        """


class Engine(Protocol):
    """Keeps an index. Commits are atomic: a reader sees all of one or nothing of it."""

    @property
    def place(self) -> str:
        """Where the index is, for a person."""

    def health(self) -> Health | None:
        """Tell how the cluster is that keeps the index; None for an index that is on no cluster."""

    def snapshot(self) -> Snapshot:
        """Give the latest complete generation.

        Raises:
            IndexMissing: Nothing was ever committed here.
            IndexDamaged: What is there cannot be read.
        """

    def writing(self, *, rebuild: bool = False) -> AbstractContextManager[Writing]:
        """Begin a commit, with `rebuild` one that replaces everything; without `commit` nothing has happened.

        Raises:
            IndexLocked: Another process is writing.
            DiskFull: There is no room; the last generation is whole.
        """
