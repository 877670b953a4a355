"""When to look at the posts again: as soon as a burst of events is over, by the clock, and now and then anyway."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import watchfiles

from index.posts.discover import SKIPPED_FOLDERS
from index.settings import Settings

# Milliseconds. A burst, such as a checkout, is over when nothing happens for so long, and is not waited for longer than
# the second; the third is how often the clock is looked at.
QUIET, BURST, TICK = 200, 3_000, 1_000
# Seconds between two runs that nothing asks for: events get lost on network drives and when a kernel's queue is full.
LOOK = 60.0


def moments(settings: Settings, due: Callable[[], datetime | None]) -> Iterator[None]:
    """Yield, without end, whenever the index should be brought up to the posts; the first time at once.

    Args:
        settings: Where the posts are.
        due: Gives when the clock alone makes a difference; asked again after every run.
    """
    while True:
        asked = datetime.now(UTC)
        yield
        wanted, looked = _after(asked, due()), monotonic()
        known = _identities(settings)
        for changed in _events(settings):
            moved = _identities(settings) != known
            asked = datetime.now(UTC)
            if changed or moved or (wanted and wanted <= asked) or monotonic() - looked > LOOK:
                yield
                wanted, looked = _after(asked, due()), monotonic()
            if moved:
                break
        else:
            sleep(TICK / 1000)  # There is no directory to watch.


def _after(asked: datetime, moment: datetime | None) -> datetime | None:
    """Give a moment that a run could not know; what was due before it and still is has failed, and waits for a look."""
    return moment if moment and moment > asked else None


def _events(settings: Settings) -> Iterator[bool]:
    """Tell every second whether something happened; the first is true, for what happened before anybody listened."""
    roots = [os.path.realpath(root) for root in settings.content if root.exists()]
    if not roots:
        return
    listening = False
    for changes in watchfiles.watch(
        *roots,
        watch_filter=Matters(roots),
        debounce=BURST,
        step=QUIET,
        rust_timeout=TICK,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        yield bool(changes) or not listening
        listening = True


class Matters:
    """Tells whether a path can be a post or a folder of posts: what is hidden is not, such as editors' swap files."""

    def __init__(self, roots: list[str]) -> None:
        self._roots = roots

    def __call__(self, change: watchfiles.Change, path: str) -> bool:  # noqa: ARG002 - that is how it is called
        """Decide on one event."""
        inside = next((path[len(root) :] for root in self._roots if path.startswith(root)), path)
        return not any(part.startswith(".") or part in SKIPPED_FOLDERS for part in Path(inside).parts)


def _identities(settings: Settings) -> list[tuple[int, int] | None]:
    """Say which directories these are: a watched one can be swapped for another of the same name."""
    return [_identity(root) for root in settings.content]


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
