"""Find and change the current index and its generation.

An alias names the current index. A document of the index, the mark, names the generation; a commit changes it last.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from time import time
from typing import Any
from uuid import uuid4

import msgspec
from opensearchpy import OpenSearch, exceptions

from ...errors import IndexMissing
from ...model import Holding
from .cluster import BulkLine, Cluster, accepted
from .documents import key
from .mapping import DOCUMENT_FORMAT, MARK

# Seconds for which replaced versions are kept for readers of older generations; no request takes so long.
RETENTION = 600

# Seconds after which a new index is merged. For half a minute, a merge keeps the whole source of each document, until
# the retention leases move; and then nothing is left that would be merged once more.
UNMERGED = 60

# Bytes; OpenSearch itself merges segments up to this size.
MAX_SEGMENT = 5 << 30

# Documents in one page of a scan.
SCAN_PAGE = 2_000


class GenerationMark(msgspec.Struct, frozen=True):
    """The document that names the generation of an index.

    Attributes:
        generation: The latest complete one.
        history: The time of each recent generation, in seconds since 1970.
        begun: The latest generation that a writer has begun; no other writer begins the same one.
        void: Generations that were begun and never completed, as their writers died or lost the lock.
        format: The format of the documents.
        purged: The generation for whose readers documents were last deleted that none of them uses any more.
        average: The average length of posts when the index was built, in tokens; 0 if not known.
        others: Whether there may be other indexes of this name: one that is being built, or replaced ones.
        merges_at: When it is to be merged, in seconds since 1970; 0 if it has been.
        revision: The sequence number and primary term of the document, so that a later change is not overwritten.
    """

    generation: int
    history: dict[str, float] = {}
    begun: int = 0
    void: tuple[int, ...] = ()
    format: str = DOCUMENT_FORMAT
    purged: int = 0
    average: float = 0.0
    others: bool = True
    merges_at: float = 0.0
    revision: tuple[int, int] = (0, 0)

    def begin(self, *, others: bool) -> "GenerationMark":
        """Return the mark for a new writer: earlier writers cannot complete their generations any more."""
        void = {*self.void, *([self.begun] if self.begun > self.generation else [])}
        return msgspec.structs.replace(
            self,
            begun=max(self.begun, self.generation) + 1,
            void=tuple(sorted(void)),
            purged=self.oldest,
            others=others,
            merges_at=0.0 if self.has_to_be_merged else self.merges_at,
        )

    def next(self, generation: int) -> "GenerationMark":
        """Return the mark of a later generation, without generations in the history that nobody reads any more.

        The history records the number that follows the current one, with which documents are marked.
        """
        recent = {number: made for number, made in self.history.items() if made > time() - RETENTION}
        history = recent | {str(self.generation + 1): time()}
        return msgspec.structs.replace(self, generation=generation, begun=generation, history=history)

    @property
    def is_settled(self) -> bool:
        """Whether no writer is at work, and none has left anything behind."""
        return self.begun == self.generation and not self.others

    @property
    def has_to_purge(self) -> bool:
        """Whether there may be documents that no reader uses, or that failed commits have left."""
        return self.oldest > self.purged or bool(self.void) or self.begun > self.generation

    @property
    def has_to_be_merged(self) -> bool:
        """Whether the index is still as it was built, and old enough to be merged."""
        return 0 < self.merges_at <= time()

    @property
    def oldest(self) -> int:
        """The oldest generation that a reader may still use: the one before the first in the history."""
        recent = [int(number) for number, made in self.history.items() if made > time() - RETENTION]
        return min(recent, default=self.generation + 1) - 1


def new_claim(index: str) -> str:
    """Return an alias for the writer of an index that is being built; see `builds`."""
    return f"{_claims(index)}{uuid4().hex[:12]}"


def is_unfinished(index: str, aliases: Iterable[str]) -> bool:
    """Return whether an index is being built, or its building was broken off."""
    return any(alias.startswith(_claims(index)) for alias in aliases)


def _claims(index: str) -> str:
    return f"{index}-claim-"


class Catalogue:
    """Manages the indexes of one name."""

    def __init__(self, cluster: Cluster, name: str, shards: int, replicas: int) -> None:
        self.cluster, self.name, self.shards, self.replicas = cluster, name, shards, replicas

    def average(self, index: str) -> float:
        """Return the average length of the posts of an index in tokens; 0 if it has none."""
        body = {"size": 0, "aggs": {"length": {"avg": {"field": "length"}}}}
        response = self.cluster.read(lambda client: search_all_shards(client, index, body))
        return float(response["aggregations"]["length"]["value"] or 0)

    def latest(self) -> tuple[str, GenerationMark]:
        """Return the index that the alias names, and its mark.

        Raises:
            IndexMissing: There is no index.
        """
        try:
            return self._marked(self.cluster.client.get(index=self.name, id=MARK))
        except exceptions.NotFoundError:
            raise IndexMissing(f"{self.name}: there is no index yet; run: backmatter index") from None

    def mark(self, index: str) -> GenerationMark:
        """Read the mark of an index."""
        return self._marked(self.cluster.read(lambda client: client.get(index=index, id=MARK)))[1]

    def _marked(self, response: Mapping[str, Any]) -> tuple[str, GenerationMark]:
        # A mark without a format is of another version.
        mark = msgspec.convert({"format": "", **response["_source"]}, GenerationMark)
        revision = response["_seq_no"], response["_primary_term"]
        return response["_index"], msgspec.structs.replace(mark, revision=revision)

    def put(
        self, index: str, mark: GenerationMark, *, new: bool = False, also: Sequence[BulkLine] = ()
    ) -> GenerationMark:
        """Write a mark unless it has changed since it was read, or the first one of an index; return it as stored.

        Args:
            index: The index.
            mark: Its mark.
            new: Whether it is the first one.
            also: What else is changed in the same request; it may fail.
        """
        place = {"_index": index, "_id": MARK}
        if new:
            action: BulkLine = {"create": {**place, "require_alias": True}}
        else:
            action = {"index": {**place, "if_seq_no": mark.revision[0], "if_primary_term": mark.revision[1]}}
        stored = self.cluster.change([action, msgspec.to_builtins(mark), *also])
        return msgspec.structs.replace(mark, revision=(stored["_seq_no"], stored["_primary_term"]))

    def held(self, index: str, query: dict[str, Any]) -> Iterator[tuple[str, int, Holding]]:
        """Yield the path of each post that matches a query, the first generation that has it, and its holding."""
        fields = ("fingerprint", "stamp", "slug", "expires")
        for hit in self.scan(index, query, fields):
            fingerprint, stamp, slug, expires = (hit["fields"].get(name, [None])[0] for name in fields)
            until = None if expires is None else datetime.fromtimestamp(expires, UTC)
            path, added = hit["sort"]
            yield path, added, Holding(fingerprint or "", stamp or "", slug, until)

    def indexes(self) -> dict[str, Any]:
        """Return all indexes, each with its aliases and settings."""
        return self.cluster.read(lambda client: dict(client.indices.get(index=f"{self.name}-v-*")))

    def tidy(self, current: str, *, rebuild: bool) -> bool:
        """Delete indexes that no reader uses any more, and unfinished ones; return whether others stay.

        Only the holder of the lock may do so: it builds none yet. A rebuild goes on with one that is unfinished.
        """
        indexes = self.indexes()
        made = int(indexes[current]["settings"]["index"]["creation_date"]) / 1000
        is_old = made < time() - RETENTION
        others = {index: details["aliases"] for index, details in indexes.items() if index != current}
        unused = [index for index, aliases in others.items() if not aliases and is_old]
        if not rebuild:
            unused += [index for index, aliases in others.items() if is_unfinished(index, aliases)]
        for index in unused:
            self.delete(index)
        return len(unused) < len(others)

    def delete(self, index: str) -> None:
        """Delete an index."""
        self.cluster(lambda client: client.indices.delete(index=index, params={"ignore_unavailable": "true"}))

    def refresh(self, index: str) -> None:
        """Make the documents written so far visible to searches."""
        self.cluster(lambda client: client.indices.refresh(index=index))

    def compact(self, index: str) -> None:
        """Have an index merged, in the background."""
        stores = self.cluster(lambda client: client.indices.stats(index=index, metric="store"))["_all"]["primaries"]
        segments = stores["store"]["size_in_bytes"] // self.shards // MAX_SEGMENT + 1
        params = {"max_num_segments": segments, "wait_for_completion": "false"}
        self.cluster(lambda client: client.indices.flush(index=index))
        self.cluster(lambda client: client.indices.forcemerge(index=index, params=params))

    def scan(
        self, index: str, query: dict[str, Any], fields: tuple[str, ...] = (), *, page: int = SCAN_PAGE
    ) -> Iterator[dict[str, Any]]:
        """Yield the documents that match a query, with some fields, in the order of their paths; a page at a time."""
        after: list[Any] | None = None
        while True:
            content: dict[str, Any] = {
                "query": query,
                "size": page,
                # The id is computed from these fields: reading it from OpenSearch would read the whole document.
                "stored_fields": "_none_",
                "docvalue_fields": ["path", "added", *fields],
                "sort": ["path", "added"],
                "seq_no_primary_term": True,
            }
            if after:
                content["search_after"] = after
            hits = self.cluster.read(partial(search_all_shards, index=index, body=content))["hits"]["hits"]
            yield from ({**hit, "_id": key(*hit["sort"])} for hit in hits)
            if len(hits) < page:
                return
            after = hits[-1]["sort"]


def search_all_shards(client: OpenSearch, index: str, body: dict[str, Any], **params: Any) -> dict[str, Any]:
    """Search an index; fail rather than return partial results."""
    return dict(client.search(index=index, body=body, params={"allow_partial_search_results": "false", **params}))


def search_several(
    client: OpenSearch, index: str, bodies: Sequence[dict[str, Any]], *, parts: str, **header: Any
) -> list[Mapping[str, Any]]:
    """Make several searches in one request, and return these parts of their responses; fail if one of them does."""
    lines = [line for body in bodies for line in ({"allow_partial_search_results": False, **header}, body)]
    params = {"filter_path": ",".join(f"responses.{part}" for part in parts.split(","))}
    return list(map(accepted, client.msearch(index=index, body=lines, params=params)["responses"]))
