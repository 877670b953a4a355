"""Index the posts that are held back, in an index of their own, which is the author's alone.

It is brought up to date when the author searches it, so that no other run has to know of it.
"""

from collections.abc import Mapping
from contextlib import suppress
from operator import attrgetter

from .. import posts
from ..engines.base import Engine, Snapshot
from ..errors import IndexDamaged, IndexLocked, IndexMissing, PostError
from ..model import Holding, Post, Source
from ..settings import Settings
from .state import load_refusals

# The author waits while they are read. Paths often begin with the date, so that the last are the newest.
MAX_DRAFTS = 300


def held_back_index(engine: Engine, settings: Settings) -> Snapshot | None:
    """Bring the index of posts that are held back up to what the last run held back; None if nothing is.

    Args:
        engine: Keeps that index.
        settings: Those of the readers' index.

    Raises:
        SettingsError: A content directory does not exist.
        DiskFull: There is no room.
    """
    refusals = load_refusals(settings.index)
    found = (source for source in posts.discover(settings) if isinstance(source, Source))
    wanted = [source for source in found if source.path in refusals and refusals[source.path].held_back]
    latest = sorted(wanted, key=attrgetter("path"), reverse=True)[:MAX_DRAFTS]
    held = _held(engine)
    # Another request may be bringing it up to date.
    with suppress(IndexLocked):
        _update(engine, settings, latest, held or {}, rebuild=held is None)
    return engine.snapshot() if latest else None


def _held(engine: Engine) -> Mapping[str, Holding] | None:
    """Return what the index holds; None for one that has to be made anew."""
    try:
        return engine.inspect().holdings
    except IndexMissing:
        return {}
    except IndexDamaged:
        return None


def _update(
    engine: Engine, settings: Settings, sources: list[Source], held: Mapping[str, Holding], *, rebuild: bool
) -> None:
    changed = [source for source in sources if source.path not in held or held[source.path].stamp != source.stamp]
    gone = held.keys() - set(map(attrgetter("path"), sources))
    if changed or gone or rebuild:
        with engine.writer(rebuild=rebuild) as writer:
            writer.commit([writer.stage(_read(changed, settings))], gone)


def _read(sources: list[Source], settings: Settings) -> list[Post]:
    """Read posts; one that cannot be read any more is left out until the next run says so."""
    read = []
    for source in sources:
        with suppress(PostError):
            read.append(posts.read_post(source, settings))
    return read
