"""A commit: documents of a generation that no reader looks at yet, and one mark that names it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from statistics import fmean
from typing import Any

import msgspec

from index.engines.opensearch.catalogue import Catalogue, Mark, claim
from index.engines.opensearch.cluster import Access, Cluster
from index.engines.opensearch.compiling import Query, living, within
from index.engines.opensearch.documents import document, key, length
from index.engines.opensearch.mapping import FORMAT, NEVER
from index.errors import BackmatterError, IndexUnavailable
from index.model import Post

# So many posts tell about how long all of them are.
FIRST = 200

# Paths that are asked for at a time.
PATHS = 1_000


def stage(
    access: Access, index: str, generation: int, average: float, claimed: bool, posts: Iterable[Post]
) -> list[str]:
    """Send posts; give their paths. Where the average length is not known, 0, the first of them tell it."""
    paths: list[str] = []
    waiting = iter(posts)
    first = list(islice(waiting, FIRST if not average else 0))
    average = average or max(1.0, fmean([length(post) for post in first] or [1]))

    def actions() -> Iterator[dict[str, Any]]:
        for post in chain(first, waiting):
            paths.append(post.path)
            source = document(post, generation, average)
            yield {"_index": index, "_id": key(post.path, generation), "_source": source}

    Cluster(access).bulk(actions(), require_alias=claimed)
    return paths


class OpenSearchWriting:
    """One commit in the making, by whoever holds the lock; its generation is nobody else's, ever."""

    def __init__(
        self,
        catalogue: Catalogue,
        old: str | None,
        mark: Mark,
        average: float,
        check: Callable[[], None],
        *,
        rebuild: bool,
    ) -> None:
        self._catalogue, self._cluster = catalogue, catalogue.cluster
        self._old, self._mark, self._check = old, mark, check
        self._rebuild = rebuild or old is None
        self._index = catalogue.create() if self._rebuild else str(old)
        self._written = claim(self._index) if self._rebuild else self._index
        self._generation = self._named = max(mark.begun, 1)
        self.stage = partial(stage, self._cluster.access, self._written, self._generation, average, self._rebuild)

    def commit(self, staged: Sequence[Sequence[str]], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Name what was sent in the next generation, once all of it has arrived."""
        self._check()
        self._named = max(self._generation, after + 1)
        put = {path for group in staged for path in group}
        dropped = [key(path, self._generation) for path in put & set(delete)]
        self._cluster.bulk({"_op_type": "delete", "_index": self._written, "_id": each} for each in dropped)
        if not self._rebuild:
            self._remove(put | set(delete))
        self._catalogue.refresh(self._index)
        self._complete(len(put) - len(dropped))
        self._check()
        self._name()
        return self._named

    def _remove(self, paths: Collection[str]) -> None:
        """Note that older versions are there only up to this generation."""
        for some in _batches(sorted(paths), PATHS):
            # What a later writer has removed is its own.
            staying = {"terms": {"removed": [NEVER, *self._mark.void]}}
            query = within({"terms": {"path": some}}, living(self._mark.generation, self._mark.void), staying)
            self._mark_removed(self._catalogue.scan(self._index, query), self._generation)

    def _mark_removed(self, found: Iterable[Mapping[str, Any]], generation: int) -> None:
        """Note when documents are removed; one that another writer has changed meanwhile is a conflict."""
        self._cluster.bulk(
            {
                "_op_type": "update",
                "_index": self._index,
                "_id": hit["_id"],
                "if_seq_no": hit["_seq_no"],
                "if_primary_term": hit["_primary_term"],
                "doc": {"removed": generation},
            }
            for hit in list(found)
        )

    def _complete(self, expected: int) -> None:
        query = {"query": {"term": {"added": self._generation}}}
        found = self._cluster(lambda client: client.count(index=self._index, body=query))["count"]
        if found != expected:
            raise IndexUnavailable(
                f"OpenSearch: of {expected} posts {found} have arrived; nothing was changed for readers; "
                "run: backmatter index"
            )

    def _name(self) -> None:
        """Make the generation the current one; where the answer is lost, look whether it is."""
        mark = self._mark.next(self._named)
        try:
            if self._rebuild:
                self._catalogue.put(self._written, msgspec.structs.replace(mark, void=(), format=FORMAT), new=True)
                self._catalogue.swap(self._old, self._index)
            else:
                self._catalogue.put(self._index, mark)
        except BackmatterError:
            if not self._is_named():
                # Whoever has taken over has changed the mark, or deleted what was being built.
                self._check()
                raise

    def _is_named(self) -> bool:
        """Tell whether this commit was made, whatever came after it.

        Raises:
            BackmatterError: Nobody can tell; then nothing may be taken back.
        """
        with suppress(BackmatterError):
            if self._rebuild:
                aliases = self._catalogue.indexes().get(self._index)
                return aliases is not None and claim(self._index) not in aliases
            mark = self._catalogue.mark(self._index)
            return mark.generation >= self._generation and self._generation not in mark.void
        raise IndexUnavailable(
            "OpenSearch: the cluster did not say whether the commit was made; run: backmatter index, which finds out"
        )

    def clean(self) -> None:
        """Take back what was sent and not named; what cannot be told or reached, the next writer takes back."""
        with suppress(BackmatterError):
            if self._is_named():
                return
            if self._rebuild:
                self._catalogue.delete(self._index)
            else:
                self._take_back((self._generation,))
            if self._old:
                self._catalogue.put(self._old, msgspec.structs.replace(self._mark, begun=self._mark.begun - 1))

    def tidy(self) -> None:
        """Delete what failed writers have left, and what nobody reads any more."""
        void = list(self._mark.void)
        self._take_back(void)
        self._delete(within({"range": {"removed": {"lte": self._mark.oldest}}}, without=[{"terms": {"removed": void}}]))

    def _take_back(self, generations: Sequence[int]) -> None:
        if generations:
            self._catalogue.refresh(self._index)
            self._delete({"terms": {"added": list(generations)}})
            removed = {"terms": {"removed": list(generations)}}
            self._mark_removed(self._catalogue.scan(self._index, removed), NEVER)
            self._catalogue.refresh(self._index)

    def _delete(self, query: Query) -> None:
        found = self._catalogue.scan(self._index, query)
        self._cluster.bulk({"_op_type": "delete", "_index": self._index, "_id": hit["_id"]} for hit in list(found))


def _batches(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(values), size):
        yield [*values[at : at + size]]
