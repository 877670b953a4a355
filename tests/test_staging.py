"""Workers that fail take the whole run with them: a clear message, the last generation, and nothing left behind."""

import errno
import os
import signal
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backmatter.index.engines.base import Engine, Staged
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.engines.whoosh.writer import WhooshWriter
from backmatter.index.errors import BackmatterError
from backmatter.index.model import Post, Source
from backmatter.index.posts import discover
from backmatter.index.query.tree import Everything
from backmatter.index.sync.staging import WORTH_A_PROCESS, Fate, Reader, stage_all
from backmatter.index.sync.sync import sync
from tests.conftest import Journal, make_journal

POSTS = {f"{n:03}.md": f"# Post {n}\n\nIt has the word number{n}.\n" for n in range(2 * WORTH_A_PROCESS + 20)}
# In the share of one worker, after the other one has begun.
FATAL = "151.md"


def stop(_: str) -> None:
    os._exit(0)


def kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_out_of_space(path: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def say_what_is_wrong(path: str) -> None:
    raise BackmatterError(f"{path} is more than we can take")


def raise_what_cannot_be_sent(_: str) -> None:
    raise Unsendable(lambda: None)


class Unsendable(Exception):
    """An exception that cannot cross from one process into another."""


class Fragile:
    """A real engine; what stages its posts does something at one of them."""

    def __init__(self, engine: Engine, at_fatal: Callable[[str], object]) -> None:
        self.engine = engine
        self.at_fatal = at_fatal
        self.snapshot, self.inspect = engine.snapshot, engine.inspect

    def writer(self, *, rebuild: bool = False):
        return FragileWriter(self.engine.writer(rebuild=rebuild), self.at_fatal)


class FragileWriter:
    """A real commit in the making, except for what stages its posts."""

    def __init__(self, real, at_fatal: Callable[[str], object]) -> None:
        self.real = real
        self.at_fatal = at_fatal

    def __enter__(self) -> "FragileWriter":
        self.real_writer: WhooshWriter = self.real.__enter__()
        self.commit = self.real_writer.commit
        return self

    def __exit__(self, *exception) -> None:
        self.real.__exit__(*exception)

    def stage(self, posts: Iterable[Post]) -> Staged:
        return self.real_writer.stage(self.until_fatal(posts))

    def until_fatal(self, posts: Iterable[Post]) -> Iterable[Post]:
        for post in posts:
            if post.path == FATAL:
                self.at_fatal(post.path)
            yield post


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two workers, whatever the machine is: in this process, what kills a worker would end the tests."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal of one indexed post, to which many have come."""
    journal = make_journal(tmp_path, {"first.md": "# First\n\nHere before.\n"})
    journal.index()
    for path, text in POSTS.items():
        (journal.content / path).write_text(text, "utf-8")
    return journal


@pytest.mark.parametrize(
    ("at_fatal", "says"),
    [
        (stop, "ended early; nothing was written"),
        (kill, "ended early; nothing was written"),
        (raise_what_cannot_be_sent, "ended early; nothing was written"),
        (run_out_of_space, "No space left on device"),
        (say_what_is_wrong, "151.md is more than we can take"),
    ],
)
def test_a_worker_that_fails_takes_the_run_with_it(journal: Journal, at_fatal, says):
    files = {file.name for file in journal.settings.index.iterdir()}
    generation = journal.engine.snapshot().generation
    with pytest.raises((BackmatterError, OSError), match=says):
        sync(Fragile(journal.engine, at_fatal), journal.settings)
    afterwards = WhooshEngine(journal.settings.index).snapshot()
    assert afterwards.generation == generation
    assert set(afterwards.holdings()) == {"first.md"}
    assert {file.name for file in journal.settings.index.iterdir()} == files


def test_after_a_failure_the_next_run_completes(journal: Journal):
    with pytest.raises(BackmatterError):
        sync(Fragile(journal.engine, kill), journal.settings)
    journal.index()
    assert set(journal.engine.snapshot().holdings()) == {"first.md", *POSTS}


@pytest.mark.parametrize("number", [0, 1, WORTH_A_PROCESS, 2 * WORTH_A_PROCESS + 20])
def test_every_file_is_staged_once_and_reported_once(journal: Journal, number: int):
    sources = [source for source in discover(journal.settings) if isinstance(source, Source)][:number]
    fates: list[Fate] = []
    now = datetime.now(UTC)
    with journal.engine.writer(rebuild=True) as writer:
        writer.commit(stage_all(Reader(journal.settings, now), writer.stage, sources, fates.append))
    paths = sorted(source.path for source in sources)
    assert sorted(fate.path for fate in fates) == paths
    assert sorted(m.article.path for m in journal.engine.snapshot().find(Everything(), limit=1000).matches) == paths


def test_a_share_that_is_done_early_leaves_the_others_alone(tmp_path: Path):
    """One worker has all the large posts; the other one ends long before it."""
    posts = {f"{n:03}.md": f"# Post {n}\n\n" + "word " * (3 if n % 2 else 3000) for n in range(2 * WORTH_A_PROCESS)}
    journal = make_journal(tmp_path, posts)
    journal.index()
    assert len(journal.engine.snapshot().holdings()) == len(posts)
