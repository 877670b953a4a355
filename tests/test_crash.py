"""A writer that is killed at any moment leaves the last generation whole, and the next run completes."""

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from index.engines.whoosh.engine import WhooshEngine
from index.errors import IndexLocked, IndexMissing
from index.search import search
from tests.conftest import Journal, make_journal

BACKMATTER = str(Path(sys.executable).with_name("backmatter"))
PATIENCE = 60
OLD = {f"old{n}.md": f"# Old {n}\n\nAn early word, number {n}.\n" for n in range(12)}
NEW = {f"new{n}.md": f"# New {n}\n\nA late word, number {n}.\n" for n in range(3)}

# What changes files. Python reports each before it happens.
STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


def is_writing(event: str, arguments: Sequence[Any]) -> bool:
    return event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))


def in_a_process(work: Callable[[], object], last_step: int) -> int | None:
    """Do something in a process that is killed before one of its steps; give its exit status."""

    def working() -> None:
        left = iter(range(last_step))

        def step(event: str, arguments: tuple[object, ...]) -> None:
            if (event in STEPS or is_writing(event, arguments)) and next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(step)
        work()

    process = multiprocessing.get_context("fork").Process(target=working)
    process.start()
    process.join(PATIENCE)
    return process.exitcode


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal that came to be in so many commits that the next one merges, and has changed since."""
    journal = make_journal(tmp_path_factory.mktemp("before"), OLD)
    for number in range(8):
        (journal.content / f"old{number}.md").write_text(f"# Old\n\nAn early word, again {number}.\n", "utf-8")
        journal.index()
    for path, text in NEW.items():
        (journal.content / path).write_text(text, "utf-8")
    (journal.content / "old3.md").unlink()
    return journal


def copy_of(journal: Journal, folder: Path) -> Journal:
    shutil.copytree(journal.content.parent, folder, dirs_exist_ok=True)
    return make_journal(folder, {})


def totals(journal: Journal) -> tuple[int, int, int]:
    snapshot = WhooshEngine(journal.settings.index).snapshot()
    return len(snapshot.holdings()), search(snapshot, "early").total, search(snapshot, "late").total


def test_the_run_that_is_killed_merges(before: Journal, tmp_path: Path):
    journal = copy_of(before, tmp_path)
    segments = len(list(journal.settings.index.glob("*.posts")))
    journal.index()
    assert len(list(journal.settings.index.glob("*.posts"))) < segments


def test_a_run_that_is_killed_at_any_step_is_as_if_it_had_not_been_or_is_complete(before: Journal, tmp_path: Path):
    seen = set()
    step, killed = 0, True
    while killed:
        journal = copy_of(before, tmp_path / str(step))
        killed = in_a_process(journal.index, step) == -signal.SIGKILL
        seen.add(totals(journal))
        journal.index()
        assert totals(journal) == (14, 11, 3), f"after step {step}"
        assert leftovers_of_next_commit(journal) == []
        step += 1
    assert step > 15
    assert seen == {(12, 12, 0), (14, 11, 3)}


def test_a_first_run_that_is_killed_at_any_step_leaves_no_index_or_a_complete_one(tmp_path: Path):
    step, killed, missing = 0, True, 0
    while killed:
        journal = make_journal(tmp_path / str(step), NEW)
        killed = in_a_process(journal.index, step) == -signal.SIGKILL
        try:
            assert totals(journal) == (3, 0, 3)
        except IndexMissing:
            missing += 1
        journal.index()
        assert totals(journal) == (3, 0, 3), f"after step {step}"
        assert leftovers_of_next_commit(journal) == []
        step += 1
    assert missing > 10


def leftovers_of_next_commit(journal: Journal) -> list[str]:
    journal.write(another="# Another\n\nOne more.\n")
    return leftovers(journal)


def leftovers(journal: Journal) -> list[str]:
    """Give the files of an index that belong to nothing."""
    names = {file.name for file in journal.settings.index.iterdir()}
    known = re.compile(r"MAIN_WRITELOCK|_MAIN_\d+\.toc|MAIN_\w+\.(posts|arrays)|refused\.msgpack")
    segments = {name.partition(".")[0] for name in names if name.endswith(".posts")}
    return sorted(
        name
        for name in names
        if not known.fullmatch(name) or (name.endswith(".arrays") and name.partition(".")[0] not in segments)
    )


def command(journal: Journal, *arguments: str) -> list[str]:
    return [
        BACKMATTER,
        *arguments,
        "--content",
        str(journal.content),
        "--index",
        str(journal.settings.index),
    ]


def test_a_command_that_is_killed_with_its_workers_running_blocks_nobody(tmp_path: Path):
    """Its workers hold the index's lock with it; they end by themselves as soon as they have something to say."""
    posts = {f"{n:04}.md": f"# Post {n}\n\n" + f"word {n} " * 50 for n in range(1600)}
    journal = make_journal(tmp_path, posts)
    journal.settings.index.mkdir()
    with subprocess.Popen(command(journal, "index")) as process:
        while not list(journal.settings.index.glob("*.posts")):
            assert process.poll() is None
        process.kill()
    with pytest.raises(IndexMissing):
        WhooshEngine(journal.settings.index).snapshot()
    until_unlocked(journal.index)
    assert len(journal.engine.snapshot().holdings()) == len(posts)
    assert leftovers(journal) == []


def until_unlocked(work: Callable[[], object]) -> None:
    """Do something as soon as nobody else is writing."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            work()
        except IndexLocked:
            assert monotonic() < deadline
            sleep(0.05)
        else:
            return


def test_of_two_commands_at_once_one_writes_and_the_other_one_says_so(tmp_path: Path):
    journal = make_journal(tmp_path, OLD)
    runs = [subprocess.Popen(command(journal, "index"), stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ended = {(run.communicate(timeout=PATIENCE)[1], run.returncode) for run in runs}
    locked = (
        f"backmatter: {journal.settings.index}: another process is writing this index; wait until it has finished\n"
    )
    assert {("", 0)} <= ended <= {("", 0), (locked, 2)}
    assert totals(journal) == (12, 12, 0)


def test_a_command_is_told_that_another_process_is_writing(before: Journal):
    with before.engine.writing():
        done = subprocess.run(command(before, "index"), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        r"backmatter: .*: another process is writing this index; wait until it has finished\n", done.stderr
    )
