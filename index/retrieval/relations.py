"""What posts of an index are to each other, and which of several that are the same to a reader are listed."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ..segment.arrays import Array
from .copies import Copies, DocId
from .succession import Succession


class Repeats(msgspec.Struct):
    """The copies and translations that were found, by the number of what they share, the listed one first.

    Attributes:
        languages: The posts that match the query itself, in all languages.
    """

    copies: dict[int, list[DocId]] = {}
    translations: dict[int, list[DocId]] = {}
    languages: list[Array] | None = None


class Relations(NamedTuple):
    """What posts of an index are to each other: copies, successors and, for a reader's language, translations."""

    copies: Copies
    succession: Succession
    translations: Copies | None = None

    def may_repeat(self, docs: Sequence[Array]) -> bool:
        """Check whether some posts may be the same to a reader."""
        return bool(self.translations) or self.copies.are_among(docs)

    def kept(self, docs: Sequence[Array], listed: Repeats) -> list[Array]:
        """Return masks of the posts to list; see `Copies.kept`."""
        masks = self.copies.kept(docs, listed.copies)
        if self.translations:
            listed.languages = listed.languages or [own[mask] for own, mask in zip(docs, masks, strict=True)]
            left = [own[mask] for own, mask in zip(docs, masks, strict=True)]
            for mask, again in zip(masks, self.translations.kept(left, listed.translations), strict=True):
                mask[mask] = again
        return masks
