"""A run that waits for its turn, for whatever runs by itself: the watcher and the jobs of the server."""

from collections.abc import Callable
from time import monotonic, sleep

from index.engine import Engine
from index.errors import IndexLocked
from index.settings import Settings
from index.sync import Report, sync

# Seconds to wait while another process is writing; a whole build of 60,000 articles takes five minutes.
PATIENCE = 600.0
PAUSE = 0.2


def publish(engine: Engine, settings: Settings, progress: Callable[[int, int], object] | None = None) -> Report:
    """Bring the index up to what is on disk, after whoever else is writing.

    Raises:
        IndexLocked: The other one writes for very long.
        SettingsError: A content directory does not exist.
    """
    deadline = monotonic() + PATIENCE
    while True:
        try:
            return sync(engine, settings, progress=progress)
        except IndexLocked:
            if monotonic() > deadline:
                raise
        sleep(PAUSE)
