"""Make a commit: send the documents of a generation that no reader sees yet, then write the mark that names it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from statistics import fmean
from time import time
from typing import NamedTuple

import msgspec

from ...errors import BackmatterError, IndexUnavailable
from ...model import Holding, Post
from ...segment.fields import post_tokens
from ...segment.vectors import Embedder
from .catalogue import UNMERGED, Catalogue, GenerationMark, claim
from .cluster import Access, Action, Cluster
from .documents import document_of, key, length
from .holdings import HoldingsFile, IndexState
from .lock import Lock
from .mapping import DOCUMENT_FORMAT, NEVER
from .query_dsl import Query, living, within
from .records import decoded, stored_post

# The average length of posts is estimated from this many if it is not known; their tokens are held meanwhile.
LENGTH_SAMPLE = 50

# OpenSearch limits the terms of a query; a request of this many paths stays small.
PATHS_PER_QUERY = 1_000

# Posts that are read at a time to be written again.
POSTS_PER_PAGE = 200

# Documents that are not sent before the commit: together with what it removes, they take one request.
FEW = 20


class StagedPosts(NamedTuple):
    """Posts that are part of a commit.

    Attributes:
        holdings: What the index then holds of each, by path.
        unsent: Those of their documents that are still to be sent, by path.
    """

    holdings: dict[str, Holding]
    unsent: dict[str, Action]


class Base(NamedTuple):
    """What a writer begins with.

    Attributes:
        current: The current index, if there is one.
        mark: Its mark.
        held: What it holds; None if that is not known.
        has_to_purge: Whether there may be documents that no reader uses, or that failed commits have left.
    """

    current: str | None
    mark: GenerationMark
    held: Mapping[str, Holding] | None
    has_to_purge: bool = False


def stage_documents(
    access: Access,
    index: str,
    generation: int,
    average: float,
    claimed: bool,
    embedder: Embedder | None,
    posts: Iterable[Post],
) -> StagedPosts:
    """Send posts unless they are few; of those with the same path the last one counts.

    An average length of 0 is not known: it is estimated from the first posts.
    """
    holdings: dict[str, Holding] = {}
    remaining = ((post, post_tokens(post)) for post in posts)
    first = list(islice(remaining, LENGTH_SAMPLE if not average else FEW + 1))
    average = average or max(1.0, fmean([length(tokens) for _, tokens in first] or [1]))

    def actions() -> Iterator[Action]:
        for post, tokens in chain(first, remaining):
            holdings[post.path] = Holding(post.fingerprint, post.stamp, post.slug, post.expires)
            source = document_of(post, tokens, generation, average, embedder)
            yield {"_index": index, "_id": key(post.path, generation), "_source": source}

    if len(first) <= FEW and not claimed:
        return StagedPosts(holdings, dict(zip([post.path for post, _ in first], actions(), strict=True)))
    Cluster(access).bulk(actions(), require_alias=claimed)
    return StagedPosts(holdings, {})


class OpenSearchWriter:
    """Makes one commit; its user holds the lock of the index. No other writer ever uses its generation.

    Args:
        catalogue: The indexes.
        base: What is there.
        kept: Where what the index holds is kept.
        lock: The lock.
        embedder: Makes the vectors of posts; None for none.
        rebuild: Whether to build a new index.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        base: Base,
        kept: HoldingsFile,
        lock: Lock,
        embedder: Embedder | None = None,
        *,
        rebuild: bool,
    ) -> None:
        self._catalogue, self._cluster = catalogue, catalogue.cluster
        self._old, self._mark, self._lock = base.current, base.mark, lock
        self._rebuild = rebuild or base.current is None
        self._held, self._kept = {} if self._rebuild else base.held, kept
        self._average, self._embedder = 0.0 if self._rebuild else base.mark.average, embedder
        self._is_done = False
        self._index = catalogue.create() if self._rebuild else str(base.current)
        self._written = claim(self._index) if self._rebuild else self._index
        self._generation = self._next = max(base.mark.begun, 1)
        self.stage = partial(
            stage_documents,
            self._cluster.access,
            self._written,
            self._generation,
            self._average,
            self._rebuild,
            embedder,
        )

    def commit(self, staged: Sequence[StagedPosts], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Commit the posts that were staged as the next generation, once all of them have arrived."""
        if self._rebuild:
            self._lock.check()
        self._next = max(self._generation, after + 1)
        put = {path: holding for part in staged for path, holding in part.holdings.items()}
        unsent = {path: action for part in staged for path, action in part.unsent.items()}
        sent = put.keys() - unsent.keys()
        self._send(unsent, sent, {*delete}, put.keys() | {*delete})
        if sent or self._rebuild:
            self._catalogue.refresh(self._index)
            self._check_arrival(len(put.keys() - {*delete}))
        mark = self._publish()
        self._is_done = True
        if mark and self._held is not None:
            held = {path: holding for path, holding in {**self._held, **put}.items() if path not in delete}
            self._kept.save(IndexState(self._index, mark.generation, mark.revision), held)
        return self._next

    def _send(
        self, unsent: Mapping[str, Action], sent: Collection[str], delete: Collection[str], changed: Collection[str]
    ) -> None:
        """Send the rest of a commit, and what it removes; searches find it then."""
        kept = (action for path, action in unsent.items() if path not in delete)
        dropped = (
            {"_op_type": "delete", "_index": self._written, "_id": key(path, self._generation)}
            for path in delete
            if path in sent
        )
        removed = () if self._rebuild else self._removals(changed)
        self._cluster.bulk(chain(kept, dropped, removed), require_alias=self._rebuild, refresh=True)

    def _removals(self, paths: Collection[str]) -> Iterator[Action]:
        """Yield older versions of posts as removed by this generation."""
        known = [path for path in paths if self._held is None or path in self._held]
        for batch in _batches(sorted(known), PATHS_PER_QUERY):
            # Removals of a later writer are not overwritten.
            not_removed = {"terms": {"removed": [NEVER, *self._mark.void]}}
            query = within({"terms": {"path": batch}}, living(self._mark.generation, self._mark.void), not_removed)
            yield from self._removed(query, self._generation)

    def _removed(self, query: Query, generation: int) -> Iterator[Action]:
        """Yield documents as removed by a generation; a change by another writer meanwhile is a conflict.

        Each is made again from the post that it holds.
        """
        for hit in self._catalogue.scan(self._index, query, ("shown",), page=POSTS_PER_PAGE):
            post = stored_post(decoded(hit["fields"]["shown"][0]))
            yield {
                "_index": self._index,
                "_id": hit["_id"],
                "if_seq_no": hit["_seq_no"],
                "if_primary_term": hit["_primary_term"],
                "_source": document_of(
                    post,
                    post_tokens(post),
                    hit["fields"]["added"][0],
                    self._average,
                    self._embedder,
                    removed=generation,
                ),
            }

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
                return self._swap(mark)
            # A writer that took the lock has changed the mark, so that this one cannot be written.
            with self._lock.releasing() as release:
                return self._catalogue.put(self._index, mark, also=[release])
        except BackmatterError:
            if not self._is_published():
                # A writer that took the lock has changed the mark, or deleted the new index.
                self._lock.check()
                raise
            return None

    def _swap(self, mark: GenerationMark) -> GenerationMark:
        """Make the new index the current one, and return its mark."""
        self._lock.check()
        first = msgspec.structs.replace(
            mark,
            void=(),
            format=DOCUMENT_FORMAT,
            average=self._catalogue.average(self._index),
            others=self._old is not None,
            merges_at=time() + UNMERGED,
        )
        first = self._catalogue.put(self._written, first, new=True)
        self._catalogue.swap(self._old, self._index)
        return first

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
            self._cluster.bulk(self._removed(removed, NEVER))
            self._catalogue.refresh(self._index)

    def _delete(self, query: Query) -> None:
        hits = self._catalogue.scan(self._index, query)
        self._cluster.bulk({"_op_type": "delete", "_index": self._index, "_id": hit["_id"]} for hit in list(hits))


def _batches(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield [*values[start : start + size]]
