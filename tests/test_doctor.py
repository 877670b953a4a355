"""What `backmatter doctor` says of a journal that is well, and of each that is not."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

BACKMATTER = str(Path(sys.executable).with_name("backmatter"))
POST = "---\ntitle: Clocks\ndate: 2026-01-05\n---\nThe monotonic clock never jumps.\n"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of one post, indexed."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "clocks.md").write_text(POST)
    assert run(tmp_path, "index")[0] == 0
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command of a journal; give its exit status and what it says."""
    where = ("--content", str(folder / "content"), "--index", str(folder / "index"))
    done = subprocess.run([BACKMATTER, *arguments, *where], capture_output=True, text=True, cwd=folder)
    return done.returncode, done.stdout


def examined(folder: Path) -> tuple[int, dict[str, str], str]:
    """Give the exit status, the level of every check, and all that was said."""
    status, said = run(folder, "doctor", "--json")
    return status, {each["check"]: each["level"] for each in json.loads(said)}, said


def test_a_journal_that_is_well_has_no_fault(journal: Path) -> None:
    status, found, said = examined(journal)
    assert status == 0
    assert "fault" not in found.values()
    assert {found[check] for check in ("index", "content", "permissions", "room", "clock")} == {"ok"}
    assert "generation 1, 1 posts" in said


def test_where_there_is_no_index_it_says_how_to_make_one(journal: Path) -> None:
    shutil.rmtree(journal / "index")
    status, found, said = examined(journal)
    assert (status, found["index"], found["content"]) == (1, "fault", "warning")
    assert "run: backmatter index" in said


def test_an_index_that_cannot_be_read_is_a_fault_and_the_other_checks_go_on(journal: Path) -> None:
    for file in (journal / "index").glob("*.posts"):
        os.truncate(file, 10)
    status, found, said = examined(journal)
    assert (status, found["index"], found["clock"]) == (1, "fault", "ok")
    assert "backmatter index --full" in said


def test_a_post_that_is_not_indexed_yet_is_a_warning(journal: Path) -> None:
    (journal / "content" / "new.md").write_text(POST)
    status, found, said = examined(journal)
    assert (status, found["content"]) == (0, "warning")
    assert "posts that differ from the index: 1" in said


def test_a_post_that_cannot_be_read_is_named_with_its_line(journal: Path) -> None:
    (journal / "content" / "broken.md").write_text("---\ntitle: [\n---\nText.\n")
    _, found, said = examined(journal)
    assert found["content"] == "warning"
    assert "posts that cannot be read: 1, first broken.md:3: the front matter is not valid YAML" in said


def test_content_that_is_gone_is_a_fault(journal: Path) -> None:
    shutil.rmtree(journal / "content")
    status, found, _ = examined(journal)
    assert (status, found["content"], found["index"]) == (1, "fault", "ok")


def test_a_place_that_cannot_be_written_is_a_fault(journal: Path) -> None:
    shutil.rmtree(journal / "index")
    (journal / "index").write_text("a file where the directory should be")
    status, found, _ = examined(journal)
    assert (status, found["permissions"]) == (1, "fault")


def test_an_index_from_the_future_is_a_warning(journal: Path) -> None:
    later = time.time() + 3_600
    for file in (journal / "index").iterdir():
        os.utime(file, (later, later))
    status, found, said = examined(journal)
    assert (status, found["clock"]) == (0, "warning")
    assert "ahead of the clock" in said


def test_as_text_every_check_has_a_line(journal: Path) -> None:
    _, said = run(journal, "doctor")
    assert [line.split()[1] for line in said.splitlines()] == [
        "settings", "index", "content", "permissions", "room", "clock",
    ]  # fmt: skip


def test_a_password_that_can_be_read_on_its_way_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "backmatter.toml").write_text(
        'engine = "opensearch"\nopensearch_hosts = ["http://127.0.0.1:9"]\nopensearch_password = "hunter2"\n'
        "opensearch_timeout = 1\n"
    )
    _, found, said = examined(tmp_path)
    assert (found["settings"], found["cluster"]) == ("warning", "fault")
    assert "use https:// in opensearch_hosts" in said
    assert "hunter2" not in said
