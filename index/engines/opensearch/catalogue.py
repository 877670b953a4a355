"""Which index is current, and its generation: an alias, and a document of the index that changes last in a commit."""

from collections.abc import Iterator
from functools import partial
from time import time
from typing import Any
from uuid import uuid4

import msgspec
from opensearchpy import OpenSearch, exceptions

from index.engines.opensearch.cluster import Cluster
from index.engines.opensearch.mapping import MARK, body
from index.errors import IndexMissing

# Seconds that what a commit replaced is kept for those who still read it; no request takes so long.
HELD = 600

# How long to wait for the copies of an empty index; with fewer nodes than copies it goes on without.
COPYING = "10s"

# Documents that are looked through at a time.
PAGE = 2_000


class Mark(msgspec.Struct, frozen=True):
    """The document that names a generation.

    Attributes:
        generation: The latest complete one.
        writer: Who made it: whether a commit whose answer was lost was made, is told by this.
        history: When each of the last generations was made, in seconds since 1970.
        place: Its sequence number and term, by which nobody's later change is overwritten.
    """

    generation: int
    writer: str
    history: dict[str, float]
    place: tuple[int, int] = (0, 0)

    def next(self, writer: str, generation: int) -> "Mark":
        """Give the mark of a later generation; what nobody reads any more is forgotten.

        The history has the one that follows at once, which is what documents are marked with.
        """
        kept = {number: made for number, made in self.history.items() if made > time() - HELD}
        return Mark(generation, writer, kept | {str(self.generation + 1): time()})

    @property
    def oldest(self) -> int:
        """The first generation that somebody may still read: the one before the first that is remembered."""
        recent = [int(number) for number, made in self.history.items() if made > time() - HELD]
        return min(recent, default=self.generation + 1) - 1


class Catalogue:
    """The indexes of one name."""

    def __init__(self, cluster: Cluster, name: str, shards: int, replicas: int) -> None:
        self.cluster, self.name, self.shards, self.replicas = cluster, name, shards, replicas

    def current(self) -> str:
        """Give the index that the alias names.

        Raises:
            IndexMissing: There is none.
        """
        try:
            found = self.cluster.client.indices.get_alias(name=self.name)
        except exceptions.NotFoundError:
            raise IndexMissing(f"{self.name}: there is no index yet; run: backmatter index") from None
        return str(next(iter(found)))

    def mark(self, index: str) -> Mark:
        """Read the mark of an index."""
        found = self.cluster.read(lambda client: client.get(index=index, id=MARK))
        mark = msgspec.convert(found["_source"], Mark)
        return msgspec.structs.replace(mark, place=(found["_seq_no"], found["_primary_term"]))

    def put(self, index: str, mark: Mark, place: tuple[int, int] | None) -> None:
        """Write a mark, in place of the one that was read and of no other."""
        params: dict[str, Any] = {"op_type": "create"}
        if place is not None:
            params = {"if_seq_no": place[0], "if_primary_term": place[1]}
        content = {"generation": mark.generation, "writer": mark.writer, "history": mark.history}
        self.cluster(lambda client: client.index(index=index, id=MARK, body=content, params=params))

    def create(self) -> str:
        """Create an index that nobody sees yet."""
        index = f"{self.name}-v-{uuid4().hex[:12]}"
        content = body(self.shards, self.replicas)
        # A node that dies before its shards have been copied would take the whole build with it.
        params = {"wait_for_active_shards": "all", "timeout": COPYING, "request_timeout": self.cluster.access.timeout}
        self.cluster(lambda client: client.indices.create(index=index, body=content, params=params))
        return index

    def swap(self, old: str | None, new: str) -> None:
        """Let the alias name another index, at once."""
        actions: list[dict[str, Any]] = [{"add": {"index": new, "alias": self.name}}]
        if old:
            actions.append({"remove": {"index": old, "alias": self.name}})
        self.cluster(lambda client: client.indices.update_aliases(body={"actions": actions}))

    def unused(self, current: str | None) -> list[str]:
        """Give the indexes that nobody can be reading: half-built ones, and those replaced a while ago."""
        pattern = f"{self.name}-v-*"
        found = self.cluster(lambda client: client.indices.get(index=pattern, params={"ignore_unavailable": "true"}))
        if current is None:
            return list(found)
        made = int(found[current]["settings"]["index"]["creation_date"]) / 1000 if current in found else time()
        old = made < time() - HELD
        return [
            index
            for index, about in found.items()
            if index != current and not about["aliases"] and (old or not self._was_complete(index))
        ]

    def _was_complete(self, index: str) -> bool:
        return bool(self.cluster(lambda client: client.exists(index=index, id=MARK)))

    def delete(self, index: str) -> None:
        """Delete an index."""
        self.cluster(lambda client: client.indices.delete(index=index, params={"ignore_unavailable": "true"}))

    def refresh(self, index: str) -> None:
        """Let what was written be found."""
        self.cluster(lambda client: client.indices.refresh(index=index))

    def scan(self, index: str, query: dict[str, Any], fields: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        """Give every document that matches, with some fields; each by a page after the other, in the order of paths."""
        after: list[Any] | None = None
        while True:
            content: dict[str, Any] = {
                "query": query,
                "size": PAGE,
                "_source": False,
                "docvalue_fields": list(fields),
                "sort": ["path", "added"],
            }
            if after:
                content["search_after"] = after
            found = self.cluster.read(partial(searched, index=index, body=content))
            yield from found["hits"]["hits"]
            if len(found["hits"]["hits"]) < PAGE:
                return
            after = found["hits"]["hits"][-1]["sort"]


def searched(client: OpenSearch, index: str, body: dict[str, Any], **params: Any) -> dict[str, Any]:
    """Search an index; an answer of only a part of its shards is none."""
    return dict(client.search(index=index, body=body, params={"allow_partial_search_results": "false", **params}))


def fetched(client: OpenSearch, index: str, ids: list[str]) -> list[dict[str, Any]]:
    """Fetch documents by their ids; an answer without some of them is none."""
    documents = list(client.mget(index=index, body={"ids": ids}, params={"_source": "stored"})["docs"])
    failed = next((document["error"] for document in documents if "error" in document), None)
    if failed:
        raise exceptions.TransportError(503, failed["type"], failed)
    return documents
