"""The interface of an engine.

An engine takes commits and returns snapshots. A snapshot is one generation of the index and does not change. No type of
an engine's library appears in the interface.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..model import Article, Explanation, Facet, Health, Holding, Post, Spans, Stats
from ..query.tree import Node, Sort
from ..ranking import REWARDS, Rewards

if TYPE_CHECKING:
    from ..query.next_search import NextSearch
    from ..retrieval.succession import Succession
    from ..retrieval.windows import Window

TOGETHER = 'journals on a cluster are searched each by itself; set engine = "whoosh", or name one journal'

# The result of staging posts; only the engine knows its type.
Staged = Any


class Match(Protocol):
    """A matching post; its article and text are read when they are asked for."""

    @property
    def score(self) -> float:
        """The score; 0 if the query has nothing to rank by."""

    @property
    def explanation(self) -> Explanation:
        """The score and its parts; every sum and product in it is exact."""

    @property
    def article(self) -> Article:
        """The article without its text."""

    @property
    def copies(self) -> Sequence[Article]:
        """Articles with the same text that match, too, and are not listed."""

    @property
    def translations(self) -> Sequence[Article]:
        """The same article in other languages."""

    @property
    def spans(self) -> Spans:
        """The spans of the query's terms in the text."""

    def window(self, *, is_code: bool = False) -> "Window":
        """Return the part of the text that answers best; for a query that is code, listings answer as well as prose."""

    @property
    def nearest(self) -> int | None:
        """Where the piece of the text begins that is nearest to what is meant, if the post has none of the words."""

    def nearness(self, texts: Sequence[str]) -> Sequence[float]:
        """Return how near texts are to what is meant; nothing where that would take long, or without a model."""

    def has(self, clause: Node) -> bool:
        """Return whether the post has what a clause of the query looks for, whatever is excluded or filtered."""

    def cut(self, start: int, end: int) -> str:
        """Return the text between two offsets."""

    def is_unique(self, quotation: str) -> bool:
        """Return whether a quotation from the text is known to occur only once in the article, titles included."""


class QueryResult(Protocol):
    """The result of a query."""

    @property
    def total(self) -> int:
        """The number of matches."""

    @property
    def complete(self) -> int:
        """The number of matches of the query itself; the others match only the wider query."""

    @property
    def matches(self) -> Sequence[Match]:
        """The page of matches that was asked for, best first."""

    @property
    def facets(self) -> Mapping[str, tuple[Facet, ...]]:
        """The values over all matches: of "year" newest first, of "tag", "language" and keys most frequent first."""


class SimilarTerm(NamedTuple):
    """A term that is similar to another one: its document frequency, and its edit distance."""

    posts: int
    edits: int


class Snapshot(Protocol):
    """One generation of the index, which never changes."""

    @property
    def generation(self) -> int:
        """The number of the generation: it grows with every commit."""

    def find(
        self,
        query: Node,
        *,
        wider: Node | None = None,
        title: Sequence[str] = (),
        sort: Sort = "relevance",
        offset: int = 0,
        limit: int = 10,
        language: str = "",
        meaning: str = "",
        rewards: Rewards = REWARDS,
    ) -> QueryResult:
        """Find the posts that match a query, best first; posts without a date or value come last when sorted by it.

        If few posts match, the best matches of the query `wider` fill the list; in another order, they replace an empty
        list only. Among the best matches, a post whose title has exactly the terms of `title` ranks above others.
        `rewards` says what the best matches are rewarded with; see `ranking`.

        With a model, the best matches are ordered by what they have in common with a `meaning`, too; and if few posts
        match, those nearest to it join the wider matches.

        With the `language` of a reader, one of several translations is listed: that in this language, if it matches.
        """

    def nearest_language(self, language: str) -> str:
        """Return the language of the index that is a reader's, or nearest to it; "" if none is.

        Readers of the same one find the same.
        """

    @property
    def languages(self) -> Sequence[str]:
        """The languages of posts, sorted."""

    @property
    def succession(self) -> "Succession":
        """Which posts supersede others."""

    def post(self, slug: str) -> Post | None:
        """Return the post with a slug."""

    def moved(self, alias: str) -> str | None:
        """Return the slug of the post that had an address, as `Article.aliases` has it."""

    def posts(self) -> Iterator[Post]:
        """Yield all posts."""

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the terms with a prefix, each with its document frequency."""

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return the number of posts that have each of some terms; 0 for those that none has."""

    def count_ahead(self, queries: Sequence[Node]) -> None:
        """Count the posts of queries of which the next searches want no more; a cluster does so in one request."""

    def foresee(self, terms: Sequence[str], following: "NextSearch") -> Collection[str]:
        """Return those of some terms that posts have; a cluster may make the search that comes next along with it."""

    def compounds(self, word: str) -> Mapping[str, str]:
        """Return the long terms that begin or end with a word, each with its language.

        Terms of posts in languages that write compounds as one; see `analysis.COMPOUNDING`.
        """

    def similar(self, term: str, edits: int, *, beginning: bool = False) -> Mapping[str, SimilarTerm]:
        """Return the terms within an edit distance of a term; with a distance of 0, the term itself if it is there.

        Inserting, replacing and deleting a letter and swapping two neighbours are one edit each. The first letter is
        never edited, as it is hardly ever mistyped. With `beginning`, a term also matches if only its beginning is
        within the distance.
        """

    def key_terms(self, slug: str, limit: int) -> Sequence[str]:
        """Return the key terms of a post, best first: frequent in it and rare elsewhere, but in other posts too."""

    def holdings(self) -> Mapping[str, Holding]:
        """Return the holdings by post id."""

    def lacking_vectors(self) -> int:
        """Return how many posts have no vectors of the model of meaning; 0 where there is no model."""

    def stats(self) -> Stats:
        """Return statistics of the generation."""

    def verify(self) -> None:
        """Check every byte that answers are made of, once; a cluster does so by itself.

        Raises:
            IndexDamaged: A file is damaged.
        """


class Writer(Protocol):
    """Makes one commit, while the index is locked for other writers; readers see nothing of it before `commit`."""

    @property
    def stage(self) -> Callable[[Iterable[Post]], Staged]:
        """A function that stages posts for the commit. It can be sent to other processes and run in several at once."""

    def commit(self, staged: Sequence[Staged], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Commit the staged posts, which replace older versions of the same posts, as the next generation.

        Of a post that was staged twice, the last one counts.

        Args:
            staged: Results of `stage`, from this process or others.
            delete: Ids of posts to delete, staged or not.
            after: A number that the new generation exceeds, beside the number of the current one.

        Returns:
            The number of the new generation.
        """


class Inspection(NamedTuple):
    """The latest generation, checked byte by byte.

    Attributes:
        generation: Its number.
        holdings: The holdings by post id. A post that was damaged is missing, or has no fingerprint: it has to be read
            again.
        files: What is wrong with each file, by name; "" for one that is whole.
        has_to_be_merged: Whether a writer is wanted, which then merges it, though no post changed.
    """

    generation: int
    holdings: Mapping[str, Holding]
    files: Mapping[str, str]
    has_to_be_merged: bool = False

    @property
    def damaged(self) -> Mapping[str, str]:
        """What is wrong with each file that is damaged."""
        return {name: fault for name, fault in self.files.items() if fault}


class Part(NamedTuple):
    """A generation of one of several journals that are searched together, with the journal's name and address."""

    name: str
    home: str
    snapshot: Snapshot


class Engine(Protocol):
    """Stores an index. Commits are atomic: a reader sees all of a commit or nothing of it."""

    @property
    def location(self) -> str:
        """The location of the index, for messages to a person."""

    def health(self) -> Health | None:
        """Return the health of the cluster; None for an index that is not on a cluster."""

    def snapshot(self) -> Snapshot:
        """Return the latest complete generation.

        Raises:
            IndexMissing: Nothing was ever committed here.
            IndexDamaged: The index cannot be read.
        """

    def join(self, parts: Sequence[Part]) -> Snapshot:
        """Return generations of several journals as one, ranked as one index with all of their posts.

        The path of a post begins with its journal's name and a colon, and its URL is absolute.

        Raises:
            SettingsError: The engine of one of them cannot.
        """

    def inspect(self) -> Inspection:
        """Check every byte of the latest generation; the next commit leaves out what is damaged.

        A cluster checks its files by itself.

        Raises:
            IndexMissing: Nothing was ever committed here.
            IndexDamaged: The index cannot be read, and has to be rebuilt.
        """

    def writer(self, *, rebuild: bool = False) -> AbstractContextManager[Writer]:
        """Lock the index and return a writer, with `rebuild` one whose commit replaces all posts.

        Raises:
            IndexLocked: Another process is writing.
            DiskFull: There is no room; the last generation stays readable.
        """
