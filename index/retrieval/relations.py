"""What posts of an index are to each other, and which of several that are the same to a reader are listed."""

from collections.abc import Sequence
from typing import NamedTuple

from ..lazy import lazy
from ..segment.arrays import Array
from .copies import Copies, DocId, Seen
from .succession import Succession


class Relations(NamedTuple):
    """What posts of an index are to each other: copies, successors and, for a reader's language, translations."""

    copies: Copies
    succession: Succession
    translations: Copies | None = None


class Repeats:
    """The posts that one search finds, and that are the same to a reader as others that it found.

    Args:
        relations: What posts of the index are to each other.

    Attributes:
        languages: The posts that match the query itself, in all languages; None where these are not told apart.
    """

    def __init__(self, relations: Relations) -> None:
        self._copies, self._translations = relations.copies, relations.translations
        self.languages: list[Array] | None = None

    @lazy
    def _seen(self) -> Seen:
        return Seen(self._copies)

    @lazy
    def _seen_translations(self) -> Seen:
        return Seen(self._translations or self._copies)

    @property
    def are_found(self) -> bool:
        """Whether any were looked for, so that listed posts have some to name."""
        return "_seen" in vars(self)

    def may_be_among(self, docs: Sequence[Array]) -> bool:
        """Check whether some posts may be the same to a reader."""
        return bool(self._translations) or self._copies.are_among(docs)

    def kept(self, docs: Sequence[Array]) -> list[Array]:
        """Return masks of the posts to list; see `Copies.kept`."""
        masks = self._copies.kept(docs, self._seen)
        if self._translations:
            left = [own[mask] for own, mask in zip(docs, masks, strict=True)]
            self.languages = self.languages or left
            for mask, again in zip(masks, self._translations.kept(left, self._seen_translations), strict=True):
                mask[mask] = again
        return masks

    def copies_of(self, post: DocId) -> list[DocId]:
        """Return the copies of a listed post that were found."""
        return self._copies.others(post, self._seen) if self._copies else []

    def translations_of(self, post: DocId) -> list[DocId]:
        """Return the translations of a post."""
        return self._translations.others(post) if self._translations else []
