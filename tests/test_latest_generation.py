"""Which generation is the latest: told by the directory's time where it can be, and by the names of its files."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import time_ns

import pytest
from flask.testing import FlaskClient

from backmatter.index.engines.whoosh.toc import LatestGeneration, toc_file

HOUR = 3_600_000_000_000


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """Yield what is opened or listed; a hook cannot be removed, so that it ends by adding to a list nobody has."""
    events: list[str] = []
    kept = [events]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if kept and event in ("open", "os.listdir", "os.scandir"):
            kept[0].append(f"{event} {arguments[0]!r}")

    sys.addaudithook(hook)
    yield events
    kept.clear()


def add(directory: Path, generation: int, time: int) -> None:
    """Add a file of a generation, with the time of the directory set."""
    toc_file(directory, generation).touch()
    os.utime(directory, ns=(time, time))


@pytest.mark.parametrize(
    ("listed", "changed", "expected"),
    [
        pytest.param(-HOUR, -HOUR, 3, id="a time that is long past, and the same: not listed again"),
        pytest.param(-HOUR, -HOUR + 1, 4, id="another time"),
        pytest.param(0, 0, 4, id="a time that another change now would have, too"),
        pytest.param(HOUR, HOUR, 4, id="a time to come, by a clock that is wrong"),
    ],
)
def test_a_directory_is_listed_again_unless_its_time_tells_that_nothing_changed(tmp_path, listed, changed, expected):
    now, latest = time_ns(), LatestGeneration(tmp_path)
    add(tmp_path, 3, now + listed)
    assert latest.number() == 3
    add(tmp_path, 4, now + changed)
    assert latest.number() == expected


def test_an_index_that_is_not_there_has_no_generation(tmp_path):
    assert LatestGeneration(tmp_path / "nowhere").number() == 0


@pytest.mark.parametrize("address", ["/search?q={}", "/api/v1/search?q={}", "/api/v1/suggest?q={}"])
def test_a_query_opens_and_lists_no_file(client: FlaskClient, journal, opened, address):
    hour_ago = time_ns() - HOUR
    os.utime(journal.settings.index, ns=(hour_ago, hour_ago))
    assert client.get(address.format("cache")).status_code == 200
    opened.clear()
    assert client.get(address.format("index")).status_code == 200
    assert opened == []
