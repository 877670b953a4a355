"""Synchronize the index with the content: find what changed since the last generation, and commit it.

The index is a function of the content: a post that is held back is not in it, even if it was before. A post that
cannot be read, or whose source is not there, stays as it was; see `comparison`.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from time import perf_counter, time

from ..engines.base import Engine, Inspection, Snapshot, Staged
from ..errors import DatabaseUnusable, IndexDamaged, IndexMissing
from ..insights.store import record_run
from ..model import Post, Source
from ..posts.site.mirror import mirror
from ..settings import Settings
from . import state
from .comparison import Comparison
from .judge import BuildJudge
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
        progress: Called with the number of files read and of all to be read.

    Raises:
        IndexLocked: Another process is writing.
        DiskFull: There is no room; the last generation is whole.
        SettingsError: A content directory does not exist.
    """
    started = perf_counter()
    held, full = _inspect(engine, full=full)
    unfetched = [] if dry_run else mirror(settings)
    judge = BuildJudge(settings) if settings.built else None
    comparison = Comparison(
        settings,
        held.holdings,
        state.load_refusals(settings.index),
        state.load_touched(settings.index),
        state.load_sources(settings.index),
        judge,
        full=full,
        force=force,
        unattended=unattended,
    )
    comparison.unlisted += [Failure(refused.path, None, refused.reason) for refused in unfetched]
    todo = comparison.compare() or comparison.compare_pages()
    numbers = count(1)

    def record(fate: Fate) -> None:
        comparison.record(fate)
        if progress and (number := next(numbers)) <= len(todo):
            progress(number, len(todo))

    reader = Reader(settings, comparison.now, judge.site if judge else None)
    if dry_run:
        _read_rounds(comparison, reader, todo, record)
        return comparison.report(held.generation, _milliseconds_since(started))
    generation = held.generation
    if comparison.waits:
        comparison.keep_losses()
    elif todo or comparison.vanished or comparison.forgotten or _has_to_be_rewritten(held, full=full):
        staging = partial(_stage_rounds, comparison, reader, todo, record)
        generation = _commit(engine, settings, comparison, staging, held, full=full) or generation
    report = comparison.report(generation, _milliseconds_since(started))
    _remember(comparison, report, settings, before=held.generation)
    return report


def _read_rounds(comparison: Comparison, reader: Reader, todo: list[Source], record: Callable[[Fate], object]) -> None:
    for reading, sources in _rounds(comparison, reader, todo):
        for _ in reading.read_all(sources, record):
            pass
    comparison.settle()


def _stage_rounds(
    comparison: Comparison, reader: Reader, todo: list[Source], record: Callable[[Fate], object], stage: Stage
) -> list[Staged]:
    rounds = _rounds(comparison, reader, todo)
    return [staged for reading, sources in rounds for staged in stage_all(reading, stage, sources, record)]


def _rounds(comparison: Comparison, reader: Reader, todo: list[Source]) -> Iterator[tuple[Reader, list[Source]]]:
    """Yield what has to be read, then the built pages without a source, and last what gets another address."""
    yield replace(reader, fingerprints=comparison.fingerprints), todo
    pages = comparison.compare_pages()
    if pages:
        yield replace(reader, fingerprints=comparison.fingerprints), pages
    yield reader, comparison.compare_addresses()


def _commit(
    engine: Engine,
    settings: Settings,
    comparison: Comparison,
    staging: Callable[[Stage], list[Staged]],
    held: Inspection,
    *,
    full: bool,
) -> int | None:
    """Read and commit posts; return the new generation, None if the index is already as it should be."""
    with engine.writer(rebuild=full) as writer:
        staged = staging(writer.stage)
        comparison.settle()
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
    if comparison.touched != comparison.known:
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
