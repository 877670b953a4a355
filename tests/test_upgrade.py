"""An index of another version of the format: built anew aside, while whoever serves the old one goes on."""

import pytest

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Engine
from backmatter.index.errors import IndexDamaged, IndexOutdated
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.segment import arrays
from backmatter.index.sync.sync import sync
from tests.conftest import Journal
from tests.serving import ask, running


def rebuild(journal: Journal) -> None:
    sync(fresh(journal), journal.settings, full=True)


def fresh(journal: Journal) -> Engine:
    return open_engine(journal.settings)


def make_old(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the index as the version before this one would have."""
    with monkeypatch.context() as patched:
        patched.setattr(arrays, "ARRAYS_VERSION", arrays.ARRAYS_VERSION - 1)
        rebuild(journal)


@pytest.fixture
def old(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Journal:
    make_old(journal, monkeypatch)
    return journal


def test_an_old_index_is_said_to_be_one(old: Journal):
    with pytest.raises(IndexOutdated, match="another version of Backmatter wrote this index; run: backmatter index"):
        fresh(old).snapshot()


def test_the_next_run_builds_it_anew(old: Journal):
    old.index()
    assert len(fresh(old).snapshot().holdings()) == 4


def test_an_old_index_whose_source_is_empty_waits_for_the_posts(old: Journal):
    posts = {file: file.read_bytes() for file in old.content.rglob("*.md")}
    sync(fresh(old), old.settings)
    generation = fresh(old).snapshot().generation
    for file in posts:
        file.unlink()
    for file in old.settings.index.glob("*.posts"):
        file.write_bytes(b"")
    assert [failure.path for failure in sync(fresh(old), old.settings).failed] == [old.content.name]
    for file, data in posts.items():
        file.write_bytes(data)
    old.index()
    assert len(fresh(old).snapshot().holdings()) == 4
    assert fresh(old).snapshot().generation > generation


def test_whoever_has_the_old_one_open_goes_on_until_it_is_replaced(journal: Journal, monkeypatch: pytest.MonkeyPatch):
    """An old server, beside the command of the new version: here the roles are turned round."""
    serving = fresh(journal)
    before = serving.snapshot()
    make_old(journal, monkeypatch)
    assert serving.snapshot() is before
    assert search(serving.snapshot(), analyse("monotonic")).total == 1
    journal.index()
    assert serving.snapshot().generation > before.generation


def test_a_server_that_finds_an_old_index_builds_it_before_it_answers(old: Journal):
    with running(old.content.parent) as (_, port):
        assert ask(port, "/readyz")[0].status == 200
        assert '"total":1' in ask(port, "/api/v1/search?q=monotonic")[1]


def test_a_damaged_index_is_built_anew_when_that_is_asked_for(journal: Journal):
    for file in journal.settings.index.glob("*.posts"):
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(IndexDamaged, match="run: backmatter index"):
        fresh(journal).snapshot()
    rebuild(journal)
    assert len(fresh(journal).snapshot().holdings()) == 4
