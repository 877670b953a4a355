"""Where there is no room for another generation, a run says so, the last one is served, and the next run completes."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

from tests.command import Done, run_command
from tests.conftest import Journal, make_journal
from tests.serving import ask, index, options, running
from tests.test_app_reindex import HOOK, SECRET, deliver, ended, found, until
from tests.test_crash import NEW, OLD, leftovers, totals

NO_ROOM = (
    r"backmatter: .*: there is no room to write the index \(No space left on device\); what was indexed before is "
    r"still found; free some space, then run: backmatter index\n"
)


def fill(disk: Path) -> Path:
    """Leave no room on a disk; gives the file that takes it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(4096))
    return filler


def run(folder: Path) -> Done:
    return run_command(folder, "index", *options(folder))


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
    with running(disk, BACKMATTER_HOOKS_SECRET=SECRET) as (_, port):
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
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET) as (_, port):
        write(journal, NEW)
        filler = fill(disk)
        job = ended(port, deliver(port, b"while it is full")[1])
        assert job["state"] == "failed"
        assert re.fullmatch(NO_ROOM, f"backmatter: {job['message']}\n")
        filler.unlink()
        assert json.loads(ask(port, HOOK, "POST", Authorization=f"Bearer {SECRET}")[1])["state"] == "waiting"
        until(lambda: found(port, "late") == 3)
