"""What changed on disk since the last generation, and the commit that brings the index up to it.

The index is a function of the content: what fails or is held back is not in it, whatever stood there before.
"""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from time import perf_counter, time

from index import posts, refusals, touched
from index.engine import Engine
from index.errors import IndexDamaged, IndexMissing, IndexOutdated, PostError
from index.insights.store import record_run
from index.model import Holding, Source
from index.refusals import Refusal
from index.settings import Settings
from index.site import mirror
from index.staging import Fate, Reader, stage_all
from index.touched import Touched


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

    @property
    def place(self) -> str:
        """Where it is, as editors take it."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did, or with a dry run would have done. `generation` is the one that is current after it."""

    generation: int
    added: list[str]
    updated: list[str]
    deleted: list[str]
    unchanged: int
    held_back: list[HeldBack]
    failed: list[Failure]
    took_ms: float

    @property
    def counts(self) -> dict[str, int]:
        """How many posts met each fate."""
        return {
            "added": len(self.added),
            "updated": len(self.updated),
            "deleted": len(self.deleted),
            "unchanged": self.unchanged,
            "held back": len(self.held_back),
            "failed": len(self.failed),
        }


def sync(
    engine: Engine,
    settings: Settings,
    *,
    full: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """Bring the index up to what is on disk, in one commit; where nothing changed, nothing is written.

    An index that another version wrote is built anew, aside, as with `full`.

    Args:
        engine: Where the index is kept.
        settings: Where the content is, and how it is read.
        full: Read every post again and replace the whole index.
        dry_run: Find out what would change, and write nothing.
        progress: Called with the number of files read and of all to be read.

    Raises:
        IndexLocked: Another process is writing.
        DiskFull: There is no room; the last generation is whole.
        SettingsError: A content directory does not exist.
    """
    started = perf_counter()
    held, before, unreadable = _held(engine, full=full)
    full = full or unreadable
    generation = before
    remembered = refusals.load(settings.index), touched.load(settings.index)
    comparison = Comparison(settings, held, *remembered, full=full)
    comparison.unlisted += [] if dry_run else [Failure(each.path, None, each.reason) for each in mirror(settings)]
    todo = comparison.compare()
    numbers = count(1)

    def note(fate: Fate) -> None:
        comparison.note(fate)
        if progress:
            progress(next(numbers), len(todo))

    reader = Reader(settings, comparison.now)
    if dry_run:
        for _ in reader.read_all(todo, note):
            pass
        comparison.settle()
    elif todo or comparison.vanished or comparison.forgotten or full or not generation:
        with engine.writing(rebuild=full) as writing:
            staged = stage_all(reader, writing.stage, todo, note)
            comparison.settle()
            if comparison.changed or full or not generation:
                generation = writing.commit(staged, comparison.gone)
            refusals.save(settings.index, comparison.refused)
    if comparison.touched != comparison.known and generation and not dry_run:
        touched.save(settings.index, comparison.touched)
    report = comparison.report(generation, (perf_counter() - started) * 1000)
    if generation > before:
        _remember(report, settings)
    return report


def _remember(report: Report, settings: Settings) -> None:
    """Take down for the author what was indexed; the index is whole without that."""
    posts = (report.added, report.updated, report.deleted, report.held_back, report.failed)
    with suppress(sqlite3.Error):
        record_run(settings.insights, (int(time()), report.generation, *(len(each) for each in posts)))


def _held(engine: Engine, *, full: bool) -> tuple[Mapping[str, Holding], int, bool]:
    """Give what is held, its generation, and whether there is something that cannot be read and has to be replaced."""
    try:
        snapshot = engine.snapshot()
    except IndexMissing:
        return {}, 0, False
    except IndexDamaged as error:
        if not full and not isinstance(error, IndexOutdated):
            raise
        return {}, 0, True
    return snapshot.holdings(), snapshot.generation, False


class Comparison:
    """The content on disk against what the index holds."""

    def __init__(
        self,
        settings: Settings,
        held: Mapping[str, Holding],
        remembered: Mapping[str, Refusal],
        known: Mapping[str, Touched],
        *,
        full: bool,
    ) -> None:
        self.settings = settings
        self.held = held
        self.remembered = {} if full else remembered
        self.known = known
        self.touched: dict[str, Touched] = {}
        self.full = full
        self.now = datetime.now(UTC)
        self.stamps: dict[str, str] = {}
        self.vanished: set[str] = set(held)
        self.unchanged: dict[str, str] = {}
        self.staged: dict[str, str] = {}
        self.refused: dict[str, Refusal] = {}
        self.dropped: set[str] = set()
        self.unlisted: list[Failure] = []

    def compare(self) -> list[Source]:
        """Give the files that have to be read."""
        todo, waiting = [], []
        for source in posts.discover(self.settings):
            self.vanished.discard(source.path)
            if isinstance(source, PostError):
                self.unlisted.append(Failure(source.path, source.line, source.reason))
            elif self._unchanged(source):
                self.unchanged[source.path] = self.held[source.path].slug
            elif self._refused_before(source):
                waiting.append(source)
            else:
                todo.append(source)
        for source in waiting:
            refusal = self.remembered[source.path]
            if refusal.winner and refusal.winner not in self.unchanged:
                todo.append(source)
            else:
                self.refused[source.path] = refusal
        self.stamps = {source.path: source.stamp for source in todo}
        return todo

    def _unchanged(self, source: Source) -> bool:
        holding = self.held.get(source.path)
        if self.full or holding is None or (holding.expires and holding.expires <= self.now):
            return False
        if holding.stamp == source.stamp != "":
            return True
        if self._as_it_was(source, holding.fingerprint):
            self.touched[source.path] = Touched(source.stamp, holding.fingerprint)
            return True
        return False

    def _as_it_was(self, source: Source, fingerprint: str) -> bool:
        if source.stamp and self.known.get(source.path) == (source.stamp, fingerprint):
            return True
        try:
            return fingerprint == posts.fingerprint(source, self.settings)
        except (PostError, OSError):
            return False

    def _refused_before(self, source: Source) -> bool:
        refusal = self.remembered.get(source.path)
        return refusal is not None and source.path not in self.held and refusal.holds(source.stamp, self.now)

    def note(self, fate: Fate) -> None:
        """Take down what became of one file."""
        stamp = self.stamps[fate.path]
        if fate.failure:
            self.refused[fate.path] = Refusal(stamp, fate.failure.reason, fate.failure.line)
        elif fate.held_back:
            self.refused[fate.path] = Refusal(stamp, fate.held_back, held_back=True, until=fate.until)
        else:
            self.staged[fate.path] = fate.slug

    def settle(self) -> None:
        """Give an address to the first post by path that asks for it, and refuse the others."""
        taken = {slug: path for path, slug in self.unchanged.items()} if self.staged else {}
        for path, slug in sorted(self.staged.items()):
            winner, *losers = sorted({taken.get(slug, path), path})
            taken[slug] = winner
            for loser in losers:
                stamp = self.stamps.get(loser, "")
                reason = f"has the same address as {winner}; give one of them another slug"
                self.refused[loser] = Refusal(stamp, reason, winner=winner)
                self.dropped.add(loser)
                self.staged.pop(loser, None)
                self.unchanged.pop(loser, None)

    @property
    def forgotten(self) -> bool:
        """Whether files were refused that are not there any more; their dates must not wake anybody."""
        return bool(self.remembered.keys() - self.refused.keys() - self.stamps.keys())

    @property
    def gone(self) -> set[str]:
        """What the index holds, or was staged, and must not stay, once all is settled."""
        return (self.held.keys() - self.staged.keys() - self.unchanged.keys()) | self.dropped

    @property
    def changed(self) -> bool:
        """Whether a commit would make a difference to readers."""
        return bool(self.staged or self.gone & self.held.keys())

    def report(self, generation: int, took_ms: float) -> Report:
        """Sum up."""
        refused = sorted(self.refused.items())
        failed = [Failure(path, refusal.line, refusal.reason) for path, refusal in refused if not refusal.held_back]
        return Report(
            generation=generation,
            added=sorted(self.staged.keys() - self.held.keys()),
            updated=sorted(self.staged.keys() & self.held.keys()),
            deleted=sorted(self.gone & self.held.keys()),
            unchanged=len(self.unchanged),
            held_back=[HeldBack(path, refusal.reason) for path, refusal in refused if refusal.held_back],
            failed=sorted([*failed, *self.unlisted], key=lambda failure: (failure.path, failure.line or 0)),
            took_ms=round(took_ms, 1),
        )
