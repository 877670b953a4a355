"""Give each post an address of its own: of posts that ask for one slug, the first has it, and others a longer one."""

from collections.abc import Collection, Iterator, Mapping, Set

from msgspec.structs import replace

from ..model import Holding, Source
from .unchanged import UnchangedPosts


class Addresses:
    """The slugs of the posts that readers will find.

    Each post of the index has one of its own, so that only posts that were read can have the slug of another.

    Args:
        held: What the index holds, by path.
        unchanged: Those of its posts that stay as they are.
        staged: The slugs of the posts that were read, by path.
    """

    def __init__(self, held: Mapping[str, Holding], unchanged: UnchangedPosts, staged: Mapping[str, str]) -> None:
        self._held, self._unchanged, self._staged = held, unchanged, staged

    def displaced(self, asked: dict[str, str], kept: Collection[str]) -> list[tuple[str, str, str]]:
        """Return each post that has to get another slug, the slug that it asks for, and the post that is to have this.

        Args:
            asked: The slugs that posts ask for and did not have in the last run, by path.
            kept: Posts that cannot be read again, and come before others.
        """
        slugs = self._having(self._new | {*asked.values()})
        slugs |= {path: self._staged.get(path) or self._held[path].slug for path in asked}
        wanted = slugs | asked
        first: dict[str, str] = {}
        for path in sorted(wanted, key=lambda path: (path not in kept, path)):
            first.setdefault(wanted[path], path)
        return [
            (path, slug, first[slug])
            for path, slug in sorted(wanted.items())
            if (slugs[path] == slug) != (first[slug] == path)
        ]

    def shared(self) -> Iterator[tuple[str, str]]:
        """Yield each post that has the slug of another one, and this one, which comes first by path."""
        new = self._new
        taken = {slug: path for path, slug in self._having(new).items() if path not in self._staged}
        for path, slug in sorted((path, slug) for path, slug in self._staged.items() if slug in new):
            winner, *losers = sorted({taken.get(slug, path), path})
            taken[slug] = winner
            for loser in losers:
                yield loser, winner

    @property
    def _new(self) -> set[str]:
        """The slugs that posts did not have before they were read."""
        held = self._held
        return {slug for path, slug in self._staged.items() if path not in held or held[path].slug != slug}

    def _having(self, slugs: Set[str]) -> dict[str, str]:
        """Return the posts that have one of some slugs, with it."""
        if not slugs:
            return {}
        held = {path: own.slug for path, own in self._held.items() if own.slug in slugs and path in self._unchanged}
        return held | {path: slug for path, slug in self._staged.items() if slug in slugs}


def with_whole_slug(source: Source) -> Source:
    """Return a post's file as one whose slug is its whole path; its stamp tells the next run."""
    start, _, mark = source.stamp.rpartition(":")
    return replace(source, is_whole=True, stamp=f"{start}:whole:{mark}")
