"""What keeps a journal from being searched, or soon will: each check says what it found and what to do next."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..database import check_database, database
from ..engines.base import Engine
from ..errors import BackmatterError, IndexUnavailable, describe_error
from ..files import naming
from ..insights import store
from ..posts.page_matching import WAITS
from ..query.tree import Everything
from ..semantic.model import check_model
from ..settings import Settings, without_secrets
from ..sync.sync import sync

# A rebuild stands beside what is there, and a merge beside its parts: with less room than this many times the index,
# the next run may find none.
ROOM_FACTOR = 2
# Bytes that a first index takes at the least, with what the server keeps beside it.
MIN_ROOM = 50_000_000
# Seconds that two machines' clocks may differ without anybody having set one wrong.
CLOCK_TOLERANCE = 120
# Addresses that are named; a pattern that is wrong gives one to all posts.
MAX_SHARED_ADDRESSES = 3
# Seconds to wait for a process that writes to a database.
CHECK_TIMEOUT = 5.0


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What a check says: `ok`, a `warning` of what will go wrong, or a `fault` that readers see."""

    check: str
    level: Literal["ok", "warning", "fault"]
    said: str


def examine(
    engine: Engine,
    settings: Settings,
    warnings: Sequence[str] = (),
    exposed: Sequence[str] = (),
    others: Mapping[str, "Check"] | None = None,
) -> list[Diagnosis]:
    """Run all checks; one that fails does not keep the others from being run, and nothing is changed.

    Args:
        engine: Where the index is kept.
        settings: The settings.
        warnings: What was said when the settings were read.
        exposed: A sentence for each file whose secrets others can read.
        others: Checks that other packages bring along.
    """
    checks: dict[str, Check] = {
        "settings": partial(_settings, warnings),
        "secrets": partial(_secrets, exposed),
        **CHECKS,
        **(others or {}),
    }
    found: list[Diagnosis] = []
    is_reached = True
    for name, check in checks.items():
        # A cluster that does not answer is waited for once.
        if is_reached or name not in OF_INDEX:
            try:
                found += _run(name, check, engine, settings)
            except IndexUnavailable as error:
                is_reached = False
                found.append(Diagnosis(check=name, level="fault", said=str(error)))
    return found


Said = tuple[Literal["ok", "warning", "fault"], str]
Check = Callable[[Engine, Settings], Iterator[Said]]


def _run(name: str, check: Check, engine: Engine, settings: Settings) -> list[Diagnosis]:
    try:
        said = list(check(engine, settings))
    except IndexUnavailable:
        raise
    except (BackmatterError, OSError) as error:
        said = [("fault", describe_error(error))]
    return [Diagnosis(check=name, level=level, said=text) for level, text in said]


def _settings(warnings: Sequence[str], _: Engine, settings: Settings) -> Iterator[Said]:
    """Report settings that do nothing, or not what one would expect, without others."""
    alone = {
        "feeds and the sitemap name http://host:port; set server.public_url to the address that readers use": (
            not settings.server.public_url and settings.base_url
        ),
        "opensearch.password and opensearch.token can be read on their way; use https:// in opensearch.hosts": (
            (settings.opensearch.password or settings.opensearch.token)
            and any(host.startswith("http:") for host in settings.opensearch.hosts)
        ),
        "/author is not there; set insights.token to see what readers look for": (
            settings.insights.count and not settings.insights.token
        ),
    }
    found = [*warnings, *(said for said, is_so in alone.items() if is_so)]
    yield from (("warning", said) for said in found)
    if not found:
        yield "ok", "fit together"


def _secrets(exposed: Sequence[str], _: Engine, settings: Settings) -> Iterator[Said]:
    """Report secrets that other users of the machine can read."""
    yield from (("warning", sentence) for sentence in exposed)
    if not exposed and without_secrets(settings) != settings:
        yield "ok", "no file that everybody can read has a secret of the settings"


def _semantic(engine: Engine, settings: Settings) -> Iterator[Said]:
    """Load the model of meaning, where one is asked for, and count the posts that have no vectors of it."""
    if not settings.semantic:
        return
    reason = check_model(settings)
    if reason:
        yield "warning", f"{reason}; until then, posts are found by their words alone"
    elif lacking := engine.snapshot().lacking_vectors():
        yield (
            "warning",
            f"posts without vectors of this model: {lacking}; another one made them, or they took too long; "
            "run: backmatter index --full",
        )
    else:
        yield "ok", "loaded; all posts have vectors of it"


def _index(engine: Engine, _: Settings) -> Iterator[Said]:
    held = engine.snapshot().stats()
    said = f"generation {held.generation}, {held.posts} posts, {held.bytes / 1e6:.1f} MB in {engine.location}"
    if held.posts:
        yield "ok", said
    else:
        yield "fault", f"{said}: readers find nothing; set content to where the posts are, and run: backmatter index"


def _addresses(engine: Engine, _: Settings) -> Iterator[Said]:
    """Report addresses that several posts have: a result leads to one of them, whichever it is of."""
    by_url: dict[str, list[str]] = {}
    for post in engine.snapshot().posts():
        by_url.setdefault(post.url, []).append(post.path)
    shared = {url: sorted(paths) for url, paths in by_url.items() if len(paths) > 1}
    for url, (first, second, *_more) in sorted(shared.items(), key=lambda item: -len(item[1]))[:MAX_SHARED_ADDRESSES]:
        said = f"{len(shared[url])} posts have the address {url}, such as {first} and {second}"
        yield "fault", f"{said}; write {{slug}} or {{path}} in permalink, or give them slugs of their own"
    if not shared:
        yield "ok", f"{len(by_url)} posts, each with an address of its own"


def _facets(engine: Engine, settings: Settings) -> Iterator[Said]:
    """Report keys by which readers are to narrow a search, and that no post has."""
    known = engine.snapshot().find(Everything(), limit=0).facets if settings.facets else {}
    for key in settings.facets:
        if not known.get(key):
            yield "warning", f"no post has {key!r} in its front matter; correct it in facets, or leave it out"
    if settings.facets and all(map(known.get, settings.facets)):
        yield "ok", f"posts have {', '.join(settings.facets)}"


def _counts(_: Engine, settings: Settings) -> Iterator[Said]:
    """Check the databases of counts and jobs."""
    with store.reading(settings.insights_file) as counts:
        check_database(counts)
        (searches,) = counts.execute("SELECT count(*) FROM searches").fetchone()
    yield "ok", f"{searches} searches in {settings.insights_file}"
    if settings.jobs_file.exists():
        with database(settings.jobs_file, CHECK_TIMEOUT, for_reading=True) as jobs:
            check_database(jobs)
        yield "ok", f"jobs are kept in {settings.jobs_file}"


def _clone(_: Engine, settings: Settings) -> Iterator[Said]:
    """Report a clone that no hook can bring up to date."""
    clone = settings.hooks.pull
    if clone is None:
        return
    if not shutil.which("git"):
        yield "fault", "hooks.pull: git is not installed; install it, or leave hooks.pull empty"
    elif not (clone / ".git").exists():
        yield "fault", f"hooks.pull: {clone} is no clone; run: git clone ADDRESS {clone}"
    else:
        yield "ok", f"hooks update the clone {clone}"


def _files(engine: Engine, _: Settings) -> Iterator[Said]:
    """Compare the checksums of the index's files."""
    files = engine.inspect()
    yield from (("fault", fault) for fault in files.damaged.values())
    if files.files and not files.damaged:
        yield "ok", f"{len(files.files)} files of the index are whole"


def _cluster(engine: Engine, _: Settings) -> Iterator[Said]:
    """Report the state of the cluster; the embedded engine has none."""
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
            "posts with it; start the nodes that are down, or lower opensearch.replicas",
        )
    else:
        yield "fault", f"{said}, {health.unassigned} parts are missing: searches fail; start the nodes that are down"


def _content(engine: Engine, settings: Settings) -> Iterator[Said]:
    """Compare the content with the index."""
    report = sync(engine, settings, dry_run=True)
    changed = len(report.added) + len(report.updated) + len(report.deleted)
    if changed:
        yield "warning", f"posts that differ from the index: {changed}; run: backmatter index"
    if report.failed:
        first = report.failed[0]
        yield "warning", f"posts that cannot be read: {len(report.failed)}, first {first.place}: {first.reason}"
    waiting = [each.path for each in report.held_back if each.reason.startswith(WAITS)]
    if waiting:
        yield "warning", f"posts that wait for a build: {len(waiting)}, first {waiting[0]}; build the site"
    if not changed and not report.failed:
        yield "ok", f"{report.unchanged} posts, as in the index; {len(report.held_back)} held back"


def _permissions(_: Engine, settings: Settings) -> Iterator[Said]:
    """Try to write where the index is, and beside it, where searches are counted."""
    folders = dict.fromkeys((_existing(settings.index), _existing(settings.insights_file.parent)))
    for folder in folders:
        with naming(folder):
            tempfile.TemporaryFile(dir=folder).close()
    yield "ok", f"{' and '.join(map(str, folders))} can be written"


def _room(_: Engine, settings: Settings) -> Iterator[Said]:
    folder = _existing(settings.index)
    size = sum(file.stat().st_size for file in settings.index.glob("*")) if settings.index.is_dir() else 0
    free, needed = shutil.disk_usage(folder).free, max(MIN_ROOM, ROOM_FACTOR * size)
    said = f"{free / 1e6:,.0f} MB free, {needed / 1e6:,.0f} MB wanted"
    yield ("ok", said) if free >= needed else ("warning", f"{said}; free some space before the next run")


def _clock(_: Engine, settings: Settings) -> Iterator[Said]:
    """Scheduled posts go by the clock: one behind the index's own files is wrong, or was when they were made."""
    now = time.time()
    newest = max((file.stat().st_mtime for file in settings.index.glob("*")), default=now)
    if newest > now + CLOCK_TOLERANCE:
        yield (
            "warning",
            f"the index is {newest - now:,.0f} s ahead of the clock; set the clock, scheduled posts go by it",
        )
    else:
        yield "ok", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))


def _existing(folder: Path) -> Path:
    """Return a directory, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


CHECKS: dict[str, Check] = {
    "cluster": _cluster,
    "index": _index,
    "files": _files,
    "semantic": _semantic,
    "addresses": _addresses,
    "facets": _facets,
    "counts": _counts,
    "clone": _clone,
    "content": _content,
    "permissions": _permissions,
    "room": _room,
    "clock": _clock,
}

# Those that ask the index.
OF_INDEX = frozenset(("cluster", "index", "files", "semantic", "addresses", "facets", "content"))
