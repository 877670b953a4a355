"""SQLite's FTS5.

As its documentation advises (https://www.sqlite.org/fts5.html): indexes for prefixes, merged into one b-tree with
"optimize", field weights in the table's rank so that `ORDER BY rank` sorts inside the extension.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from tests.bench.corpus import Article
from tests.bench.peers import BODY, HEADINGS, TITLE, TOP, Answer
from tests.bench.queries import Query

# snippet() counts in tokens, at most 64; these are about as many characters as Backmatter's passages have.
SNIPPET = 40
SCHEMA = """
    CREATE VIRTUAL TABLE article USING fts5(
        title, headings, body, tags, path UNINDEXED, tokenize = 'porter unicode61', prefix = '3 4'
    );
"""
RANK = f"bm25({TITLE}, {HEADINGS}, {BODY}, 0)"


class Fts5Peer:
    """A database with an FTS5 table that keeps its text."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path, articles: Iterable[Article]) -> None:
        folder.mkdir()
        self.database = sqlite3.connect(folder / "fts5.db")
        self.database.execute("PRAGMA cache_size = -200000")
        self.database.execute("PRAGMA mmap_size = 1000000000")
        _write(self.database, articles)

    def top(self, query: Query) -> Answer:
        """Give the ten best rowids; the total is a statement of its own."""
        return self._ask("rowid", query)

    def passages(self, query: Query) -> Answer:
        """Give the ten best with snippets."""
        return self._ask(f"path, title, snippet(article, 2, '<mark>', '</mark>', '…', {SNIPPET})", query)

    def _ask(self, columns: str, query: Query) -> Answer:
        match = (_match(query),)
        where = "FROM article WHERE article MATCH ?"
        hits = self.database.execute(f"SELECT {columns} {where} ORDER BY rank LIMIT {TOP}", match).fetchall()
        (total,) = self.database.execute(f"SELECT count(*) {where}", match).fetchone()
        return Answer(total, hits)


def _match(query: Query) -> str:
    parts = [f'"{word}"' for word in query.words]
    if query.phrase:
        parts.append(f'"{" ".join(query.phrase)}"')
    if query.prefix:
        parts.append(f'"{query.prefix}"*')
    if query.tag:
        parts.append(f"tags : {_token(query.tag)}")
    positive = " AND ".join(parts)
    return f'{positive} NOT "{query.without}"' if query.without else positive


def _token(tag: str) -> str:
    """Make one token of a whole tag, that is no word: inside the extension a filter is far faster than as a join."""
    return f"qz{tag.encode().hex()}"


def _write(database: sqlite3.Connection, articles: Iterable[Article]) -> None:
    database.executescript(SCHEMA)
    database.execute("INSERT INTO article(article, rank) VALUES ('rank', ?)", (RANK,))
    database.executemany(
        "INSERT INTO article(title, headings, body, tags, path) VALUES (?, ?, ?, ?, ?)",
        ((a.title, a.headings, a.text, " ".join(map(_token, a.tags)), a.path) for a in articles),
    )
    database.execute("INSERT INTO article(article) VALUES ('optimize')")
    database.commit()
