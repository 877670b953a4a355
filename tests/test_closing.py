"""Files of older generations are closed with the last reader of them, without a garbage collection."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.search.suggest import suggest
from tests.build import apply, post


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def deleted_files_open(directory: Path) -> int:
    return sum(str(link).startswith(str(directory)) and str(link).endswith("(deleted)") for link in _links())


def _links() -> list[Path]:
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            links.append(descriptor.readlink())
        except FileNotFoundError:  # the descriptor that lists the directory
            continue
    return links


@pytest.mark.usefixtures("no_collection")
def test_no_file_of_an_older_generation_stays_open(tmp_path: Path):
    engine = WhooshEngine(tmp_path)
    for number in range(20):
        apply(WhooshEngine(tmp_path), [post(f"{number % 3}.md", f"a common word, unique{number}")])
        assert search(engine.snapshot(), analyse("common words")).total
        search(engine.snapshot(), analyse("comon wrd"))
        suggest(engine.snapshot(), analyse("comm"))
        engine.snapshot().key_terms("1", 5)
    assert deleted_files_open(tmp_path) == 0
