"""What keeps a journal from being searched, or soon will: each check says what it found and what to do next."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from index.engine import Engine
from index.errors import BackmatterError
from index.settings import Settings
from index.sync import sync

# A rebuild stands beside what is there, and a merge beside its parts: with less room than this many times the index,
# the next run may find none.
ROOM = 2
# Bytes that a first index takes at the least, with what the server keeps beside it.
LEAST_ROOM = 50_000_000
# Seconds that two machines' clocks may differ without anybody having set one wrong.
CLOCKS = 120


class Finding(Struct, frozen=True, kw_only=True):
    """What a check says: `ok`, a `warning` of what will go wrong, or a `fault` that readers see."""

    check: str
    level: Literal["ok", "warning", "fault"]
    said: str


def examine(engine: Engine, settings: Settings) -> list[Finding]:
    """Run all checks; one that fails does not keep the others from being run, and nothing is changed."""
    return [finding for name, check in CHECKS.items() for finding in _run(name, check, engine, settings)]


Said = tuple[Literal["ok", "warning", "fault"], str]
Check = Callable[[Engine, Settings], Iterator[Said]]


def _run(name: str, check: Check, engine: Engine, settings: Settings) -> list[Finding]:
    try:
        said = list(check(engine, settings))
    except (BackmatterError, OSError) as error:
        said = [("fault", str(error))]
    return [Finding(check=name, level=level, said=text) for level, text in said]


def _settings(_: Engine, settings: Settings) -> Iterator[Said]:
    """Tell of settings that do nothing, or not what one would think, without others."""
    alone = {
        "hook_pull does nothing without hook_secret": settings.hook_pull and not settings.hook_secret,
        "feeds and the sitemap name http://host:port; set public_url to the address that readers use": (
            not settings.public_url and settings.base_url
        ),
        "opensearch_password and opensearch_token can be read on their way; use https:// in opensearch_hosts": (
            (settings.opensearch_password or settings.opensearch_token)
            and any(host.startswith("http:") for host in settings.opensearch_hosts)
        ),
        "/author is not there; set author_token to see what readers look for": (
            settings.count_searches and not settings.author_token
        ),
    }
    found = [said for said, is_so in alone.items() if is_so]
    yield from (("warning", said) for said in found)
    if not found:
        yield "ok", "fit together"


def _index(engine: Engine, _: Settings) -> Iterator[Said]:
    held = engine.snapshot().stats()
    yield "ok", f"generation {held.generation}, {held.posts} posts, {held.bytes / 1e6:.1f} MB in {engine.place}"


def _cluster(engine: Engine, _: Settings) -> Iterator[Said]:
    """Tell what is missing of the index on a cluster; on none there is nothing to tell."""
    health = engine.health()
    if health is None:
        return
    said = f"{health.status}, {health.nodes} nodes"
    if health.status == "green":
        yield "ok", said
    elif health.status == "yellow":
        yield (
            "warning",
            f"{said}, {health.unassigned} copies are missing: searches go on, but the next node that is lost may take "
            "posts with it; start the nodes that are down, or lower opensearch_replicas",
        )
    else:
        yield "fault", f"{said}, {health.unassigned} parts are missing: searches fail; start the nodes that are down"


def _content(engine: Engine, settings: Settings) -> Iterator[Said]:
    """Compare it with the index."""
    report = sync(engine, settings, dry_run=True)
    changed = len(report.added) + len(report.updated) + len(report.deleted)
    if changed:
        yield "warning", f"posts that differ from the index: {changed}; run: backmatter index"
    if report.failed:
        first = report.failed[0]
        yield "warning", f"posts that cannot be read: {len(report.failed)}, first {first.place}: {first.reason}"
    if not changed and not report.failed:
        yield "ok", f"{report.unchanged} posts, as in the index; {len(report.held_back)} held back"


def _permissions(_: Engine, settings: Settings) -> Iterator[Said]:
    """Try to write where the index is, and beside it, where searches are counted."""
    folders = dict.fromkeys((_standing(settings.index), _standing(settings.insights.parent)))
    for folder in folders:
        tempfile.TemporaryFile(dir=folder).close()
    yield "ok", f"{' and '.join(map(str, folders))} can be written"


def _room(_: Engine, settings: Settings) -> Iterator[Said]:
    folder = _standing(settings.index)
    size = sum(file.stat().st_size for file in settings.index.glob("*")) if settings.index.is_dir() else 0
    free, needed = shutil.disk_usage(folder).free, max(LEAST_ROOM, ROOM * size)
    said = f"{free / 1e6:,.0f} MB free, {needed / 1e6:,.0f} MB wanted"
    yield ("ok", said) if free >= needed else ("warning", f"{said}; free some space before the next run")


def _clock(_: Engine, settings: Settings) -> Iterator[Said]:
    """Scheduled posts go by the clock: one behind the index's own files is wrong, or was when they were made."""
    now = time.time()
    newest = max((file.stat().st_mtime for file in settings.index.glob("*")), default=now)
    if newest > now + CLOCKS:
        yield (
            "warning",
            f"the index is {newest - now:,.0f} s ahead of the clock; set the clock, scheduled posts go by it",
        )
    else:
        yield "ok", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))


def _standing(folder: Path) -> Path:
    """Give a directory, or the next one above it that is there."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


CHECKS: dict[str, Check] = {
    "settings": _settings,
    "index": _index,
    "cluster": _cluster,
    "content": _content,
    "permissions": _permissions,
    "room": _room,
    "clock": _clock,
}
