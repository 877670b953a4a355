"""What is one search intent, and which one a click belongs to."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from backmatter.index.errors import DatabaseUnusable
from backmatter.index.insights import store
from backmatter.index.insights.events import MAX_TEXT, normalised
from tests.insights import START, clicked, counts, record, searched, typed

A, B = "/articles/a", "/articles/b"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([searched("cache"), searched("cache", 1)], [("cache", 0), ("cache", 0)]),
        ([typed("ca"), typed("cach", 1), typed("cache", 2)], [("cache", 0)]),
        ([typed("cache"), typed("ca", 1), typed("calendar", 2)], [("calendar", 0)]),
        ([typed("cache line"), typed("cache", 1)], [("cache line", 0)]),
        ([typed("cache"), typed("docker", 1)], [("cache", 0), ("docker", 0)]),
        ([typed("cache"), typed("cache line", store.TYPING_PAUSE + 1)], [("cache", 0), ("cache line", 0)]),
        ([typed("cach"), searched("cache", 1), typed("cache l", 2)], [("cache", 0), ("cache l", 0)]),
        ([typed("ca"), typed("do", 1), typed("cache", 2), typed("docker", 3)], [("cache", 0), ("docker", 0)]),
        ([searched("cache"), clicked("cache", 5)], [("cache", 1)]),
        ([searched("cache"), clicked("cache", 5), clicked("cache", 5 + store.DUPLICATE_CLICK_WINDOW)], [("cache", 1)]),
        ([searched("cache"), clicked("cache", 5), clicked("cache", 60, B)], [("cache", 2)]),
        ([searched("cache"), searched("cache", 1), clicked("cache", 5), clicked("cache", 6, B)], [("cache", 1)] * 2),
        ([clicked("cach")], [("cach", 1)]),
        ([searched("cache"), clicked("cache", store.CLICK_WINDOW + 1)], [("cache", 0), ("cache", 1)]),
    ],
)
def test_requests_that_go_on_from_each_other_are_one_intent(tmp_path, events, expected):
    for event in events:
        record(tmp_path / "counts", event)
    assert counts(tmp_path / "counts") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Cache   LINE ", "cache line"),
        ("e\u0301", "\u00e9"),
        ("\n\t", ""),
        ("x" * 500, "x" * MAX_TEXT),
    ],
)
def test_equal_searches_are_equal_texts(text, expected):
    assert normalised(text) == expected


def test_what_is_too_old_is_forgotten_with_its_clicks(tmp_path):
    record(tmp_path / "counts", searched("old"), clicked("old"), searched("new", 10))
    with store.writing(tmp_path / "counts") as connection:
        store.forget(connection, START + 10 + store.KEPT_DAYS * store.DAY)
        assert connection.execute("SELECT text FROM searches").fetchall() == [("new",)]
        assert connection.execute("SELECT count(*) FROM clicks").fetchone() == (0,)


WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from pathlib import Path
from tests.insights import record, searched
for number in range(50):
    record(Path(sys.argv[1]), searched(f"{sys.argv[2]} {number}"))
"""


def test_processes_that_count_at_once_lose_nothing(tmp_path):
    file = tmp_path / "counts"
    command = [sys.executable, "-c", WRITER, str(file)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(4)]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 4
    assert len({text for text, _ in counts(file)}) == 200


def test_processes_that_make_the_file_at_once_wait_for_each_other(in_memory):
    # SQLite refuses one of them in about one of a hundred files.
    for file in (in_memory / str(number) for number in range(300)):
        with ThreadPoolExecutor(8) as writers:
            list(writers.map(record, [file] * 8, [searched("at once")] * 8))
        assert len(counts(file)) == 8


def test_a_batch_is_counted_whole_or_not_at_all(tmp_path):
    record(tmp_path / "counts", searched("kept"))
    with pytest.raises(DatabaseUnusable):
        record(tmp_path / "counts", searched("lost"), searched(None))  # type: ignore[arg-type]
    assert counts(tmp_path / "counts") == [("kept", 0)]


def test_where_nothing_was_counted_there_is_nothing_and_no_file(tmp_path):
    assert counts(tmp_path / "counts") == []
    assert not (tmp_path / "counts").exists()
