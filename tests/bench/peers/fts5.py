"""SQLite's FTS5.

As its documentation advises (https://www.sqlite.org/fts5.html): indexes for prefixes, merged into one b-tree with
"optimize", field weights in the table's rank so that `ORDER BY rank` sorts inside the extension.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from tests.bench.corpus import Article
from tests.bench.peers import BODY, HEADINGS, TITLE, TOP, Answer
from tests.bench.queries import Query

# snippet() counts in tokens, at most 64; these are about as many characters as Backmatter's passages have.
SNIPPET = 40
SCHEMA = """
    CREATE VIRTUAL TABLE article USING fts5(
        title, headings, body, path UNINDEXED, tokenize = 'porter unicode61', prefix = '3 4'
    );
    CREATE TABLE tag(tag TEXT, article INTEGER, PRIMARY KEY (tag, article)) WITHOUT ROWID;
"""
TAGGED = " AND rowid IN (SELECT article FROM tag WHERE tag = :tag)"


class Fts5Peer:
    """A database with an FTS5 table that keeps its text."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
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
        values = {"match": _match(query), "tag": query.tag}
        where = f"FROM article WHERE article MATCH :match{TAGGED if query.tag else ''}"
        hits = self.database.execute(f"SELECT {columns} {where} ORDER BY rank LIMIT {TOP}", values).fetchall()
        (total,) = self.database.execute(f"SELECT count(*) {where}", values).fetchone()
        return Answer(total, hits)


def _match(query: Query) -> str:
    parts = [f'"{word}"' for word in query.words]
    if query.phrase:
        parts.append(f'"{" ".join(query.phrase)}"')
    if query.prefix:
        parts.append(f'"{query.prefix}"*')
    positive = " ".join(parts)
    return f'{positive} NOT "{query.without}"' if query.without else positive


def _write(database: sqlite3.Connection, articles: Sequence[Article]) -> None:
    database.executescript(SCHEMA)
    database.execute("INSERT INTO article(article, rank) VALUES ('rank', ?)", (f"bm25({TITLE}, {HEADINGS}, {BODY})",))
    database.executemany(
        "INSERT INTO article(rowid, title, headings, body, path) VALUES (?, ?, ?, ?, ?)",
        ((number, a.title, a.headings, a.text, a.path) for number, a in enumerate(articles, 1)),
    )
    database.executemany(
        "INSERT OR IGNORE INTO tag VALUES (?, ?)",
        ((tag, number) for number, a in enumerate(articles, 1) for tag in a.tags),
    )
    database.execute("INSERT INTO article(article) VALUES ('optimize')")
    database.execute("ANALYZE")
    database.commit()
