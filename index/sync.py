"""What changed on disk since the last generation, and the commit that brings the index up to it.

The index is a function of the content: what fails or is held back is not in it, whatever stood there before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from time import perf_counter

from index import posts
from index.engine import Engine
from index.errors import IndexMissing, PostError
from index.model import Holding, Post, Source
from index.settings import Settings


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A post that readers must not find, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A post that could not be read, where and why."""

    path: str
    line: int | None
    reason: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run did, or with a dry run would have done. `generation` is the one that is current after it."""

    generation: int = 0
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    unchanged: int = 0
    held_back: list[HeldBack] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    took_ms: float = 0.0


def sync(
    engine: Engine,
    settings: Settings,
    *,
    full: bool = False,
    dry_run: bool = False,
    watch: Callable[[list[Source]], Iterable[Source]] = iter,
) -> Report:
    """Bring the index up to what is on disk, in one commit; where nothing changed, nothing is written.

    Args:
        engine: Where the index is kept.
        settings: Where the content is, and how it is read.
        full: Read every post again and replace the whole index.
        dry_run: Find out what would change, and write nothing.
        watch: Wraps the list of files that are about to be read; for a progress bar.

    Raises:
        IndexLocked: Another process is writing.
        SettingsError: A content directory does not exist.
    """
    started = perf_counter()
    held, generation = _held(engine)
    run = _Run(settings, {} if full else held)
    put = run.changes(watch)
    first = next(put, None)
    deleted = run.report.deleted
    rebuild = full and not dry_run
    if dry_run:
        for _ in put:
            pass
    elif first or deleted or rebuild or not generation:
        generation = engine.apply(chain([first] if first else [], put), deleted, rebuild=rebuild)
    return run.finish(held, generation, started)


def _held(engine: Engine) -> tuple[Mapping[str, Holding], int]:
    try:
        snapshot = engine.snapshot()
    except IndexMissing:
        return {}, 0
    return snapshot.holdings(), snapshot.generation


class _Run:
    """One comparison of the content with what is held."""

    def __init__(self, settings: Settings, held: Mapping[str, Holding]) -> None:
        self.settings = settings
        self.held = held
        self.now = datetime.now(UTC)
        self.report = Report()
        self.taken: dict[str, str] = {}

    def changes(self, watch: Callable[[list[Source]], Iterable[Source]]) -> Iterator[Post]:
        """Read what may have changed, and give the posts that did.

        After the last one, the report's lists are complete; what has to go is in `deleted`.
        """
        todo = list(self._todo())
        for source in watch(todo):
            post = self._read(source)
            if post is not None and self._takes_address(post):
                (self.report.updated if post.path in self.held else self.report.added).append(post.path)
                yield post

    def _todo(self) -> Iterator[Source]:
        seen = set()
        for source in posts.discover(self.settings):
            if isinstance(source, PostError):
                self._fail(source)
                continue
            seen.add(source.path)
            if self._unchanged(source):
                self.taken[self.held[source.path].slug] = source.path
                self.report.unchanged += 1
            else:
                yield source
        self.report.deleted += sorted(self.held.keys() - seen)

    def _unchanged(self, source: Source) -> bool:
        holding = self.held.get(source.path)
        if holding is None or (holding.expires and holding.expires <= self.now):
            return False
        if holding.stamp == source.stamp != "":
            return True
        try:
            return holding.fingerprint == posts.fingerprint(source, self.settings)
        except (PostError, OSError):
            return False

    def _read(self, source: Source) -> Post | None:
        try:
            post = posts.read(source, self.settings)
        except PostError as error:
            self._fail(error)
            return None
        reason = posts.held_back(post, self.now, self.settings.hold_back)
        if reason is None:
            return post
        self.report.held_back.append(HeldBack(post.path, reason))
        self._drop(post.path)
        return None

    def _takes_address(self, post: Post) -> bool:
        """Give an address to the first post by path that asks for it, and report the other."""
        other = self.taken.get(post.slug)
        if other is None or other > post.path:
            self.taken[post.slug] = post.path
        if other is None:
            return True
        if other > post.path:
            self.report.unchanged -= 1
        winner, loser = sorted((other, post.path))
        self._fail(PostError(loser, f"has the same address as {winner}; give one of them another slug"))
        return winner == post.path

    def _fail(self, error: PostError) -> None:
        self.report.failed.append(Failure(error.path, error.line, error.reason))
        self._drop(error.path)

    def _drop(self, path: str) -> None:
        if path in self.held and path not in self.report.deleted:
            self.report.deleted.append(path)

    def finish(self, held: Mapping[str, Holding], generation: int, started: float) -> Report:
        """Complete the report; a full run names what is no longer there, too."""
        report = self.report
        if not self.held and held:
            report.updated = [path for path in report.added if path in held]
            report.deleted = sorted(held.keys() - set(report.added))
            report.added = [path for path in report.added if path not in held]
        report.generation = generation
        report.took_ms = round((perf_counter() - started) * 1000, 1)
        return report
