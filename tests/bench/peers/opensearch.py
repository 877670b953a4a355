"""OpenSearch as one would write for it: `multi_match` over title, headings and text, highlights, counts of tags."""

from collections.abc import Iterable, Iterator
from typing import Any

from opensearchpy import OpenSearch, helpers

from tests.bench.corpus import Article
from tests.bench.peers import HEADINGS, TITLE, TOP, Answer
from tests.bench.queries import Query

ENGLISH = {"type": "text", "analyzer": "english"}
MAPPINGS = {
    "properties": {
        "path": {"type": "keyword"},
        "tags": {"type": "keyword"},
        **dict.fromkeys(("title", "headings", "text"), ENGLISH),
    }
}
PASSAGE = 240


class PlainOpenSearch:
    """An index with the text of articles as OpenSearch's own analyzer cuts it."""

    name = "plain query"

    def __init__(self, client: OpenSearch, index: str, shards: int = 1, replicas: int = 0) -> None:
        self._client, self._index = client, index
        self._settings = {"number_of_shards": shards, "number_of_replicas": replicas, "refresh_interval": "-1"}

    def build(self, articles: Iterable[Article]) -> None:
        """Index articles by bulk requests."""
        self._client.indices.create(index=self._index, body={"settings": self._settings, "mappings": MAPPINGS})
        for _ in helpers.streaming_bulk(self._client, self._documents(articles), chunk_size=200):
            pass
        self._client.indices.refresh(index=self._index)

    def _documents(self, articles: Iterable[Article]) -> Iterator[dict[str, Any]]:
        for a in articles:
            source = {"path": a.path, "title": a.title, "headings": a.headings, "text": a.text, "tags": a.tags}
            yield {"_index": self._index, "_id": a.path, "_source": source}

    def top(self, query: Query) -> Answer:
        """Give the ten best paths, and the total."""
        return self._ask({"_source": ["path"]}, query)

    def passages(self, query: Query) -> Answer:
        """Give the ten best with passages, and the counts of tags."""
        text = {"fragment_size": PASSAGE, "number_of_fragments": 1}
        shown = {"_source": ["path", "title", "tags"], "highlight": {"fields": {"text": text}}}
        return self._ask({**shown, "aggs": {"tags": {"terms": {"field": "tags"}}}}, query)

    def _ask(self, shown: dict[str, Any], query: Query) -> Answer:
        fields = [f"title^{TITLE}", f"headings^{HEADINGS}", "text"]
        body = {"query": {"multi_match": {"query": query.text, "fields": fields}}, "size": TOP, **shown}
        hits = self._client.search(index=self._index, body={**body, "track_total_hits": True})["hits"]
        return Answer(hits["total"]["value"], hits["hits"])
