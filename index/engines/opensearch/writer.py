"""Make a commit: send the documents of a generation that no reader sees yet, then write the mark that names it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from time import time
from typing import NamedTuple

import msgspec

from ...errors import BackmatterError, IndexUnavailable
from ...model import Holding
from ...segment.fields import post_tokens
from ...segment.vectors import Embedder
from .builds import Build, swap
from .catalogue import UNMERGED, Catalogue, GenerationMark, is_unfinished
from .cluster import Action
from .documents import document_of, key
from .holdings import HoldingsFile, IndexState
from .lock import Lock
from .mapping import DOCUMENT_FORMAT, NEVER
from .query_dsl import Query, living, within
from .records import decoded, stored_post
from .staging import StagedPosts, stage_documents

# OpenSearch limits the terms of a query; a request of this many paths stays small.
PATHS_PER_QUERY = 1_000

# Posts that are read at a time to be written again.
POSTS_PER_PAGE = 200


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


class OpenSearchWriter:
    """Makes one commit; its user holds the lock of the index. No other writer ever uses its generation.

    Args:
        catalogue: The indexes.
        base: What is there.
        kept: Where what the index holds is kept.
        lock: The lock.
        embedder: Makes the vectors of posts; None for none.
        build: The new index, where one is built.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        base: Base,
        kept: HoldingsFile,
        lock: Lock,
        embedder: Embedder | None = None,
        build: Build | None = None,
    ) -> None:
        self._catalogue, self._cluster = catalogue, catalogue.cluster
        self._old, self._mark, self._lock = base.current, base.mark, lock
        self._build, self._kept, self._embedder = build, kept, embedder
        self._held = {} if build else base.held
        self._average = build.average if build else base.mark.average
        self._is_done = False
        self._index, self._written = (build.name, build.claim) if build else (str(base.current),) * 2
        self._generation = build.generation if build else base.mark.begun
        self._next = max(base.mark.begun, self._generation)
        self.stage = partial(
            stage_documents,
            self._cluster.access,
            self._written,
            self._generation,
            self._average,
            build.held if build else None,
            embedder,
        )

    def commit(self, staged: Sequence[StagedPosts], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Commit the posts that were staged as the next generation, once all of them have arrived."""
        if self._build:
            self._lock.check()
        self._next = max(self._next, after + 1)
        put = {path: holding for part in staged for path, holding in part.holdings.items()}
        unsent = {path: action for part in staged for path, action in part.unsent.items()}
        sent = put.keys() - unsent.keys()
        if self._build:
            left = list(self._left(self._build, staged, {*delete}))
        else:
            left = [key(path, self._generation) for path in delete if path in sent]
        self._send(unsent, left, {*delete}, put.keys() | {*delete})
        if sent or self._build:
            self._catalogue.refresh(self._index)
            self._check_arrival(len(put.keys() - {*delete}))
        mark = self._publish()
        self._is_done = True
        if mark and self._held is not None:
            held = {path: holding for path, holding in {**self._held, **put}.items() if path not in delete}
            self._kept.save(IndexState(self._index, mark.generation, mark.revision), held)
        return self._next

    def _left(self, build: Build, staged: Sequence[StagedPosts], delete: Collection[str]) -> Iterator[str]:
        """Yield the ids of documents in a new index that nobody wants any more.

        A post may be staged several times: an earlier writer's version of it is kept if it was so by the last.
        """
        sent = {path for part in staged for path in part.holdings.keys() - part.kept}
        is_kept = {path: path in part.kept for part in staged for path in part.holdings}
        kept = {path for path, yes in is_kept.items() if yes}.difference(delete)
        yield from (key(path, added) for path, (_, added) in build.held.items() if path not in kept)
        yield from (key(path, self._generation) for path in sent if path in kept or path in delete)

    def _send(
        self, unsent: Mapping[str, Action], left: Iterable[str], delete: Collection[str], changed: Collection[str]
    ) -> None:
        """Send the rest of a commit, and what it removes; searches find it then."""
        kept = (action for path, action in unsent.items() if path not in delete)
        dropped = ({"_op_type": "delete", "_index": self._written, "_id": own} for own in left)
        removed = () if self._build else self._removals(changed)
        self._cluster.bulk(chain(kept, dropped, removed), require_alias=bool(self._build), refresh=True)

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
        # A new index has no mark yet, nor anything else but posts.
        query = {"query": {"match_all": {}} if self._build else {"term": {"added": self._generation}}}
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
            if self._build:
                return self._swap(mark, self._build)
            # A writer that took the lock has changed the mark, so that this one cannot be written.
            with self._lock.releasing() as release:
                return self._catalogue.put(self._index, mark, also=[release])
        except BackmatterError:
            if self._build:
                # A writer that took the lock may have published the index itself.
                self._lock.check()
            if not self._is_published():
                # A writer that took the lock has changed the mark.
                self._lock.check()
                raise
            return None

    def _swap(self, mark: GenerationMark, build: Build) -> GenerationMark:
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
        swap(self._catalogue, self._old, build)
        return first

    def _is_published(self) -> bool:
        """Return whether this commit was made, whatever came after it.

        Raises:
            BackmatterError: The cluster does not say; then nothing may be rolled back.
        """
        with suppress(BackmatterError):
            if self._build:
                details = self._catalogue.indexes().get(self._index)
                return details is not None and not is_unfinished(self._index, details["aliases"])
            mark = self._catalogue.mark(self._index)
            return mark.generation >= self._generation and self._generation not in mark.void
        raise IndexUnavailable(
            "OpenSearch: the cluster did not say whether the commit was made; run: backmatter index, which finds out"
        )

    def clean(self) -> None:
        """Roll back a commit that was not made; if the cluster cannot be reached, the next writer does it.

        What was built of a new index stays: the next writer that builds one goes on with it, another deletes it.
        """
        with suppress(BackmatterError):
            if self._is_done or self._is_published():
                return
            if not self._build:
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
