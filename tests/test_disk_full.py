"""Where there is no room for another generation, a run says so, the last one is served, and the next run completes."""

import json
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from index.errors import DiskFull
from tests.conftest import Journal, make_journal
from tests.serving import BACKMATTER, PATIENCE, ask, index, options, running
from tests.test_crash import NEW, OLD, leftovers, leftovers_of_next_commit, totals
from tests.test_hook import HOOK, SECRET, deliver, ended, found, until

NO_ROOM = (
    r"backmatter: .*: there is no room to write the index \(No space left on device\); what was indexed before is "
    r"still found; free some space, then run: backmatter index\n"
)
# Larger than any file of these tests' indexes.
ENOUGH = 1 << 16


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A journal's folder on a disk of its own that holds half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False) if shutil.which("mount") else None
    if mounted is None or mounted.returncode:
        if "tmpfs" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("REQUIRE names tmpfs, and none can be mounted: run the tests as root, who may mount")
        pytest.skip("no tmpfs can be mounted here: run the tests as root, who may mount")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room on a disk; gives the file that takes it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(4096))
    return filler


def run(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [BACKMATTER, "index", *options(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def write(journal: Journal, posts: dict[str, str]) -> None:
    for path, text in posts.items():
        (journal.content / path).write_text(text, "utf-8")


def test_a_run_on_a_full_disk_says_what_to_do_and_the_next_one_completes(disk: Path):
    journal = make_journal(disk, OLD)
    index(disk)
    write(journal, NEW)
    filler = fill(disk)
    done = run(disk)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(NO_ROOM, done.stderr)
    assert totals(journal) == (12, 12, 0)
    filler.unlink()
    assert run(disk).returncode == 0
    assert totals(journal) == (15, 12, 3)
    assert leftovers(journal) == []


def test_a_first_run_on_a_full_disk_says_what_to_do(disk: Path):
    journal = make_journal(disk, NEW)
    filler = fill(disk)
    done = run(disk)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(NO_ROOM, done.stderr)
    filler.unlink()
    assert run(disk).returncode == 0
    assert totals(journal) == (3, 0, 3)


def test_readers_are_answered_while_the_disk_is_full_and_find_what_is_new_once_there_is_room(disk: Path):
    journal = make_journal(disk, OLD)
    with running(disk, BACKMATTER_HOOK_SECRET=SECRET) as (_, port):
        _, job = deliver(port, b"before")
        ended(port, job)
        write(journal, NEW)
        filler = fill(disk)
        # The jobs are on the same disk: either the hook is refused for now, or its job fails or has to wait.
        status, _ = deliver(port, b"while it is full")
        assert status in (202, 503)
        until(lambda: re.fullmatch(NO_ROOM, run(disk).stderr) is not None)
        for number in range(20):
            assert found(port, f"early+OR+unique{number}") == 12
            assert ask(port, f"/search?q=early+OR+unique{number}")[0].status == 200
            assert ask(port, "/articles/old1")[0].status == 200
        filler.unlink()
        until(lambda: deliver(port, os.urandom(8).hex().encode())[0] == 202)
        until(lambda: found(port, "late") == 3)
    assert totals(journal) == (15, 12, 3)
    assert leftovers(journal) == []


def test_a_job_on_a_full_disk_says_what_to_do(tmp_path: Path, disk: Path):
    """The jobs have room here, and what the index is moved to has none."""
    journal = make_journal(tmp_path, OLD)
    journal.settings.index.symlink_to(disk)
    with running(tmp_path, BACKMATTER_HOOK_SECRET=SECRET) as (_, port):
        write(journal, NEW)
        filler = fill(disk)
        job = ended(port, deliver(port, b"while it is full")[1])
        assert job["state"] == "failed"
        assert re.fullmatch(NO_ROOM, f"backmatter: {job['message']}\n")
        filler.unlink()
        assert json.loads(ask(port, HOOK, "POST", Authorization=f"Bearer {SECRET}")[1])["state"] == "waiting"
        until(lambda: found(port, "late") == 3)


def within(journal: Journal, most: int) -> str:
    """Index in a process that can write no file of more bytes than this; says how it went."""

    def working() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        try:
            journal.index()
        except DiskFull:
            os._exit(3)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=working)
    process.start()
    process.join(PATIENCE)
    return {0: "complete", 3: "no room"}.get(process.exitcode or 0, f"ended with {process.exitcode}")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal whose next commit adds, deletes, holds back and merges."""
    journal = make_journal(tmp_path_factory.mktemp("before"), OLD)
    for number in range(8):
        write(journal, {f"old{number}.md": f"# Old\n\nAn early word, again {number}.\n"})
        journal.index()
    write(journal, {**NEW, "secret.md": "---\ndraft: true\n---\nNot yet.\n"})
    (journal.content / "old3.md").unlink()
    return journal


def test_wherever_the_room_ends_a_run_is_as_if_it_had_not_been_or_is_complete(before: Journal, tmp_path: Path):
    outcomes = []
    for most in (*range(0, 8000, 250), ENOUGH):
        folder = tmp_path / str(most)
        shutil.copytree(before.content.parent, folder)
        journal = make_journal(folder, {})
        outcomes.append(within(journal, most))
        assert totals(journal) in {"no room": [(12, 12, 0), (14, 11, 3)], "complete": [(14, 11, 3)]}[outcomes[-1]]
        journal.index()
        assert totals(journal) == (14, 11, 3), f"after {most} bytes"
        assert leftovers_of_next_commit(journal) == []
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == {"no room", "complete"}
