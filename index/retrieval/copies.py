"""Copies: of posts with the same text, one is listed, and names the others.

The same article often stays under an old address, or is published in two places. Which one is listed is the same for
every query: the newest, and of equally old ones the first by path; of several copies that match, not of all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..segment.arrays import Array
from ..segment.segment import Segment

# A post by its segment and its number in there.
DocId = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Copies:
    """Posts of some segments that have the same text, or are translations of each other.

    Attributes:
        is_copied: For each segment, whether each post has the text of another.
        text: For each segment, the number of each such post's text.
        rank: For each segment, the place of each such post in the order of all.
        members: The posts by the number of their text, in their order.
    """

    is_copied: Sequence[Array]
    text: Sequence[Array]
    rank: Sequence[Array]
    members: dict[int, list[DocId]]

    def __bool__(self) -> bool:
        return bool(self.members)

    def are_among(self, docs: Sequence[Array]) -> bool:
        """Check whether any of the posts of every segment has the text of another, which may be among them, too."""
        return any(copied.take(own).any() for copied, own in zip(self.is_copied, docs, strict=True))

    def others(self, post: DocId) -> list[DocId]:
        """Return the other posts with the text of one."""
        segment, doc = post
        if not self.is_copied[segment][doc]:
            return []
        return [other for other in self.members[self.text[segment].item(doc)] if other != post]

    def kept(self, docs: Sequence[Array], listed: dict[int, list[DocId]]) -> list[Array]:
        """Return masks of the posts to list, of each text the first.

        Args:
            docs: Posts of every segment.
            listed: The copies by the number of their text, the listed one first; those that are found are added.
        """
        is_copied, text, rank = (
            np.concatenate([column.take(own) for column, own in zip(columns, docs, strict=True)])
            for columns in (self.is_copied, self.text, self.rank)
        )
        at = np.flatnonzero(is_copied)
        at = at.take(np.lexsort((rank.take(at), text.take(at))))
        sizes = list(map(len, docs))
        segment, doc = np.arange(len(docs)).repeat(sizes), np.concatenate(docs)
        posts = list(zip(segment.take(at).tolist(), doc.take(at).tolist(), strict=True))
        mask = ~is_copied
        mask[at] = _added(text.take(at).tolist(), posts, listed)
        return np.split(mask, np.cumsum(sizes)[:-1])


def _added(texts: Sequence[int], posts: Sequence[DocId], listed: dict[int, list[DocId]]) -> list[bool]:
    """Add posts to the copies that are found; return of each whether it is the first with its text."""
    are_first = []
    for text, post in zip(texts, posts, strict=True):
        same = listed.setdefault(text, [])
        are_first.append(not same)
        if post not in same:
            same.append(post)
    return are_first


def join_copies(parts: Sequence[Copies]) -> Copies:
    """Return those of several indexes as one: segments are numbered on, and nothing of one is in another."""
    first = np.cumsum([0, *(len(part.is_copied) for part in parts)]).tolist()
    members = {
        text * len(parts) + number: [(first[number] + segment, doc) for segment, doc in posts]
        for number, part in enumerate(parts)
        for text, posts in part.members.items()
    }
    return Copies(
        [mask for part in parts for mask in part.is_copied],
        [text * len(parts) + number for number, part in enumerate(parts) for text in part.text],
        [rank for part in parts for rank in part.rank],
        members,
    )


def find_copies(segments: Sequence[Segment]) -> Copies:
    """Find the posts that have the same text; short texts are no copies of each other."""
    return _repeated(segments, "doc_text_sum", partial(_age, segments))


def find_translations(segments: Sequence[Segment], language: str) -> Copies:
    """Find the posts that are translations of each other; the one in a reader's language comes first.

    Posts of the same language are no translations of each other, whatever is the same in their names.
    """
    names = [[name.casefold() for name in segment.names.languages] for segment in segments]

    def language_of(post: DocId) -> str:
        number, doc = post
        language: int = segments[number].arrays["doc_language"].item(doc)
        return names[number][language]

    def distance(post: DocId) -> tuple[bool, bool, bytes]:
        own = language_of(post)
        is_related = own.partition("-")[0] == language.casefold().partition("-")[0]
        return own != language.casefold(), not is_related, segments[post[0]].path(post[1])

    found = _repeated(segments, "doc_translation_sum", distance)
    members = {text: posts for text, posts in found.members.items() if len(posts) == len(set(map(language_of, posts)))}
    is_translated = [np.zeros(len(mask), bool) for mask in found.is_copied]
    for posts in members.values():
        for number, doc in posts:
            is_translated[number][doc] = True
    return Copies(is_translated, found.text, found.rank, members)


def nearest_language(language: str, known: Sequence[str]) -> str:
    """Return which of the languages of an index is that of a reader, or nearest to it; "" where none is."""
    wanted = language.casefold()
    same = (name for name in known if name.casefold() == wanted)
    related = (name for name in known if name.casefold().partition("-")[0] == wanted.partition("-")[0])
    return next(same, next(related, ""))


def _repeated(segments: Sequence[Segment], column: str, order_of: Callable[[DocId], Any]) -> Copies:
    """Find the posts that have the same value in a column, but for 0."""
    sums = [segment.arrays[column] for segment in segments]
    alive = [segment.living() for segment in segments]
    values, counts = np.unique(
        np.concatenate([np.empty(0, np.uint64), *(own[docs] for own, docs in zip(sums, alive, strict=True))]),
        return_counts=True,
    )
    repeated = values[(counts > 1) & (values != 0)]
    is_copied = [np.isin(own, repeated) for own in sums]
    places = [
        (number, doc)
        for number, (docs, copied) in enumerate(zip(alive, is_copied, strict=True))
        for doc in docs[copied[docs]].tolist()
    ]
    places.sort(key=order_of)
    text = [np.searchsorted(repeated, own) for own in sums]
    rank = [np.zeros(len(own), np.intp) for own in sums]
    members: dict[int, list[DocId]] = {}
    for place, (number, doc) in enumerate(places):
        rank[number][doc] = place
        members.setdefault(text[number].item(doc), []).append((number, doc))
    return Copies(is_copied, text, rank, members)


def _age(segments: Sequence[Segment], post: DocId) -> tuple[int, bytes]:
    segment, doc = segments[post[0]], post[1]
    return -segment.arrays["doc_when"].item(doc), segment.path(doc)
