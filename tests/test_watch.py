"""The real `backmatter watch`, in a process of its own, beside somebody who works on the posts."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from backmatter.index.engines import open_engine
from backmatter.index.errors import IndexMissing
from backmatter.index.sync.watch import moments
from tests.conftest import Journal, make_journal
from tests.serving import BACKMATTER, PATIENCE, options


def held(journal: Journal) -> set[str]:
    try:
        return set(open_engine(journal.settings).snapshot().holdings())
    except IndexMissing:
        return set()


def until(holds: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < deadline
        sleep(0.05)


def test_moments_tell_what_changed_once_all_was_looked_at(tmp_path: Path):
    journal = make_journal(tmp_path, {"first.md": "# First"})
    times = moments(journal.settings, lambda: None)
    assert [next(times), next(times)] == [None, None]  # before the watch, and for what changed until it began
    save(journal.content / "new.md")
    assert next(times) == {os.path.realpath(journal.content / "new.md")}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Journal]:
    """A journal of one post that is watched; there was no index."""
    journal = make_journal(tmp_path, {"first.md": "# First\n\nHere before.\n"})
    command = [BACKMATTER, "watch", *options(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            until(lambda: held(journal) == {"first.md"})
            yield journal
        finally:
            process.send_signal(signal.SIGINT)
            try:
                output, _ = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
    assert (process.returncode, "Traceback" in output) == (0, False)


def save(file: Path) -> None:
    file.write_text("# Saved\n\nA new word.\n", "utf-8")


def save_atomically(file: Path) -> None:
    """As Vim, Emacs and many others do: aside, then renamed."""
    aside = file.with_name(f".{file.name}.swp")
    save(aside)
    aside.rename(file)


def move_folder_in(file: Path) -> None:
    folder = file.parent.parent / "elsewhere"
    folder.mkdir()
    save(folder / file.name)
    folder.rename(file.parent / "folder")


def swap_directory(file: Path) -> None:
    """As a deployment does that puts a whole new directory in place."""
    content = file.parent
    fresh = content.with_name("fresh")
    fresh.mkdir()
    content.rename(content.with_name("stale"))
    fresh.rename(content)
    save(file)


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        (save, {"first.md", "new.md"}),
        (save_atomically, {"first.md", "new.md"}),
        (move_folder_in, {"first.md", "folder/new.md"}),
        (swap_directory, {"new.md"}),
        (lambda file: (file.parent / "first.md").rename(file), {"new.md"}),
    ],
    ids=["saved", "saved by renaming", "a folder moved in", "the directory swapped", "renamed"],
)
def test_what_happens_to_posts_happens_to_the_index(watched: Journal, do, expected):
    do(watched.content / "new.md")
    until(lambda: held(watched) == expected)


def test_a_deleted_post_goes(watched: Journal):
    save(watched.content / "new.md")
    until(lambda: held(watched) == {"first.md", "new.md"})
    (watched.content / "first.md").unlink()
    until(lambda: held(watched) == {"new.md"})


def test_a_burst_is_one_generation(watched: Journal):
    before = watched.engine.snapshot().generation
    for number in range(100):
        save(watched.content / f"{number}.md")
    until(lambda: len(held(watched)) == 101)
    # A machine that is busy may take a breath in the midst of it.
    assert watched.engine.snapshot().generation <= before + 2


def test_posts_come_and_go_by_the_clock(watched: Journal):
    soon = datetime.now(UTC) + timedelta(seconds=3)
    (watched.content / "comes.md").write_text(f"---\ntitle: Comes\ndate: {soon.isoformat()}\n---\nWord.\n", "utf-8")
    (watched.content / "goes.md").write_text(f"---\ntitle: Goes\nexpires: {soon.isoformat()}\n---\nWord.\n", "utf-8")
    until(lambda: held(watched) == {"first.md", "goes.md"})
    until(lambda: held(watched) == {"first.md", "comes.md"})
    assert datetime.now(UTC) >= soon


def test_a_directory_that_is_missing_for_a_while_is_watched_when_it_is_back(watched: Journal):
    away = watched.content.with_name("away")
    watched.content.rename(away)
    sleep(1.5)
    save(away / "new.md")
    away.rename(watched.content)
    until(lambda: held(watched) == {"first.md", "new.md"})
