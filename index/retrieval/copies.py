"""Copies: of posts with the same text, one is listed, and names the others.

The same article often stays under an old address, or is published in two places. Which one is listed is the same for
every query: the newest, and of equally old ones the first by path; of several copies that match, not of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..segment.arrays import Array
from ..segment.segment import Segment

# A post by its segment and its number in there.
DocId = tuple[int, int]

# The place of no post.
NO_PLACE = np.iinfo(np.intp).max


class Seen:
    """The copies that one search has found.

    Attributes:
        first: For each text, the place of the post that is listed; below 0 if an earlier round listed one.
        round_of: For each place, the round in which the post was found, from 1 on; 0 for none.
        rounds: How many rounds there were.
    """

    def __init__(self, copies: "Copies") -> None:
        self.first = np.full(int(copies.text[-1]) + 1 if copies else 0, NO_PLACE, np.intp)
        self.round_of = np.zeros(len(copies.text), np.uint8)
        self.rounds = 0

    def begin_round(self) -> None:
        """Begin to find further posts: of a text of which one is listed, no other will be."""
        self.rounds += 1
        if self.rounds > 1:
            self.first[self.first < NO_PLACE] = -1


@dataclass(frozen=True, slots=True)
class Copies:
    """Posts of some segments that have the same text, or are translations of each other.

    Each has a place: those of the same text follow each other, in their order.

    Attributes:
        is_copied: For each segment, whether each post has the text of another.
        places: For each segment, the place of each post; -1 for those that have none.
        text: For each place, the number of the text, ascending.
        segment: For each place, the segment of the post.
        doc: For each place, the number of the post in there.
    """

    is_copied: Sequence[Array]
    places: Sequence[Array]
    text: Array
    segment: Array
    doc: Array

    def __bool__(self) -> bool:
        return len(self.text) > 0

    def are_among(self, docs: Sequence[Array]) -> bool:
        """Check whether any of the posts of every segment has the text of another, which may be among them, too."""
        return bool(self) and any(mask.take(own).any() for mask, own in zip(self.is_copied, docs, strict=True))

    def others(self, post: DocId, seen: Seen | None = None) -> list[DocId]:
        """Return the other posts with the text of one; of them only what a search has found, in that order."""
        segment, doc = post
        place = self.places[segment].item(doc)
        if place < 0:
            return []
        text = self.text.item(place)
        same = np.arange(self.text.searchsorted(text), self.text.searchsorted(text, side="right"))
        same = same[same != place]
        if seen:
            rounds = seen.round_of.take(same)
            same = same.take(rounds.argsort(kind="stable"))[np.count_nonzero(rounds == 0) :]
        return list(zip(self.segment.take(same).tolist(), self.doc.take(same).tolist(), strict=True))

    def kept(self, docs: Sequence[Array], seen: Seen) -> list[Array]:
        """Return masks of the posts of every segment to list: of each text the first, unless one is listed already."""
        if not self:
            return [np.ones(len(own), bool) for own in docs]
        seen.begin_round()
        places = [place.take(own) for place, own in zip(self.places, docs, strict=True)]
        found = np.concatenate(places)
        found = np.sort(found[found >= 0])[::-1]
        new = found[seen.first.take(self.text.take(found)) == NO_PLACE]
        seen.first[self.text.take(new)] = new  # Of several, the last is assigned.
        seen.round_of[found[seen.round_of.take(found) == 0]] = seen.rounds
        return [(own < 0) | (seen.first.take(self.text.take(own)) == own) for own in places]


def join_copies(parts: Sequence[Copies]) -> Copies:
    """Return those of several indexes as one: segments are numbered on, and nothing of one is in another."""
    places, columns, first, texts = list[Array](), [], 0, 0
    for part in parts:
        columns.append((part.text + texts, part.segment + len(places)))
        places += [np.where(own < 0, own, own + first) for own in part.places]
        first += len(part.text)
        texts += int(part.text[-1]) + 1 if part else 0
    text, segment = map(np.concatenate, zip(*columns, strict=True))
    is_copied = [mask for part in parts for mask in part.is_copied]
    return Copies(is_copied, places, text, segment, np.concatenate([part.doc for part in parts]))


def find_copies(segments: Sequence[Segment]) -> Copies:
    """Find the posts that have the same text; short texts are no copies of each other."""
    return _repeated(segments, "doc_text_sum", [[-segment.arrays["doc_when"] for segment in segments]])


def find_translations(segments: Sequence[Segment], language: str) -> Copies:
    """Find the posts that are translations of each other; the one in a reader's language comes first.

    Posts of the same language are no translations of each other, whatever is the same in their names.
    """
    names = sorted({name.casefold() for segment in segments for name in segment.names.languages})
    wanted, number = language.casefold(), {name: n for n, name in enumerate(names)}
    is_other = np.array([name != wanted for name in names], bool)
    is_unrelated = np.array([name.partition("-")[0] != wanted.partition("-")[0] for name in names], bool)
    numbers = [np.array([number[name.casefold()] for name in part.names.languages], np.intp) for part in segments]
    spoken = [own.take(part.arrays["doc_language"]) for own, part in zip(numbers, segments, strict=True)]
    order = [[mask.take(own) for own in spoken] for mask in (is_other, is_unrelated)]
    found = _repeated(segments, "doc_translation_sum", order)
    if not found:
        return found
    languages = np.array([spoken[segment][doc] for segment, doc in zip(found.segment, found.doc, strict=True)])
    different = np.bincount(np.unique(found.text * len(names) + languages) // len(names))
    kept = (different == np.bincount(found.text)).take(found.text)
    return _placed(segments, *(column[kept] for column in (found.text, found.segment, found.doc)))


def nearest_language(language: str, known: Sequence[str]) -> str:
    """Return which of the languages of an index is that of a reader, or nearest to it; "" where none is."""
    wanted = language.casefold()
    same = (name for name in known if name.casefold() == wanted)
    related = (name for name in known if name.casefold().partition("-")[0] == wanted.partition("-")[0])
    return next(same, next(related, ""))


def _repeated(segments: Sequence[Segment], column: str, order: Sequence[Sequence[Array]]) -> Copies:
    """Find the posts that have the same value in a column, but for 0.

    Args:
        segments: The segments.
        column: The name of the column.
        order: What posts of the same value are ordered by, the first first, and at last by path: for each segment and
            post a number.
    """
    if not segments:
        return Copies([], [], *[np.empty(0, np.intp)] * 3)
    alive = [segment.living() for segment in segments]

    def flat(columns: Sequence[Array]) -> Array:
        return np.concatenate([own.take(docs) for own, docs in zip(columns, alive, strict=True)])

    sums = flat([segment.arrays[column] for segment in segments])
    _, text, counts = np.unique(sums, return_inverse=True, return_counts=True)
    at = np.flatnonzero((counts.take(text) > 1) & (sums != 0))
    keys = [flat([segment.path_order for segment in segments]), *map(flat, reversed(order)), text]
    at = at.take(np.lexsort([key.take(at) for key in keys]))
    segment = np.arange(len(segments)).repeat(list(map(len, alive)))
    return _placed(segments, text.take(at), segment.take(at), np.concatenate(alive).take(at))


def _placed(segments: Sequence[Segment], text: Array, segment: Array, doc: Array) -> Copies:
    """Return posts as copies: those of a text follow each other, in their order."""
    places = [np.full(part.docs, -1) for part in segments]
    for number, own in enumerate(places):
        at = np.flatnonzero(segment == number)
        own[doc.take(at)] = at
    return Copies([own >= 0 for own in places], places, np.unique(text, return_inverse=True)[1], segment, doc)
