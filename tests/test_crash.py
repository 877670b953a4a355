"""Several commands on one index, and one that is killed with its workers."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import IndexLocked, IndexMissing
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from tests.conftest import Journal, make_journal

BACKMATTER = str(Path(sys.executable).with_name("backmatter"))
PATIENCE = 60
OLD = {f"old{n}.md": f"# Old {n}\n\nAn early word, number {n}.\n" for n in range(12)}
NEW = {f"new{n}.md": f"# New {n}\n\nA late word, number {n}.\n" for n in range(3)}


def totals(journal: Journal) -> tuple[int, int, int]:
    snapshot = WhooshEngine(journal.settings.index).snapshot()
    return len(snapshot.holdings()), search(snapshot, analyse("early")).total, search(snapshot, analyse("late")).total


def leftovers_of_next_commit(journal: Journal) -> list[str]:
    journal.write(another="# Another\n\nOne more.\n")
    return leftovers(journal)


def leftovers(journal: Journal) -> list[str]:
    """Return the files of an index that do not belong to it."""
    names = {file.name for file in journal.settings.index.iterdir()}
    known = re.compile(
        r"MAIN_WRITELOCK|_MAIN_\d+\.toc|MAIN_\w+\.(posts|arrays)|(refused|sources|touched|pages|claims)\.msgpack"
    )
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
    """Run work as soon as nobody else is writing."""
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


def test_a_command_is_told_that_another_process_is_writing(journal: Journal):
    (journal.content / "new.md").write_text("# New\n\nA word.\n", "utf-8")
    with journal.engine.writer():
        done = subprocess.run(command(journal, "index"), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        r"backmatter: .*: another process is writing this index; wait until it has finished\n", done.stderr
    )
