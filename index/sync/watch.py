"""Decide when to sync: after file events settle, at scheduled times, and once a minute as a fallback."""

import os
from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import watchfiles

from ..posts.discover import SKIPPED_FOLDERS
from ..settings import Settings

# Milliseconds. A burst, such as a checkout, is over when nothing happens for so long, and is not waited for longer than
# the second; the third is how often the clock is looked at.
QUIET, BURST, TICK = 200, 3_000, 1_000
# Seconds after which a run lists all folders: events get lost on network drives and when a kernel's queue is full.
FALLBACK_INTERVAL = 60.0


def moments(settings: Settings, due: Callable[[], datetime | None]) -> Iterator[Set[str] | None]:
    """Yield, without end, whenever the index should be brought up to the posts; the first time at once.

    What it yields are the real paths that changed since, or None where events may have been missed.

    Args:
        settings: Where the posts are.
        due: Returns when the clock alone makes a difference; called again after every run.
    """
    while True:
        asked = datetime.now(UTC)
        yield None
        wanted, listed = _after(asked, due()), monotonic()
        known = _identities(settings)
        for changed in _events(settings):
            moved = _identities(settings) != known
            asked = datetime.now(UTC)
            if moved or monotonic() - listed > FALLBACK_INTERVAL:
                changed = None
            if changed or changed is None or (wanted and wanted <= asked):
                yield changed
                wanted = _after(asked, due())
                listed = monotonic() if changed is None else listed
            if moved:
                break
        else:
            sleep(TICK / 1000)  # There is no directory to watch.


def _after(asked: datetime, moment: datetime | None) -> datetime | None:
    """Return a moment after the run, else None: what was due before and still is has failed, and waits a minute."""
    return moment if moment and moment > asked else None


def _events(settings: Settings) -> Iterator[Set[str] | None]:
    """Yield every second the paths that changed; first None, for changes before the watch began."""
    roots = [os.path.realpath(root) for root in settings.roots if root.exists()]
    if not roots:
        return
    listening = False
    for changes in watchfiles.watch(
        *roots,
        watch_filter=PostPathFilter(roots),
        debounce=BURST,
        step=QUIET,
        rust_timeout=TICK,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        yield {path for _, path in changes} if listening else None
        listening = True


class PostPathFilter:
    """Accepts paths that can be posts or folders of posts; hidden ones, such as editors' swap files, are not."""

    def __init__(self, roots: list[str]) -> None:
        self._roots = roots

    def __call__(self, change: watchfiles.Change, path: str) -> bool:  # noqa: ARG002 - that is how it is called
        """Decide on one event."""
        inside = next((path[len(root) :] for root in self._roots if path.startswith(root)), path)
        return not any(part.startswith(".") or part in SKIPPED_FOLDERS for part in Path(inside).parts)


def _identities(settings: Settings) -> list[tuple[int, int] | None]:
    """Identify the directories: a watched one can be replaced by another of the same name."""
    return [_identity(root) for root in settings.roots]


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
