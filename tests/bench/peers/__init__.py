"""The engines that are compared, behind one small protocol.

With passages, a peer gives path, title and passage of ten hits and the total. Without them it gives what is cheapest
for it to give: the ten numbers that identify its documents, and the total. Backmatter gives, through its own seam, what
its own pages and API are made from.

Totals differ where engines mean something else by a query: Tantivy and FTS5 look for prefixes and phrases among stems
(`usin*` misses "using", `als*` becomes `al*`), Backmatter among words as they are written.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.corpus import Article
from tests.bench.queries import Query

TOP = 10
# What a word is worth by where it stands; the peers that weigh fields are given the same weights.
TITLE, HEADINGS, BODY = 4.0, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine made of a query, and its processor time where it is another process that takes it itself."""

    total: int
    hits: Sequence[object]
    seconds: float | None = None


class Peer(Protocol):
    """An engine with the corpus in it, ready to answer."""

    name: str

    def top(self, query: Query) -> Answer:
        """Give the ten best hits and the total."""

    def passages(self, query: Query) -> Answer:
        """Give the same with title, path and a marked passage."""


class Opener(Protocol):
    """Puts articles into an engine in an empty directory and opens it."""

    def __call__(self, folder: Path, articles: Iterable[Article]) -> Peer:
        """Build and open."""


def opener(name: str) -> Opener:
    """Give a peer's opener; its package is imported only now."""
    if name == "tantivy":
        from tests.bench.peers.tantivy import TantivyPeer

        return TantivyPeer
    if name == "fts5":
        from tests.bench.peers.fts5 import Fts5Peer

        return Fts5Peer
    if name == "lucene":
        from tests.bench.peers.lucene import LucenePeer

        return LucenePeer
    from tests.bench.peers.whoosh import WhooshPeer

    return WhooshPeer


def missing(name: str) -> list[str]:
    """Give the programs that a peer needs and that are not installed."""
    return [program for program in PROGRAMS.get(name, ()) if not shutil.which(program)]


PEERS = ("tantivy", "fts5", "lucene", "whoosh")
PROGRAMS = {"lucene": ("java", "mvn")}
