"""Make a commit: send the documents of a generation that no reader sees yet, then write the mark that names it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from statistics import fmean
from typing import Any

import msgspec

from ...errors import BackmatterError, IndexUnavailable
from ...model import Holding, Post
from ...segment.vectors import Embedder
from .catalogue import Catalogue, GenerationMark, claim
from .cluster import Access, Cluster
from .documents import document_of, key, length
from .holdings import HoldingsFile, IndexState
from .mapping import DOCUMENT_FORMAT, NEVER
from .query_dsl import Query, living, within
from .records import decoded, stored_post

# The average length of posts is estimated from this many if it is not known.
LENGTH_SAMPLE = 200

# OpenSearch limits the terms of a query; a request of this many paths stays small.
PATHS_PER_QUERY = 1_000

# Posts that are read at a time to be written again.
POSTS_PER_PAGE = 200


def stage_documents(
    access: Access,
    index: str,
    generation: int,
    average: float,
    claimed: bool,
    embedder: Embedder | None,
    posts: Iterable[Post],
) -> dict[str, Holding]:
    """Send posts and return what the index then holds of each, by path; the last one counts.

    An average length of 0 is not known: it is estimated from the first posts.
    """
    sent: dict[str, Holding] = {}
    remaining = iter(posts)
    first = list(islice(remaining, LENGTH_SAMPLE if not average else 0))
    average = average or max(1.0, fmean([length(post) for post in first] or [1]))

    def actions() -> Iterator[dict[str, Any]]:
        for post in chain(first, remaining):
            sent[post.path] = Holding(post.fingerprint, post.stamp, post.slug, post.expires)
            source = document_of(post, generation, average, embedder)
            yield {"_index": index, "_id": key(post.path, generation), "_source": source}

    Cluster(access).bulk(actions(), require_alias=claimed)
    return sent


class OpenSearchWriter:
    """Makes one commit; its user holds the lock of the index. No other writer ever uses its generation.

    Args:
        catalogue: The indexes.
        old: The current index, if there is one.
        mark: The mark of the current index.
        average: The average length of its posts; 0 if not known.
        held: What it holds; None if that is not known.
        kept: Where what it holds is kept.
        check: Checks that the lock is still held.
        embedder: Makes the vectors of posts; None for none.
        rebuild: Whether to build a new index.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        old: str | None,
        mark: GenerationMark,
        average: float,
        held: Mapping[str, Holding] | None,
        kept: HoldingsFile,
        check: Callable[[], None],
        embedder: Embedder | None = None,
        *,
        rebuild: bool,
    ) -> None:
        self._catalogue, self._cluster = catalogue, catalogue.cluster
        self._old, self._mark, self._check = old, mark, check
        self._average, self._embedder = average, embedder
        self._rebuild = rebuild or old is None
        self._held, self._kept = {} if self._rebuild else held, kept
        self._is_done = False
        self._index = catalogue.create() if self._rebuild else str(old)
        self._written = claim(self._index) if self._rebuild else self._index
        self._generation = self._next = max(mark.begun, 1)
        self.stage = partial(
            stage_documents, self._cluster.access, self._written, self._generation, average, self._rebuild, embedder
        )

    def commit(self, staged: Sequence[Mapping[str, Holding]], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Commit the posts that were sent as the next generation, once all of them have arrived."""
        self._check()
        self._next = max(self._generation, after + 1)
        put = {path: holding for group in staged for path, holding in group.items()}
        dropped = [key(path, self._generation) for path in put.keys() & set(delete)]
        self._cluster.bulk({"_op_type": "delete", "_index": self._written, "_id": post} for post in dropped)
        if not self._rebuild:
            self._remove(put.keys() | set(delete))
        self._catalogue.refresh(self._index)
        self._check_arrival(len(put) - len(dropped))
        self._check()
        mark = self._publish()
        self._is_done = True
        if self._rebuild:
            with suppress(BackmatterError):
                self._catalogue.compact(self._index)
        if mark and self._held is not None:
            held = {path: holding for path, holding in {**self._held, **put}.items() if path not in delete}
            self._kept.save(IndexState(self._index, mark.generation, mark.revision), held)
        return self._next

    def _remove(self, paths: Collection[str]) -> None:
        """Mark older versions of posts as removed by this generation."""
        for batch in _batches(sorted(paths), PATHS_PER_QUERY):
            # Removals of a later writer are not overwritten.
            not_removed = {"terms": {"removed": [NEVER, *self._mark.void]}}
            query = within({"terms": {"path": batch}}, living(self._mark.generation, self._mark.void), not_removed)
            self._mark_removed(query, self._generation)

    def _mark_removed(self, query: Query, generation: int) -> None:
        """Mark documents as removed by a generation; a change by another writer meanwhile is a conflict.

        Each is made again from the post that it holds.
        """
        hits = self._catalogue.scan(self._index, query, ("shown",), page=POSTS_PER_PAGE)
        self._cluster.bulk(
            {
                "_index": self._index,
                "_id": hit["_id"],
                "if_seq_no": hit["_seq_no"],
                "if_primary_term": hit["_primary_term"],
                "_source": document_of(
                    stored_post(decoded(hit["fields"]["shown"][0])),
                    hit["fields"]["added"][0],
                    self._average,
                    self._embedder,
                    removed=generation,
                ),
            }
            for hit in hits
        )

    def _check_arrival(self, expected: int) -> None:
        query = {"query": {"term": {"added": self._generation}}}
        count = self._cluster(lambda client: client.count(index=self._index, body=query))["count"]
        if count != expected:
            raise IndexUnavailable(
                f"OpenSearch: of {expected} posts {count} have arrived; nothing was changed for readers; "
                "run: backmatter index"
            )

    def _publish(self) -> GenerationMark | None:
        """Make the generation the current one, and return its mark; if the response is lost, find out whether it is."""
        mark = self._mark.next(self._next)
        try:
            if self._rebuild:
                mark = self._catalogue.put(
                    self._written, msgspec.structs.replace(mark, void=(), format=DOCUMENT_FORMAT), new=True
                )
                self._catalogue.swap(self._old, self._index)
                return mark
            return self._catalogue.put(self._index, mark)
        except BackmatterError:
            if not self._is_published():
                # A writer that took the lock has changed the mark, or deleted the new index.
                self._check()
                raise
            return None

    def _is_published(self) -> bool:
        """Return whether this commit was made, whatever came after it.

        Raises:
            BackmatterError: The cluster does not say; then nothing may be rolled back.
        """
        with suppress(BackmatterError):
            if self._rebuild:
                details = self._catalogue.indexes().get(self._index)
                return details is not None and claim(self._index) not in details["aliases"]
            mark = self._catalogue.mark(self._index)
            return mark.generation >= self._generation and self._generation not in mark.void
        raise IndexUnavailable(
            "OpenSearch: the cluster did not say whether the commit was made; run: backmatter index, which finds out"
        )

    def clean(self) -> None:
        """Roll back a commit that was not made; if the cluster cannot be reached, the next writer does it."""
        with suppress(BackmatterError):
            if self._is_done or self._is_published():
                return
            if self._rebuild:
                self._catalogue.delete(self._index)
            else:
                self._roll_back((self._generation,))
            if self._old:
                self._catalogue.put(self._old, msgspec.structs.replace(self._mark, begun=self._mark.begun - 1))

    def purge(self) -> None:
        """Delete documents of failed commits, and those that no reader uses any more."""
        void = list(self._mark.void)
        self._roll_back(void)
        self._delete(within({"range": {"removed": {"lte": self._mark.oldest}}}, without=[{"terms": {"removed": void}}]))

    def _roll_back(self, generations: Sequence[int]) -> None:
        if generations:
            self._catalogue.refresh(self._index)
            self._delete({"terms": {"added": list(generations)}})
            removed = {"terms": {"removed": list(generations)}}
            self._mark_removed(removed, NEVER)
            self._catalogue.refresh(self._index)

    def _delete(self, query: Query) -> None:
        hits = self._catalogue.scan(self._index, query)
        self._cluster.bulk({"_op_type": "delete", "_index": self._index, "_id": hit["_id"]} for hit in list(hits))


def _batches(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield [*values[start : start + size]]
