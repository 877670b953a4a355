"""Tantivy by its Python package.

As its documentation advises: stemmed text with positions, one writer thread with a heap that holds the corpus so that
one segment comes out, query objects rather than query strings, and numbers from a fast field rather than from the
document store where no text is shown (https://docs.rs/tantivy/latest/tantivy/, tantivy-py's docs/tutorials.md).
"""

from collections.abc import Iterable
from pathlib import Path

import tantivy
from tantivy import Occur
from tantivy import Query as Compiled

from tests.bench.corpus import Article
from tests.bench.peers import BODY, HEADINGS, TITLE, TOP, Answer
from tests.bench.queries import Query

HEAP = 1_000_000_000
FIELDS = {"title": TITLE, "headings": HEADINGS, "body": BODY}


class TantivyPeer:
    """Tantivy with one segment in a directory."""

    name = "Tantivy"

    def __init__(self, folder: Path, articles: Iterable[Article]) -> None:
        folder.mkdir()
        self.schema = _schema()
        index = tantivy.Index(self.schema, path=str(folder))
        _write(index, articles)
        index.reload()
        self.searcher = index.searcher()
        self.index = index

    def top(self, query: Query) -> Answer:
        """Give the ten best numbers."""
        found = self.searcher.search(self._compile(query), limit=TOP)
        addresses = [address for _, address in found.hits]
        return Answer(found.count, self.searcher.fast_field_values("number", addresses))

    def passages(self, query: Query) -> Answer:
        """Give the ten best with snippets."""
        compiled = self._compile(query)
        found = self.searcher.search(compiled, limit=TOP)
        if not found.hits:
            return Answer(0, ())
        snippets = tantivy.SnippetGenerator.create(self.searcher, compiled, self.schema, "body")
        snippets.set_max_num_chars(240)
        hits = []
        for _, address in found.hits:
            document = self.searcher.doc(address)
            snippet = snippets.snippet_from_doc(document).to_html()
            hits.append((document["path"][0], document["title"][0], snippet))
        return Answer(found.count, hits)

    def _compile(self, query: Query) -> Compiled:
        parts = [(Occur.Must, self._parse(word)) for word in query.words]
        if query.phrase:
            parts.append((Occur.Must, self._parse(f'"{" ".join(query.phrase)}"')))
        if query.prefix:
            parts.append((Occur.Must, self._prefix(query.prefix)))
        if query.without:
            parts.append((Occur.MustNot, self._parse(query.without)))
        if query.tag:
            tag = Compiled.term_query(self.schema, "tag", query.tag)
            parts.append((Occur.Must, Compiled.const_score_query(tag, 0.0)))
        return parts[0][1] if len(parts) == 1 else Compiled.boolean_query(parts)

    def _parse(self, text: str) -> Compiled:
        return self.index.parse_query(text, list(FIELDS), field_boosts=FIELDS)

    def _prefix(self, beginning: str) -> Compiled:
        return Compiled.boolean_query(
            [(Occur.Should, Compiled.regex_query(self.schema, name, beginning + ".*")) for name in FIELDS]
        )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", fast=True)
    builder.add_text_field("path", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tag", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
    builder.add_text_field("headings", tokenizer_name="en_stem")
    builder.add_text_field("body", stored=True, tokenizer_name="en_stem")
    return builder.build()


def _write(index: tantivy.Index, articles: Iterable[Article]) -> None:
    writer = index.writer(heap_size=HEAP, num_threads=1)
    for number, article in enumerate(articles):
        writer.add_document(
            tantivy.Document(
                number=number,
                path=article.path,
                title=article.title,
                headings=article.headings,
                body=article.text,
                tag=list(article.tags),
            )
        )
    writer.commit()
    writer.wait_merging_threads()
