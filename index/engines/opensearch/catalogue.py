"""Which index is current, and its generation: an alias, and a document of the index that changes last in a commit."""

from collections.abc import Iterator, Mapping
from functools import partial
from time import time
from typing import Any
from uuid import uuid4

import msgspec
from opensearchpy import OpenSearch, exceptions

from index.engines.opensearch.cluster import Cluster
from index.engines.opensearch.documents import key
from index.engines.opensearch.mapping import FORMAT, MARK, body
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
        history: When each of the last generations was made, in seconds since 1970.
        begun: The latest that a writer has begun; no other writer begins the same.
        void: Those that were begun and never named, since their writers died or lost the lock.
        format: What the documents hold.
        place: Its sequence number and term, by which nobody's later change is overwritten.
    """

    generation: int
    history: dict[str, float] = {}
    begun: int = 0
    void: tuple[int, ...] = ()
    format: str = FORMAT
    place: tuple[int, int] = (0, 0)

    def begin(self) -> "Mark":
        """Give the mark of a writer that begins: whoever was writing before can name nothing any more."""
        void = {*self.void, *([self.begun] if self.begun > self.generation else [])}
        return msgspec.structs.replace(self, begun=max(self.begun, self.generation) + 1, void=tuple(sorted(void)))

    def next(self, generation: int) -> "Mark":
        """Give the mark of a later generation; what nobody reads any more is forgotten.

        The history has the one that follows at once, which is what documents are marked with.
        """
        kept = {number: made for number, made in self.history.items() if made > time() - HELD}
        history = kept | {str(self.generation + 1): time()}
        return msgspec.structs.replace(self, generation=generation, begun=generation, history=history)

    @property
    def oldest(self) -> int:
        """The first generation that somebody may still read: the one before the first that is remembered."""
        recent = [int(number) for number, made in self.history.items() if made > time() - HELD]
        return min(recent, default=self.generation + 1) - 1


def claim(index: str) -> str:
    """Give the alias of an index that is being built.

    It is written by this name, so that one that was deleted is not created again, and loses it as it becomes the
    current one: of a writer that has lost the lock, the next one deletes the index, and the claim with it.
    """
    return f"{index}-claim"


class Catalogue:
    """The indexes of one name."""

    def __init__(self, cluster: Cluster, name: str, shards: int, replicas: int) -> None:
        self.cluster, self.name, self.shards, self.replicas = cluster, name, shards, replicas

    def latest(self) -> tuple[str, Mark]:
        """Give the index that the alias names, and its mark.

        Raises:
            IndexMissing: There is none.
        """
        try:
            return self._marked(self.cluster.client.get(index=self.name, id=MARK))
        except exceptions.NotFoundError:
            raise IndexMissing(f"{self.name}: there is no index yet; run: backmatter index") from None

    def mark(self, index: str) -> Mark:
        """Read the mark of an index."""
        return self._marked(self.cluster.read(lambda client: client.get(index=index, id=MARK)))[1]

    def _marked(self, found: Mapping[str, Any]) -> tuple[str, Mark]:
        # What another version wrote may have no format at all.
        mark = msgspec.convert({"format": "", **found["_source"]}, Mark)
        return found["_index"], msgspec.structs.replace(mark, place=(found["_seq_no"], found["_primary_term"]))

    def put(self, index: str, mark: Mark, *, new: bool = False) -> Mark:
        """Write a mark in place of the one that was read and of no other, or the first one; give it as it is there."""
        params: dict[str, Any] = {"if_seq_no": mark.place[0], "if_primary_term": mark.place[1]}
        if new:
            params = {"op_type": "create", "require_alias": "true"}
        content = msgspec.to_builtins(mark)
        put = self.cluster(lambda client: client.index(index=index, id=MARK, body=content, params=params))
        return msgspec.structs.replace(mark, place=(put["_seq_no"], put["_primary_term"]))

    def create(self) -> str:
        """Create an index that nobody sees yet, and that can be written by the name of the claim on it."""
        index = f"{self.name}-v-{uuid4().hex[:12]}"
        content = {**body(self.shards, self.replicas), "aliases": {claim(index): {}}}
        # A node that dies before its shards have been copied would take the whole build with it.
        params = {"wait_for_active_shards": "all", "timeout": COPYING, "request_timeout": self.cluster.access.timeout}
        self.cluster(lambda client: client.indices.create(index=index, body=content, params=params))
        return index

    def swap(self, old: str | None, new: str) -> None:
        """Let the alias name another index, at once, and only while nobody else has done so or given up the claim."""
        actions: list[dict[str, Any]] = [
            {"remove": {"index": new, "alias": claim(new), "must_exist": True}},
            {"add": {"index": new, "alias": self.name}},
        ]
        if old:
            actions.append({"remove": {"index": old, "alias": self.name, "must_exist": True}})
        self.cluster(lambda client: client.indices.update_aliases(body={"actions": actions}))

    def indexes(self) -> dict[str, set[str]]:
        """Give all indexes, each with its aliases."""
        return {index: set(about["aliases"]) for index, about in self._about().items()}

    def unfinished(self) -> list[str]:
        """Give the indexes that are being built, or were when their writer died."""
        return [index for index, aliases in self.indexes().items() if claim(index) in aliases]

    def replaced(self, current: str) -> list[str]:
        """Give the indexes that were replaced so long ago that nobody can be reading them."""
        found = self._about()
        made = int(found[current]["settings"]["index"]["creation_date"]) / 1000
        return [index for index, about in found.items() if not about["aliases"] and made < time() - HELD]

    def _about(self) -> dict[str, Any]:
        return self.cluster.read(lambda client: dict(client.indices.get(index=f"{self.name}-v-*")))

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
                # Its id is made of these; where OpenSearch keeps it, it keeps all else of a post, too.
                "stored_fields": "_none_",
                "docvalue_fields": ["path", "added", *fields],
                "sort": ["path", "added"],
                "seq_no_primary_term": True,
            }
            if after:
                content["search_after"] = after
            found = self.cluster.read(partial(searched, index=index, body=content))["hits"]["hits"]
            yield from ({**hit, "_id": key(*hit["sort"])} for hit in found)
            if len(found) < PAGE:
                return
            after = found[-1]["sort"]


def searched(client: OpenSearch, index: str, body: dict[str, Any], **params: Any) -> dict[str, Any]:
    """Search an index; an answer of only a part of its shards is none."""
    return dict(client.search(index=index, body=body, params={"allow_partial_search_results": "false", **params}))
