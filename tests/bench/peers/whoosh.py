"""Plain Whoosh: its own schema, analyzer, parser, searcher and highlighter.

As its documentation advises (https://whoosh.readthedocs.io/en/latest/batch.html, highlight.html): a large memory limit
and one optimized segment; stored text with character positions, so that the pinpoint fragmenter need not tokenize.
"""

from collections.abc import Iterable
from pathlib import Path

from whoosh import index
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.highlight import PinpointFragmenter
from whoosh.qparser import AndGroup, MultifieldParser
from whoosh.query import Query as Compiled
from whoosh.query import Term
from whoosh.scoring import BM25F
from whoosh.searching import Results

from tests.bench.corpus import Article
from tests.bench.peers import BODY, HEADINGS, TITLE, TOP, Answer
from tests.bench.queries import Query

MEMORY_MB = 512
WEIGHTS = {"title": TITLE, "headings": HEADINGS, "body": BODY}


class WhooshPeer:
    """Whoosh with one segment in a directory."""

    name = "Whoosh"

    def __init__(self, folder: Path, articles: Iterable[Article]) -> None:
        folder.mkdir()
        opened = index.create_in(folder, schema())
        write(opened, articles)
        self.searcher = opened.searcher(weighting=BM25F())
        self.parser = MultifieldParser(list(WEIGHTS), opened.schema, fieldboosts=WEIGHTS, group=AndGroup)

    def top(self, query: Query) -> Answer:
        """Give the ten best document numbers."""
        found = self._search(query)
        return Answer(len(found), [found.docnum(i) for i in range(found.scored_length())])

    def passages(self, query: Query) -> Answer:
        """Give the ten best with highlights."""
        found = self._search(query)
        found.fragmenter = PinpointFragmenter(autotrim=True)
        hits = [(hit["path"], hit["title"], hit.highlights("body", top=1)) for hit in found]
        return Answer(len(found), hits)

    def _search(self, query: Query) -> Results:
        narrowed = Term("tag", query.tag) if query.tag else None
        return self.searcher.search(self._compile(query), limit=TOP, filter=narrowed)

    def _compile(self, query: Query) -> Compiled:
        parts = list(query.words)
        if query.phrase:
            parts.append(f'"{" ".join(query.phrase)}"')
        if query.prefix:
            parts.append(query.prefix + "*")
        if query.without:
            parts.append(f"NOT {query.without}")
        return self.parser.parse(" ".join(parts))


def schema() -> Schema:
    """Give the schema that Whoosh's own documentation would make of an article."""
    return Schema(
        path=ID(stored=True, unique=True),
        tag=KEYWORD(commas=True, lowercase=True),
        title=TEXT(stored=True, analyzer=StemmingAnalyzer()),
        headings=TEXT(analyzer=StemmingAnalyzer()),
        body=TEXT(stored=True, analyzer=StemmingAnalyzer(), chars=True),
    )


def write(opened: index.Index, articles: Iterable[Article]) -> None:
    """Add articles in one commit, optimized."""
    writer = opened.writer(limitmb=MEMORY_MB)
    for article in articles:
        writer.add_document(
            path=article.path,
            tag=",".join(article.tags),
            title=article.title,
            headings=article.headings,
            body=article.text,
        )
    writer.commit(optimize=True)
