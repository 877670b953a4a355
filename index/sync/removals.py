"""Decide whether posts may go: an accident of a source must not take posts from readers.

A source without a post where it had some (a build that is running, a file system that is not mounted) loses nothing
unless the author forces it. One that would lose more than half of its posts, and two or more, loses them if the author
forces it or, where nobody watches the run, once its files have not changed for a minute.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec
import xxhash

from ..model import Source
from .report import Failure

QUIET = timedelta(minutes=1)
# Below that, the author took a post back.
FEWEST_LOST = 2


class SourceState(msgspec.Struct, frozen=True, array_like=True):
    """What a run leaves of a source for the next one.

    Attributes:
        posts: How many of its posts the index holds.
        digest: Of its files, while posts that it would lose are kept.
        since: When its files were first seen like that.
    """

    posts: int
    digest: int = 0
    since: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """When posts that are kept may go, unless its files change; None where none are kept, or not by time."""
        return self.since + QUIET if self.since else None


class SourceFiles:
    """The files of one source, as a run finds them."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._unlisted: set[str] = set()

    def add(self, sources: Iterable[Source]) -> None:
        """Add files that may be posts."""
        self._sources += sources

    def add_unlisted(self, paths: Iterable[str]) -> None:
        """Add posts below a folder that cannot be listed."""
        self._unlisted.update(paths)

    def __bool__(self) -> bool:
        return bool(self._sources or self._unlisted)

    def __len__(self) -> int:
        return len(self._sources) + len(self._unlisted)

    def among(self, paths: Set[str]) -> Set[str]:
        """Return those of some paths that are here; few runs ask for any."""
        return paths & {*(source.path for source in self._sources), *self._unlisted} if paths else set()

    @property
    def digest(self) -> int:
        """A hash of all names and stamps; few runs ask for it."""
        stamps = "".join(f"{source.path}\0{source.stamp}\0" for source in self._sources)
        return xxhash.xxh3_64_intdigest(stamps.encode())


class Loss(NamedTuple):
    """Posts that readers would lose in one source.

    Attributes:
        root: The source.
        before: How many of its posts the index holds.
        hidden: Posts that are there, and would be held back.
        vanished: How many are not there any more.
    """

    root: str
    before: int
    hidden: Collection[str]
    vanished: int

    @property
    def size(self) -> int:
        """How many posts it has."""
        return len(self.hidden) + self.vanished

    @property
    def is_large(self) -> bool:
        """Whether it needs more than one look."""
        return self.size >= FEWEST_LOST and 2 * self.size > self.before


def verdict(
    loss: Loss, files: SourceFiles, known: SourceState | None, now: datetime, *, unattended: bool
) -> tuple[Failure, SourceState] | None:
    """Decide about a loss: None if it may be, else the line of the report and what the next run has to know."""
    # A job's report is shown to whoever knows its address: no paths of this machine in it.
    name = Path(loss.root).name
    forced = "or run: backmatter index --force"
    if not files:
        reason = f"has no posts, where it had {loss.before}; nothing was removed; see that it is there, {forced}"
        return Failure(name, None, reason), SourceState(loss.before)
    if not loss.is_large:
        return None
    since = known.since if known and known.since and known.digest == files.digest else now
    if unattended and since + QUIET <= now:
        return None
    wait = f"they go once its files have not changed for {QUIET.seconds} s, {forced}" if unattended else forced[3:]
    reason = f"would lose {loss.size} of its {loss.before} posts; readers find them as before; {wait}"
    return Failure(name, None, reason), SourceState(loss.before, files.digest, since)


class SourceCensus:
    """The files of all sources as a run finds them, against what the last run left.

    Attributes:
        known: What it left, by source.
    """

    def __init__(self, roots: Iterable[str], known: Mapping[str, SourceState]) -> None:
        self.known = known
        self._files = {root: SourceFiles() for root in roots}
        self._kept: dict[str, SourceState] = {}

    def add(self, sources: Iterable[Source]) -> None:
        """Count files that may be posts, ordered by their directories."""
        for root, files in groupby(sources, attrgetter("root")):
            self._files[str(root)].add(files)

    def add_unlisted(self, root: str, paths: Iterable[str]) -> None:
        """Count posts below a folder that cannot be listed as there."""
        self._files[root].add_unlisted(paths)

    def verdicts(
        self, held: Set[str], lost: Set[str], vanished: Collection[str], now: datetime, *, unattended: bool
    ) -> Iterator[tuple[Loss, Failure]]:
        """Yield each loss that must not be, with its line of the report.

        Args:
            held: Posts that the index holds.
            lost: Those of them that readers would not find any more, but for those that go for another reason.
            vanished: Posts that are gone; which source one was in is not recorded.
            now: The moment of the run.
            unattended: Whether nobody watches the run.
        """
        for loss in list(self._losses(held, lost, vanished)):
            known = self.known.get(loss.root)
            decided = verdict(loss, self._files[loss.root], known, now, unattended=unattended)
            if decided:
                failure, self._kept[loss.root] = decided
                yield loss, failure

    def _losses(self, held: Set[str], lost: Set[str], vanished: Collection[str]) -> Iterator[Loss]:
        for root, files in self._files.items():
            known = self.known.get(root)
            # What was remembered of all sources may be lost: then an empty one may have had any post.
            any_post = len(self._files) == 1 or not (self.known or files)
            before = known.posts if known else len(held) if any_post else 0
            gone, hidden = len(vanished), files.among(lost)
            if gone and not any_post:
                gone = min(gone, max(0, before - len(files.among(held))))
            if gone or hidden or (before and not files and not held):
                yield Loss(root, before, hidden, gone)

    @property
    def is_emptied(self) -> bool:
        """Whether a source is empty that had posts."""
        empty = (root for root, files in self._files.items() if not files and root in self.known)
        return any(self.known[root].posts for root in empty)

    @property
    def keeps_losses(self) -> bool:
        """Whether posts of a source are kept that it would lose."""
        return bool(self._kept)

    def states(self, hidden: Set[str]) -> dict[str, SourceState]:
        """Return what the next run has to know of each source; `hidden` are posts that readers do not find."""
        return {
            root: self._kept.get(root) or SourceState(len(files) - len(files.among(hidden)))
            for root, files in self._files.items()
        }
