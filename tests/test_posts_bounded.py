"""A post that takes too much time or memory is ended and reported; the others are read, in order.

Some short posts keep other people's parsers busy for hours, in one call that nothing in the same process interrupts.
None of them is here: a reader that computes, waits, allocates or dies at one post stands for them.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import sleep

import pytest

from backmatter.index.errors import PostError
from backmatter.index.model import Source
from backmatter.index.posts import bounded, reader
from backmatter.index.posts.bounded import READ_MEMORY, read_bounded
from backmatter.index.sync.staging import WORTH_A_PROCESS
from backmatter.index.sync.sync import sync
from backmatter.index.tools.check import check
from tests.conftest import Journal, make_journal

HARMFUL = "3.md"


def compute_in_one_call() -> None:
    sum(range(10**15))


def allocate() -> None:
    bytearray(2 * READ_MEMORY)


def allocate_piece_by_piece() -> None:
    pieces: list[bytes] = []
    while True:
        pieces.append(bytes(1_000_000))


def recurse_without_end() -> None:
    raise RecursionError


def leave_python() -> None:
    os._exit(5)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


HARMS = [
    (compute_in_one_call, "took longer than 0.5 s to read; shorten it, or keep it from being read by `exclude`"),
    (partial(sleep, 1000), "took longer than 3 s to read; shorten it, or keep it from being read by `exclude`"),
    (allocate, "needed more than 1,000 MB of memory to be read; shorten it, or keep it from being read by `exclude`"),
    (allocate_piece_by_piece, "needed more than 1,000 MB of memory to be read; shorten it, or keep it from"),
    (recurse_without_end, "is nested too deep to be read; flatten its lists, quotes or tags"),
    (leave_python, "ended the process that read it (status 5); please report it, and keep it from being read by"),
    (die, "ended the process that read it (SIGKILL); please report it, and keep it from being read by `exclude`"),
    (partial(int, "x"), "cannot be read, by a fault of the reader (ValueError: invalid literal for int()"),
]


@pytest.fixture
def do_harm_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what makes the reader do harm at some posts."""

    def prepare(harm: Callable[[], object], *paths: str) -> None:
        # So short that nobody waits, where that is what ends the post; else as they are.
        if harm is compute_in_one_call:
            monkeypatch.setattr(bounded, "READ_SECONDS", 0.5)
        elif getattr(harm, "func", None) is sleep:
            monkeypatch.setattr(bounded, "WAIT_SECONDS", 3)
        split = reader.split_front_matter

        def harmful(text: str, path: str):
            if path in paths:
                harm()
            return split(text, path)

        monkeypatch.setattr(reader, "split_front_matter", harmful)

    return prepare


def journal_of(folder: Path, number: int) -> Journal:
    return make_journal(folder, {f"{n}.md": f"# Post {n}\n\nIt has the word number{n}.\n" for n in range(number)})


@pytest.mark.parametrize(("harm", "reason"), HARMS)
def test_a_post_that_exceeds_a_limit_is_one_line_of_the_report_and_the_others_are_found(
    tmp_path: Path, do_harm_at, harm, reason
):
    do_harm_at(harm, HARMFUL)
    journal = journal_of(tmp_path, 6)
    report = sync(journal.engine, journal.settings)
    assert [failure.path for failure in report.failed] == [HARMFUL]
    assert report.failed[0].reason.startswith(reason)
    assert report.added == ["0.md", "1.md", "2.md", "4.md", "5.md"]
    assert set(journal.engine.snapshot().holdings()) == set(report.added)


@pytest.mark.parametrize(("harm", "reason"), HARMS[:3])
def test_a_single_post_is_bounded_too(tmp_path: Path, do_harm_at, harm, reason):
    journal = journal_of(tmp_path, 4)
    journal.index()
    do_harm_at(harm, HARMFUL)
    (journal.content / HARMFUL).write_text("# Post 3\n\nChanged.\n", "utf-8")
    report = sync(journal.engine, journal.settings)
    [failure] = report.failed
    assert failure.reason.startswith(f"{reason}; readers find it as it was before")
    assert HARMFUL in journal.engine.snapshot().holdings()


def test_a_post_that_was_ended_is_not_read_again_before_it_changes(tmp_path: Path, do_harm_at):
    journal = journal_of(tmp_path, 4)
    do_harm_at(compute_in_one_call, HARMFUL)
    failed = sync(journal.engine, journal.settings).failed
    do_harm_at(leave_python, HARMFUL)
    assert sync(journal.engine, journal.settings).failed == failed


def test_a_dry_run_is_bounded_too(tmp_path: Path, do_harm_at):
    do_harm_at(compute_in_one_call, HARMFUL)
    journal = journal_of(tmp_path, 6)
    report = sync(journal.engine, journal.settings, dry_run=True)
    assert ([failure.path for failure in report.failed], len(report.added)) == ([HARMFUL], 5)


def test_a_worker_of_many_loses_only_the_posts_that_exceed_a_limit(
    tmp_path: Path, do_harm_at, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    harmful = {"3.md", "4.md", "150.md"}
    do_harm_at(compute_in_one_call, *harmful)
    journal = journal_of(tmp_path, 2 * WORTH_A_PROCESS + 20)
    report = sync(journal.engine, journal.settings)
    assert {failure.path for failure in report.failed} == harmful
    assert len(report.added) == 2 * WORTH_A_PROCESS + 20 - len(harmful)


def test_check_names_the_post_and_looks_at_the_others(tmp_path: Path, do_harm_at):
    do_harm_at(compute_in_one_call, HARMFUL)
    posts, findings = check(journal_of(tmp_path, 6).settings)
    assert posts == 5
    assert [finding.path for finding in findings if finding.rule == "unreadable"] == [HARMFUL]


def test_a_new_process_is_started_only_after_a_post_that_ended_one(tmp_path: Path):
    """A function that a process runs can tell nothing but what it returns; here, which process it was."""

    def read(source: Source) -> int:
        if source.path in ("2", "3", "7"):
            die()
        return os.getpid()

    outcomes = list(read_bounded(read, [Source(tmp_path, str(n), "") for n in range(10)]))
    assert [isinstance(outcome, PostError) for outcome in outcomes] == [n in (2, 3, 7) for n in range(10)]
    processes = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(set(processes)) == 3
    assert os.getpid() not in processes


def test_whoever_stops_to_listen_ends_the_process(tmp_path: Path):
    outcomes = read_bounded(lambda _: os.getpid(), [Source(tmp_path, str(n), "") for n in range(10_000)])
    process = next(outcomes)
    assert isinstance(process, int)
    outcomes.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
