"""Synchronize the index with the content: find what changed since the last generation, and commit it.

The index is a function of the content: a post that is held back is not in it, even if it was before. A post that
cannot be read, or whose source is not there, stays as it was; see `comparison`.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from time import perf_counter, time

from .. import posts
from ..engines.base import Engine, Inspection, Snapshot, Staged
from ..errors import DatabaseUnusable, IndexDamaged, IndexMissing, PostError
from ..insights.store import record_run
from ..model import Post, Source
from ..settings import Settings
from . import state
from .comparison import Comparison
from .judge import BuildJudge
from .last_run import LastRun
from .report import Failure, SyncReport
from .staging import Fate, Reader, Stage, stage_all

_log = logging.getLogger(__name__)


def sync(
    engine: Engine,
    settings: Settings,
    *,
    full: bool = False,
    force: bool = False,
    unattended: bool = False,
    dry_run: bool = False,
    listing: posts.Listing | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> SyncReport:
    """Synchronize the index with the content, in one commit; where nothing changed, nothing is written.

    An index that another version wrote, or that cannot be read, is built anew, aside, as with `full`.

    Args:
        engine: Where the index is kept.
        settings: Where the content is, and how it is read.
        full: Read every post again and replace the whole index.
        force: Remove posts even if their source loses most of them.
        unattended: Nobody who could force it watches: most posts of a source may go once it has been quiet.
        dry_run: Find out what would change, and write nothing.
        listing: What is known of the posts' folders; without it, all are listed.
        progress: Called with the number of files read and of all to be read.

    Raises:
        IndexLocked: Another process is writing.
        DiskFull: There is no room; the last generation is whole.
        SettingsError: A content directory does not exist.
    """
    started = perf_counter()
    held, full = _inspect(engine, full=full)
    unfetched = [] if dry_run else _fetch(settings)
    comparison = _comparison(settings, held, unfetched, full=full, force=force, unattended=unattended)
    rounds = _rounds(comparison, posts.discover(settings, listing), settings, progress)
    if dry_run:
        rounds.read()
        return comparison.report(held.generation, _milliseconds_since(started))
    generation = _bring_up_to_date(engine, settings, rounds, held, full=full) or held.generation
    report = comparison.report(generation, _milliseconds_since(started))
    _remember(comparison, report, settings, before=held.generation)
    return report


def _fetch(settings: Settings) -> list[PostError]:
    """Fetch the pages of running sites, with what is loaded only where there are any."""
    if not settings.fetches_pages:
        return []
    from ..posts.site.mirror import mirror

    return mirror(settings)


def _comparison(
    settings: Settings, held: Inspection, unfetched: Iterable[PostError], *, full: bool, force: bool, unattended: bool
) -> Comparison:
    """Return what compares the content with what the index holds, and knows the pages that could not be fetched."""
    judge = BuildJudge(settings) if settings.built else None
    last = LastRun.load(held.holdings, settings.index)
    comparison = Comparison(settings, last, judge, full=full, force=force, unattended=unattended)
    comparison.unlisted += [Failure(refused.path, None, refused.reason) for refused in unfetched]
    return comparison


def _rounds(
    comparison: Comparison,
    found: Iterable[Source | PostError],
    settings: Settings,
    progress: Callable[[int, int], object] | None,
) -> "Rounds":
    """Compare what was found with what the index holds, and return the rounds in which the posts to read are read."""
    todo = comparison.compare(found) or comparison.compare_pages()
    reader = Reader(settings, comparison.now, comparison.judge.site if comparison.judge else None)
    return Rounds(comparison, reader, todo, _recorder(comparison, len(todo), progress))


def _recorder(
    comparison: Comparison, files: int, progress: Callable[[int, int], object] | None
) -> Callable[[Fate], None]:
    """Return a function that records what became of a file, and tells of the progress among the first files."""
    numbers = count(1)

    def record(fate: Fate) -> None:
        comparison.record(fate)
        if progress and (number := next(numbers)) <= files:
            progress(number, files)

    return record


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds in which a run reads posts: which are read in one depends on what became of those before."""

    comparison: Comparison
    reader: Reader
    todo: list[Source]
    record: Callable[[Fate], None]

    def __iter__(self) -> Iterator[tuple[Reader, list[Source]]]:
        """Yield what has to be read, then the built pages without a source, and last what gets another address."""
        yield replace(self.reader, fingerprints=self.comparison.fingerprints), self.todo
        pages = self.comparison.compare_pages()
        if pages:
            yield replace(self.reader, fingerprints=self.comparison.fingerprints), pages
        yield self.reader, self.comparison.compare_addresses()

    def read(self) -> None:
        """Read all posts, and settle what becomes of them."""
        for reader, sources in self:
            for _ in reader.read_all(sources, self.record):
                pass
        self.comparison.settle()

    def stage(self, stage: Stage) -> list[Staged]:
        """Read and stage all posts, and settle what becomes of them."""
        staged = [part for reader, sources in self for part in stage_all(reader, stage, sources, self.record)]
        self.comparison.settle()
        return staged


def _bring_up_to_date(
    engine: Engine, settings: Settings, rounds: Rounds, held: Inspection, *, full: bool
) -> int | None:
    """Commit what changed, if anything did; return the new generation, None if there is none."""
    comparison = rounds.comparison
    if comparison.waits:
        comparison.keep_losses()
        return None
    has_changed = rounds.todo or comparison.unchanged.vanished or comparison.forgotten
    is_wanted = has_changed or held.has_to_be_merged or _has_to_be_rewritten(held, full=full)
    return _commit(engine, settings, rounds, held, full=full) if is_wanted else None


def _commit(engine: Engine, settings: Settings, rounds: Rounds, held: Inspection, *, full: bool) -> int | None:
    """Read and commit posts; return the new generation, None if the index is already as it should be."""
    comparison = rounds.comparison
    with engine.writer(rebuild=full) as writer:
        staged = rounds.stage(writer.stage)
        if held.damaged and comparison.keeps_losses:
            # A commit would leave out what is damaged, and nobody has it to read again.
            comparison.keep_all()
            return None
        if full and comparison.carried:
            staged.append(writer.stage(_stored(engine.snapshot(), comparison.carried)))
        is_wanted = comparison.changed or _has_to_be_rewritten(held, full=full)
        generation = writer.commit(staged, comparison.gone) if is_wanted else None
        state.save_refusals(settings.index, comparison.refused)
    return generation


def _has_to_be_rewritten(held: Inspection, *, full: bool) -> bool:
    """Check whether the index has to be written though no post changed."""
    return full or bool(held.damaged) or not held.generation


def _milliseconds_since(started: float) -> float:
    return (perf_counter() - started) * 1000


def _remember(comparison: Comparison, report: SyncReport, settings: Settings, *, before: int) -> None:
    """Save what later runs use and, of a new generation, the author's statistics; the index depends on neither."""
    if not report.generation:
        return
    if comparison.judge:
        comparison.judge.remember(settings.index)
    state.save_touched(settings.index, comparison.touched)
    state.save_sources(settings.index, comparison.sources)
    if report.generation > before:
        posts = (report.added, report.updated, report.deleted, report.held_back, report.failed)
        with suppress(DatabaseUnusable):
            record_run(settings.insights_file, (int(time()), report.generation, *(len(part) for part in posts)))


def _inspect(engine: Engine, *, full: bool) -> tuple[Inspection, bool]:
    """Return what the index holds, and whether all posts have to be read: if so is asked for, or it cannot be read."""
    try:
        inspection = engine.inspect()
    except IndexMissing:
        return Inspection(0, {}, {}), full
    except IndexDamaged as error:
        if not full:
            _log.warning("%s; it is built anew from all posts", error.fault)
        return Inspection(0, {}, {}), True
    for fault in inspection.damaged.values():
        _log.warning("%s; what it held is made again", fault)
    return inspection, full


def _stored(snapshot: Snapshot, paths: Collection[str]) -> Iterator[Post]:
    """Yield posts as the index has them, for a rebuild that keeps them."""
    holdings = snapshot.holdings()
    for path in sorted(paths):
        post = snapshot.post(holdings[path].slug)
        if post:
            yield post
