"""The arrays of several segments -> the arrays of one, without analysing or sorting anything again.

Posts keep their order, so that a term's postings in the merged segment are those of the first segment, then those of
the second, and so on. What was deleted is left out: the result is what the inverter makes of the posts that are alive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress

import msgspec
import numpy as np

from index.engines.whoosh import lists, weights
from index.engines.whoosh.arrays import Array, compact
from index.engines.whoosh.inverter import Names, complete
from index.engines.whoosh.lists import Lists
from index.engines.whoosh.offsets import BLOCK
from index.model import Holding

# What has one entry a post, and is the same wherever the post stands.
COLUMNS = ("doc_when", "doc_sections", "doc_length")


@dataclass(frozen=True)
class Part:
    """A segment to be merged: its arrays, which posts of it are alive, and where these go.

    Attributes:
        doc: The number that its first post gets.
        position: The first position of that post.
    """

    arrays: Mapping[str, Array]
    alive: Array
    doc: int
    position: int

    @cached_property
    def lengths(self) -> Array:
        """How many positions each post takes."""
        return np.diff(self.arrays["doc_at"])

    @cached_property
    def docs(self) -> Array:
        """The new number of every post."""
        return np.asarray(np.cumsum(self.alive) - 1 + self.doc)

    @cached_property
    def whole(self) -> bool:
        """Whether nothing was deleted."""
        return bool(self.alive.all())

    @cached_property
    def kept(self) -> Array:
        """Whether each position is in a post that is alive."""
        return np.repeat(self.alive, self.lengths)

    def moved(self, positions: Array) -> Array:
        """Give the new places of positions in posts that are alive."""
        if self.whole:
            return np.asarray(positions + np.uint32(self.position))
        first = np.cumsum(np.where(self.alive, self.lengths, 0)) - self.lengths + self.position
        shift = np.where(self.alive, first - self.arrays["doc_at"][:-1].astype(np.int64), 0)
        moved = positions + np.repeat(shift, self.lengths)[positions]
        return np.asarray(moved, np.uint32)

    def alive_of(self, name: str) -> Array:
        """Give a column for the posts that are alive."""
        return np.asarray(self.arrays[name][self.alive])

    def lists_of(self, at: str, docs: str, values: Array) -> Lists:
        """Give lists with one entry for each of some posts, of those that are alive."""
        found = Lists(self.arrays[at], values)
        return found if self.whole else lists.sieve(found, self.alive[self.arrays[docs]])

    def postings(self, at: str, docs: str) -> Lists:
        """Give lists of posts, by their new numbers."""
        return self.lists_of(at, docs, self.docs[self.arrays[docs]].astype(np.uint32))

    def names(self) -> Names:
        """Give the names of what it counts."""
        return msgspec.msgpack.decode(self.arrays["names"].tobytes(), type=Names)


def merge(segments: Sequence[tuple[Mapping[str, Array], Array]]) -> dict[str, Array]:
    """Merge the arrays of segments, each given with which of its posts are alive."""
    parts = _parts(segments)
    lexicon, numbers = _union(parts, "lexicon", "posting_at", "posting_doc")
    ordered = [(n, p.postings("posting_at", "posting_doc")) for n, p in zip(numbers, parts, strict=True)]
    postings = lists.merge(ordered, len(lexicon))
    weighted = [
        (n, p.lists_of("posting_at", "posting_doc", weights.untabled(p.arrays, "posting_weight")))
        for n, p in zip(numbers, parts, strict=True)
    ]
    positions = lists.merge([(n, _positions(p)) for n, p in zip(numbers, parts, strict=True)], len(lexicon))
    found = {
        **_runs(parts),
        "doc_at": lists.offsets(np.concatenate([part.lengths[part.alive] for part in parts])),
        **_columns(parts),
        **_keys(parts),
        **_offsets(parts),
        "posting_at": postings.at,
        "posting_doc": compact(postings.values),
        "posting_weight": lists.merge(weighted, len(lexicon)).values,
        "position_at": positions.at,
        "position": compact(positions.values),
    }
    return complete(found, lexicon, _holdings(parts))


def _parts(segments: Iterable[tuple[Mapping[str, Array], Array]]) -> list[Part]:
    parts, doc, position = [], 0, 0
    for arrays, alive in segments:
        parts.append(Part(arrays, alive, doc, position))
        doc += int(alive.sum())
        position += int(parts[-1].lengths[alive].sum())
    return parts


def _union(parts: Sequence[Part], name: str, at: str, docs: str) -> tuple[list[bytes], list[Array]]:
    """Give the strings of all parts that any post alive has, in byte order, and the new number of each part's."""
    strings = [lists.to_bytes(Lists(part.arrays[f"{name}_at"], part.arrays[name])) for part in parts]
    used: set[bytes] = set()
    for part, own in zip(parts, strings, strict=True):
        counts = np.diff(part.postings(at, docs).at)
        used.update(own if counts.all() else compress(own, (counts > 0).tolist()))
    union = sorted(used)
    number = {string: n for n, string in enumerate(union)}
    # What no post has any more has no postings either, so that its number does not matter.
    return union, [np.array([number.get(string, 0) for string in own], np.int64) for own in strings]


def _positions(part: Part) -> Lists:
    """Give where the terms stand in each post, which stays the same."""
    found = Lists(part.arrays["position_at"], part.arrays["position"])
    if part.whole:
        return found
    frequency = part.arrays["weight_frequency"][part.arrays["posting_weight"]]
    return lists.sieve(found, np.repeat(part.alive[part.arrays["posting_doc"]], frequency))


def _runs(parts: Sequence[Part]) -> dict[str, Array]:
    kept = [part.kept[part.arrays["run_at"]] for part in parts]
    return {
        "run_at": np.concatenate([p.moved(p.arrays["run_at"][own]) for p, own in zip(parts, kept, strict=True)]),
        "run_field": np.concatenate([p.arrays["run_field"][own] for p, own in zip(parts, kept, strict=True)]),
    }


def _offsets(parts: Sequence[Part]) -> dict[str, Array]:
    wide = [part.kept[part.arrays["wide_at"]] for part in parts]
    kept = list(zip(parts, wide, strict=True))
    return {
        "token": np.concatenate([part.arrays["token"][part.kept] for part in parts]),
        "block_end": np.concatenate([part.arrays["block_end"][part.kept[::BLOCK]] for part in parts]),
        "wide_at": np.concatenate([part.moved(part.arrays["wide_at"][own]) for part, own in kept]),
        "wide_gap": np.concatenate([part.arrays["wide_gap"][own] for part, own in kept]),
        "wide_length": np.concatenate([part.arrays["wide_length"][own] for part, own in kept]),
    }


def _columns(parts: Sequence[Part]) -> dict[str, Array]:
    found = {name: np.concatenate([part.alive_of(name) for part in parts]) for name in COLUMNS}
    names = [part.names() for part in parts]
    tagged = [part.alive[part.arrays["tag_doc"]] for part in parts]
    years, doc_year = _renumbered([(n.years, p.alive_of("doc_year")) for n, p in zip(names, parts, strict=True)])
    languages, doc_language = _renumbered(
        [(n.languages, p.alive_of("doc_language")) for n, p in zip(names, parts, strict=True)]
    )
    tags, tag_name = _renumbered(
        [(n.tags, p.arrays["tag_name"][own]) for n, p, own in zip(names, parts, tagged, strict=True)]
    )
    return found | {
        "doc_sections": compact(found["doc_sections"]),
        "doc_year": compact(doc_year),
        "doc_language": doc_language.astype(np.uint16),
        "tag_doc": compact(
            np.concatenate([p.docs[p.arrays["tag_doc"][own]] for p, own in zip(parts, tagged, strict=True)])
        ),
        "tag_name": compact(tag_name),
        "names": np.frombuffer(msgspec.msgpack.encode(Names(tags, years, languages)), np.uint8),
    }


def _renumbered(parts: Sequence[tuple[Sequence[str], Array]]) -> tuple[list[str], Array]:
    """Number by the sorted names that occur in any part what each part numbers by its own."""
    used = sorted({names[number] for names, numbers in parts for number in np.unique(numbers).tolist()})
    number = {name: n for n, name in enumerate(used)}
    maps = [np.array([number.get(name, 0) for name in names], np.int64) for names, _ in parts]
    return used, np.concatenate([own[numbers] for own, (_, numbers) in zip(maps, parts, strict=True)])


def _keys(parts: Sequence[Part]) -> dict[str, Array]:
    keys, numbers = _union(parts, "key", "key_doc_at", "key_doc")
    ordered = [(n, p.postings("key_doc_at", "key_doc")) for n, p in zip(numbers, parts, strict=True)]
    docs, strings = lists.merge(ordered, len(keys)), lists.of_bytes(keys)
    return {
        "key": strings.values,
        "key_at": strings.at,
        "key_doc_at": docs.at,
        "key_doc": compact(docs.values),
    }


def _holdings(parts: Sequence[Part]) -> dict[str, Holding]:
    found: dict[str, Holding] = {}
    for part in parts:
        own = msgspec.msgpack.decode(part.arrays["holdings"].tobytes(), type=dict[str, Holding])
        found |= compress(own.items(), part.alive.tolist())
    return found
