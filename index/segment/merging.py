"""Merge the derived arrays of segments without analysing or sorting anything again.

Posts keep their order, so that the postings of a term in the merged segment are those of the first segment, then those
of the second, and so on. Deleted posts are left out: the result equals what the inverter builds from the posts alive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import msgspec
import numpy as np

from ..lazy import lazy
from ..model import Holding
from . import ragged, weights
from .arrays import Array, StoredArrays, compact
from .holdings import read_holdings
from .inverter import complete
from .lexicon import FrontCodedStrings, front_coded
from .offsets import BLOCK
from .post_columns import NameT, SegmentNames
from .ragged import Lists

# Arrays with one entry a post that do not depend on its number.
SUMS = ("doc_text_sum", "doc_translation_sum", "doc_title_sum")
COLUMNS = ("doc_when", "doc_sections", "doc_length", "doc_boost", *SUMS)


@dataclass(frozen=True)
class MergeSource:
    """A segment to merge.

    Attributes:
        arrays: Its derived arrays.
        alive: Mask of the posts to keep.
        doc: The number of its first post in the merged segment.
        position: The first position of that post.
    """

    arrays: Mapping[str, Array]
    alive: Array
    doc: int
    position: int

    @lazy
    def lengths(self) -> Array:
        """The number of positions of each post."""
        return np.diff(self.arrays["doc_at"])

    @lazy
    def docs(self) -> Array:
        """The new number of every post."""
        return np.asarray(np.cumsum(self.alive) - 1 + self.doc)

    @lazy
    def all_alive(self) -> bool:
        """Whether all posts are alive."""
        return bool(self.alive.all())

    @lazy
    def kept(self) -> Array:
        """Whether each position is in a post that is alive."""
        return np.repeat(self.alive, self.lengths)

    def moved(self, positions: Array) -> Array:
        """Return the new numbers of positions in posts that are alive."""
        if self.all_alive:
            return np.asarray(positions + np.uint32(self.position))
        first = np.cumsum(np.where(self.alive, self.lengths, 0)) - self.lengths + self.position
        shift = np.where(self.alive, first - self.arrays["doc_at"][:-1].astype(np.int64), 0)
        moved = positions + np.repeat(shift, self.lengths)[positions]
        return np.asarray(moved, np.uint32)

    def column(self, name: str) -> Array:
        """Return a column for the posts that are alive."""
        return np.asarray(self.arrays[name][self.alive])

    def lists_of(self, at: str, docs: str, values: Array) -> Lists:
        """Return lists of values, each value belonging to a post, without those of deleted posts."""
        lists = Lists(self.arrays[at], values)
        return lists if self.all_alive else ragged.sieve(lists, self.alive[self.arrays[docs]])

    def postings(self, at: str, docs: str) -> Lists:
        """Return lists of posts, by their new numbers."""
        return self.lists_of(at, docs, self.docs[self.arrays[docs]].astype(np.uint32))

    def names(self) -> SegmentNames:
        """Return the names of values, years and languages."""
        return msgspec.msgpack.decode(self.arrays["names"].tobytes(), type=SegmentNames)


# The new numbers of a source's terms, and the source.
MergePart = tuple[Array, MergeSource]


def merge_derived(segments: Sequence[tuple[Mapping[str, Array], Array]]) -> dict[str, Array]:
    """Merge the derived arrays of segments; each comes with a mask of the posts to keep."""
    sources = _sources(segments)
    lexicon, numbers = _union(sources, [_terms(source) for source in sources], "posting_at", "posting_doc")
    parts = list(zip(numbers, sources, strict=True))
    arrays = {
        **_runs(sources),
        "doc_at": ragged.offsets(np.concatenate([source.lengths[source.alive] for source in sources])),
        **_columns(sources),
        **_keys(sources),
        **_offsets(sources),
        **_postings(parts, len(lexicon)),
        "posting_weight": _weights(parts, len(lexicon)),
        **_positions(parts, len(lexicon)),
    }
    holdings = _holdings(sources)
    release(source.arrays for source in sources)
    return complete(arrays, lexicon, holdings)


def release(merged: Iterable[Mapping[str, Array]]) -> None:
    """Take arrays that were merged out of memory, but for those that are in no file."""
    for arrays in merged:
        if isinstance(arrays, StoredArrays):
            arrays.release()


def _sources(segments: Iterable[tuple[Mapping[str, Array], Array]]) -> list[MergeSource]:
    sources, doc, position = [], 0, 0
    for arrays, alive in segments:
        sources.append(MergeSource(arrays, alive, doc, position))
        doc += int(alive.sum())
        position += int(sources[-1].lengths[alive].sum())
    return sources


def _union(
    sources: Sequence[MergeSource], strings: Sequence[Sequence[bytes]], at: str, docs: str
) -> tuple[list[bytes], list[Array]]:
    """Return the strings that a living post of any source has, in byte order, and for each source their new numbers."""
    used: set[bytes] = set()
    for source, names in zip(sources, strings, strict=True):
        counts = np.diff(source.postings(at, docs).at)
        used.update(names if counts.all() else compress(names, (counts > 0).tolist()))
    union = sorted(used)
    number = {string: n for n, string in enumerate(union)}
    # A string that no post has any more has no postings, so that its number does not matter.
    return union, [np.array([number.get(string, 0) for string in names], np.int64) for names in strings]


def _terms(source: MergeSource) -> list[bytes]:
    return ragged.to_bytes(Lists(source.arrays["lexicon_at"], source.arrays["lexicon"]))


def _postings(parts: Sequence[MergePart], terms: int) -> dict[str, Array]:
    ordered = [(numbers, source.postings("posting_at", "posting_doc")) for numbers, source in parts]
    postings = ragged.merge_lists(ordered, terms)
    return {"posting_at": postings.at, "posting_doc": compact(postings.values)}


def _weights(parts: Sequence[MergePart], terms: int) -> Array:
    """Return the packed weights of all postings; until they are in order, each is the number of one of the few."""
    tables = [weights.table_of(source.arrays) for _, source in parts]
    table = np.unique(np.concatenate(tables))
    numbered = [
        (numbers, source.lists_of("posting_at", "posting_doc", place[source.arrays["posting_weight"]]))
        for (numbers, source), place in zip(parts, (compact(table.searchsorted(each)) for each in tables), strict=True)
    ]
    return np.asarray(table[ragged.merge_lists(numbered, terms).values])


def _positions(parts: Sequence[MergePart], terms: int) -> dict[str, Array]:
    positions = ragged.merge_lists([(numbers, _positions_of(source)) for numbers, source in parts], terms)
    return {"position_at": positions.at, "position": compact(positions.values)}


def _positions_of(source: MergeSource) -> Lists:
    """Return the positions of the terms, which count from the beginning of each post and do not change."""
    lists = Lists(source.arrays["position_at"], source.arrays["position"])
    if source.all_alive:
        return lists
    frequency = source.arrays["weight_frequency"][source.arrays["posting_weight"]]
    return ragged.sieve(lists, np.repeat(source.alive[source.arrays["posting_doc"]], frequency))


def _runs(sources: Sequence[MergeSource]) -> dict[str, Array]:
    kept = [(source, source.kept[source.arrays["run_at"]]) for source in sources]
    return {
        "run_at": np.concatenate([source.moved(source.arrays["run_at"][mask]) for source, mask in kept]),
        "run_field": np.concatenate([source.arrays["run_field"][mask] for source, mask in kept]),
    }


def _offsets(sources: Sequence[MergeSource]) -> dict[str, Array]:
    wide = [(source, source.kept[source.arrays["wide_at"]]) for source in sources]
    return {
        "token": np.concatenate([source.arrays["token"][source.kept] for source in sources]),
        "block_end": np.concatenate([source.arrays["block_end"][source.kept[::BLOCK]] for source in sources]),
        "wide_at": np.concatenate([source.moved(source.arrays["wide_at"][mask]) for source, mask in wide]),
        "wide_gap": np.concatenate([source.arrays["wide_gap"][mask] for source, mask in wide]),
        "wide_length": np.concatenate([source.arrays["wide_length"][mask] for source, mask in wide]),
    }


def _columns(sources: Sequence[MergeSource]) -> dict[str, Array]:
    columns = {name: np.concatenate([source.column(name) for source in sources]) for name in COLUMNS}
    names = [source.names() for source in sources]
    kept = [source.alive[source.arrays["facet_doc"]] for source in sources]
    years, doc_year = _renumbered(
        [(n.years, source.column("doc_year")) for n, source in zip(names, sources, strict=True)]
    )
    languages, doc_language = _renumbered(
        [(n.languages, source.column("doc_language")) for n, source in zip(names, sources, strict=True)]
    )
    values, facet_value = _renumbered(
        [(n.values, source.arrays["facet_value"][mask]) for n, source, mask in zip(names, sources, kept, strict=True)]
    )
    return columns | {
        "doc_sections": compact(columns["doc_sections"]),
        "doc_year": compact(doc_year),
        "doc_language": doc_language.astype(np.uint16),
        "facet_doc": compact(
            np.concatenate(
                [source.docs[source.arrays["facet_doc"][mask]] for source, mask in zip(sources, kept, strict=True)]
            )
        ),
        "facet_value": compact(facet_value),
        "names": np.frombuffer(msgspec.msgpack.encode(SegmentNames(values, years, languages)), np.uint8),
    }


def _renumbered(columns: Sequence[tuple[Sequence[NameT], Array]]) -> tuple[list[NameT], Array]:
    """Replace the numbers of names in each source by their numbers among the sorted names of all sources."""
    used = sorted({names[number] for names, numbers in columns for number in np.unique(numbers).tolist()})
    number = {name: n for n, name in enumerate(used)}
    new = [np.array([number.get(name, 0) for name in names], np.int64) for names, _ in columns]
    return used, np.concatenate([table[numbers] for table, (_, numbers) in zip(new, columns, strict=True)])


def _keys(sources: Sequence[MergeSource]) -> dict[str, Array]:
    strings = [list(FrontCodedStrings(source.arrays, "key")) for source in sources]
    keys, numbers = _union(sources, strings, "key_doc_at", "key_doc")
    ordered = [(n, source.postings("key_doc_at", "key_doc")) for n, source in zip(numbers, sources, strict=True)]
    docs = ragged.merge_lists(ordered, len(keys))
    return {
        **front_coded("key", keys),
        "key_doc_at": docs.at,
        "key_doc": compact(docs.values),
    }


def _holdings(sources: Sequence[MergeSource]) -> dict[str, Holding]:
    merged: dict[str, Holding] = {}
    for source in sources:
        merged |= compress(read_holdings(source.arrays).items(), source.alive.tolist())
    return merged
