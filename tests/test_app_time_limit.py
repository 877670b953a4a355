"""Computing for a page ends in time, wherever it is, and leaves no trace in what comes after it."""

import re
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import pytest
from bs4 import BeautifulSoup

from backmatter.app.rendering.time_limit import TimeExceeded, time_limit

# The signal may come within a callback of the garbage collector, which lets nothing through, and comes again.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def spin() -> None:
    while True:
        pass


def spin_and_catch() -> None:
    while True:
        with suppress(Exception):
            spin()


def match() -> None:
    """One call of an expression that tries every pair of ends."""
    re.search("(?:a*b)*c", "a" * 100_000)


def parse() -> None:
    while True:
        BeautifulSoup("<p>a</p>" * 1_000, "lxml")


@pytest.mark.parametrize("work", [spin, spin_and_catch, match, parse])
def test_whatever_computes_too_long_is_ended(work: Callable[[], None]):
    with pytest.raises(TimeExceeded), time_limit(0.05):
        work()


def test_what_is_in_time_is_not_ended_afterwards():
    for _ in range(20):
        with time_limit(0.01):
            pass
    assert sum(range(2_000_000)) > 0


def test_another_thread_hears_no_signal_and_has_no_limit():
    done: list[int] = []

    def work() -> None:
        with time_limit(0.001):
            done.append(sum(range(500_000)))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert done
