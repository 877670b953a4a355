"""Which posts of the index stay as they are; of tens of thousands nearly all do, so that the others are listed."""

from collections.abc import Iterable, Mapping

from ..model import Holding


class UnchangedPosts:
    """The posts of an index that stay as they are; before anything was found, none does.

    Attributes:
        vanished: Posts of the index that were not found.
    """

    def __init__(self, held: Mapping[str, Holding]) -> None:
        self.vanished = set(held)
        self._held = held
        self._changed: set[str] = set()

    def find(self, paths: Iterable[str], changed: Iterable[str]) -> None:
        """Let posts stay that were found, but for those that may have changed."""
        self.vanished.difference_update(paths)
        self._changed.update(path for path in changed if path in self._held)

    def add(self, path: str) -> None:
        """Let a post of the index stay, found or not."""
        self.vanished.discard(path)
        self._changed.discard(path)

    def discard(self, path: str) -> None:
        """Let a post not stay that was found."""
        if path in self._held:
            self._changed.add(path)

    def add_all(self) -> None:
        """Let all posts of the index stay."""
        self.vanished.clear()
        self._changed.clear()

    @property
    def others(self) -> set[str]:
        """The posts of the index that do not stay."""
        return self.vanished | self._changed

    def __contains__(self, path: str) -> bool:
        return path in self._held and path not in self._changed and path not in self.vanished

    def __len__(self) -> int:
        return len(self._held) - len(self._changed) - len(self.vanished)
