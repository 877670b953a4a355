"""A commit: documents of a generation that no reader looks at yet, and one mark that names it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from statistics import fmean
from typing import Any

from index.engines.opensearch.catalogue import Catalogue, Mark
from index.engines.opensearch.cluster import Access, Cluster
from index.engines.opensearch.compiling import living
from index.engines.opensearch.documents import document, key, length
from index.engines.opensearch.mapping import NEVER
from index.errors import BackmatterError, IndexUnavailable
from index.model import Post

# So many posts tell about how long all of them are.
FIRST = 200

# Paths that are asked for at a time.
PATHS = 1_000


def stage(access: Access, index: str, generation: int, average: float, posts: Iterable[Post]) -> list[str]:
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

    Cluster(access).bulk(actions())
    return paths


class OpenSearchWriting:
    """One commit in the making, by whoever holds the lock."""

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
        self._generation = self._named = mark.generation + 1
        self.stage = partial(stage, self._cluster.access, self._index, self._generation, average)

    def commit(self, staged: Sequence[Sequence[str]], delete: Collection[str] = (), *, after: int = 0) -> int:
        """Name what was sent in the next generation, once all of it has arrived."""
        self._check()
        self._named = max(self._generation, after + 1)
        put = {path for group in staged for path in group}
        dropped = [key(path, self._generation) for path in put & set(delete)]
        self._cluster.bulk({"_op_type": "delete", "_index": self._index, "_id": each} for each in dropped)
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
            query = {"bool": {"filter": [living(self._mark.generation), {"terms": {"path": some}}]}}
            found = list(self._catalogue.scan(self._index, query))
            self._mark_removed([hit["_id"] for hit in found], self._generation)

    def _mark_removed(self, ids: Iterable[str], generation: int) -> None:
        self._cluster.bulk(
            {"_op_type": "update", "_index": self._index, "_id": each, "doc": {"removed": generation}} for each in ids
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
        writer = self._index if self._rebuild else key(self._index, self._generation)
        try:
            if self._rebuild:
                self._catalogue.put(self._index, self._mark.next(writer, self._named), None)
                self._catalogue.swap(self._old, self._index)
            else:
                self._catalogue.put(self._index, self._mark.next(writer, self._named), self._mark.place)
        except BackmatterError:
            if not self._is_current():
                raise

    def _is_current(self) -> bool:
        """Tell whether readers see this commit.

        Raises:
            BackmatterError: Nobody can tell; then nothing may be taken back.
        """
        with suppress(BackmatterError):
            index = self._cluster(lambda _: self._catalogue.current())
            return index == self._index and self._catalogue.mark(index).generation == self._named
        raise IndexUnavailable(
            "OpenSearch: the cluster did not say whether the commit was made; run: backmatter index, which finds out"
        )

    def clean(self) -> None:
        """Take back what was sent and not named; what cannot be told or reached, the next writer takes back."""
        with suppress(BackmatterError):
            if not self._is_current():
                if self._rebuild:
                    self._catalogue.delete(self._index)
                else:
                    self.tidy()

    def tidy(self) -> None:
        """Delete what a failed writer has left, and what nobody reads any more."""
        generation = self._mark.generation
        self._catalogue.refresh(self._index)
        stale = {"range": {"added": {"gt": generation}}}
        gone = {"range": {"removed": {"lte": self._mark.oldest}}}
        query = {"bool": {"should": [stale, gone]}}
        ids = [hit["_id"] for hit in self._catalogue.scan(self._index, query)]
        self._cluster.bulk({"_op_type": "delete", "_index": self._index, "_id": each} for each in ids)
        half = {"range": {"removed": {"gt": generation, "lt": NEVER}}}
        self._mark_removed([hit["_id"] for hit in self._catalogue.scan(self._index, half)], NEVER)
        if ids:
            self._catalogue.refresh(self._index)


def _batches(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(values), size):
        yield [*values[at : at + size]]
