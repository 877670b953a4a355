"""A power loss at any moment of a commit leaves the generation before it or the new one, whole."""

import shutil
from pathlib import Path

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import IndexMissing
from backmatter.index.sync.sync import sync
from tests.build import apply, post
from tests.conftest import Journal, make_journal
from tests.torture import THOROUGH
from tests.torture.power import recorded, states

# Subsets of the operations that were not synced, after each operation.
SAMPLES = 4096 if THOROUGH else 6
# States after which the next commit is made, too: one of so many.
CONTINUED = 25 if THOROUGH else 1
MAX_SYNCS = 6


def texts(directory: Path) -> dict[str, str] | None:
    """Return what a newly started reader finds."""
    try:
        return {each.path: each.text for each in WhooshEngine(directory).snapshot().posts()}
    except IndexMissing:
        return None


def contents(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir()}


def restore(directory: Path, files: dict[str, bytes]) -> None:
    directory.mkdir()
    for name, data in files.items():
        (directory / name).write_bytes(data)


@pytest.mark.parametrize("commits", [0, 1, 8])
def test_a_power_loss_leaves_the_old_generation_or_the_new_one(tmp_path: Path, commits: int):
    directory = tmp_path / "index"
    directory.mkdir()
    for number in range(commits):
        apply(WhooshEngine(directory), [post(f"{number}.md", f"word {number}")])
    before, old = contents(directory), texts(directory)
    trace = recorded(directory, lambda: apply(WhooshEngine(directory), [post("new.md", "new")], ["0.md"]))
    new = texts(directory)
    assert old != new
    different = {tuple(sorted(files.items())): files for files in states(trace, before, SAMPLES, seed=commits)}
    seen = set()
    for number, files in enumerate(different.values()):
        state = tmp_path / str(number)
        restore(state, files)
        found = texts(state)
        assert found in (old, new), f"state {number}"
        seen.add(found == new)
        if number % CONTINUED == 0:
            apply(WhooshEngine(state), [post("next.md", "next")])
            assert texts(state) == {**(found or {}), "next.md": "next"}
        shutil.rmtree(state)
    assert seen == {False, True}
    assert texts(directory) == new


@pytest.mark.parametrize("commits", [1, 7, 8, 15])
def test_a_commit_of_one_post_syncs_few_times(tmp_path: Path, commits: int):
    for number in range(commits):
        apply(WhooshEngine(tmp_path), [post(f"{number}.md", f"word {number}")])
    trace = recorded(tmp_path, lambda: apply(WhooshEngine(tmp_path), [post("new.md", "new")]))
    assert 4 <= sum(operation.kind.startswith("sync") for operation in trace.operations) <= MAX_SYNCS


def test_nothing_is_lost_once_a_commit_has_returned(tmp_path: Path):
    directory = tmp_path / "index"
    directory.mkdir()
    trace = recorded(directory, lambda: apply(WhooshEngine(directory), [post("new.md", "new")]))
    *_, last = states(trace, {}, 2**12, seed=0)
    restore(tmp_path / "after", last)
    assert texts(tmp_path / "after") == {"new.md": "new"}


@pytest.mark.parametrize("harm", ["empty", "half", "gone"])
@pytest.mark.parametrize("full", [False, True])
def test_a_run_mends_an_index_whose_table_of_contents_is_lost(journal: Journal, harm: str, full: bool):
    (file,) = journal.settings.index.glob("*.toc")
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: 0 if harm == "empty" else 200])
    fresh = make_journal(journal.content.parent, {})
    assert sync(fresh.engine, fresh.settings, full=full).failed == []
    assert len(WhooshEngine(journal.settings.index).snapshot().holdings()) == 4


def test_an_older_generation_that_is_whole_is_used_and_the_broken_one_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("old.md", "old")])
    older = contents(tmp_path)
    apply(engine, [post("new.md", "new")])
    for name, data in older.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "_MAIN_2.toc").write_bytes(b"")
    reader = WhooshEngine(tmp_path)
    assert texts(tmp_path) == {"old.md": "old"}
    assert reader.snapshot() is reader.snapshot()
    assert "_MAIN_2.toc" in caplog.text
    assert apply(WhooshEngine(tmp_path), [post("third.md", "third")]) == 3
    assert texts(tmp_path) == {"old.md": "old", "third.md": "third"}


def test_a_run_without_changes_replaces_a_newest_table_of_contents_that_is_broken(journal: Journal):
    (file,) = journal.settings.index.glob("*.toc")
    broken = file.with_name("_MAIN_2.toc")
    broken.write_bytes(b"")
    fresh = make_journal(journal.content.parent, {})
    assert list(fresh.engine.inspect().damaged) == ["_MAIN_2.toc"]
    assert sync(fresh.engine, fresh.settings).generation == 3
    assert fresh.engine.inspect().damaged == {}
    assert not broken.exists()
    assert len(fresh.engine.snapshot().holdings()) == 4


def test_a_name_with_a_number_that_no_generation_has_is_not_looked_at(tmp_path: Path):
    apply(WhooshEngine(tmp_path), [post("old.md", "old")])
    stray = tmp_path / "_MAIN_99999999999.toc"
    stray.write_bytes((tmp_path / "_MAIN_1.toc").read_bytes())
    assert texts(tmp_path) == {"old.md": "old"}
    assert apply(WhooshEngine(tmp_path), [post("new.md", "new")]) == 2
    assert not stray.exists()
