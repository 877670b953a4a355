"""What cannot be read or written is named, with what to do next, by every command that meets it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from backmatter.index.errors import DatabaseUnusable
from backmatter.index.insights import exports, store
from backmatter.index.insights.quality import Judge
from backmatter.index.insights.report import report
from backmatter.index.search.curation import load_editorial
from backmatter.index.settings import Settings
from backmatter.index.sync.jobs import Jobs
from tests.conftest import POSTS, Journal, make_journal
from tests.insights import record, searched
from tests.serving import BACKMATTER, PATIENCE, options
from tests.test_cli import run

QUERIES = "- query: monotonic\n  posts: {time.md: 1}\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal with files for the commands that take some."""
    journal = make_journal(tmp_path_factory.mktemp("whole"), POSTS)
    journal.index()
    record(journal.settings.insights_file, *(searched(f"query {number}") for number in range(50)))
    with Jobs.open(journal.settings.jobs_file) as jobs:
        jobs.ask("hook")
    folder = journal.content.parent
    (folder / "q.yaml").write_text(QUERIES, "utf-8")
    (folder / "q.jsonl").write_text('{"id": "1", "text": "cache"}\n', "utf-8")
    (folder / "directory").mkdir()
    run(folder, "backup", "kept.zip")
    return journal


@pytest.fixture
def folder(whole: Journal, tmp_path: Path) -> Path:
    """A copy of the journal, to break."""
    return Path(shutil.copytree(whole.content.parent, tmp_path / "copy"))


NO_DIRECTORY = r"q\.yaml: Not a directory; name a directory, or move away the file in its place"


@pytest.mark.parametrize(
    ("arguments", "variables", "says"),
    [
        (["stats", "--config", "directory"], {}, r"directory: cannot be read \(Is a directory\); name a file"),
        (["stats", "--config", "none"], {}, r"none: cannot be read \(.*\); give --config an existing file"),
        (["search", "word"], {"SYNONYMS": "directory"}, r"directory: cannot be read \(Is a directory\); name a file"),
        (["search", "word"], {"SYNONYMS": "none"}, r"none: cannot be read \(.*\); set synonyms to an existing file"),
        *(
            (command, {"INDEX": "q.yaml"}, NO_DIRECTORY)
            for command in (
                ["index"], ["index", "--full"], ["search", "word"], ["explain", "word", "time.md"], ["stats"],
                ["verify"], ["insights"], ["evaluate", "--queries", "q.yaml"], ["backup", "new.zip"],
                ["serve", "--port", "1"], ["restore", "kept.zip", "--force"],
            )
        ),
        (["index"], {"CONTENT": "q.yaml"}, r"content = 'q.yaml': is neither a directory nor an export of Ghost; name"),
        (["check"], {"CONTENT": "none"}, r"content = 'none': no such directory; create it"),
        (["backup", "directory"], {}, "directory: Is a directory; name a file"),
        (["backup", "none/new.zip"], {}, "none/new.zip: No such file or directory; see that it is there"),
        (["restore", "directory", "--force"], {}, "directory: Is a directory; name a file"),
        (["restore", "none.zip", "--force"], {}, r"none.zip: No such file or directory; see that it is there"),
        (["restore", "kept.zip"], {}, "there is an index of generation 1 already; add --force to replace it"),
        (["evaluate", "--queries", "directory"], {}, r"directory: cannot be read \(Is a directory\); name a file"),
        (["evaluate", "--queries", "q.yaml", "--save", "directory"], {}, "directory: Is a directory; name a file"),
        (["evaluate", "--queries", "q.yaml", "--save", "/dev/full"], {}, "/dev/full: No space left on device; free"),
        (["evaluate", "--queries", "q.yaml", "--against", "directory"], {}, "directory: cannot be read .*; name"),
        (["search", "--queries", "q.jsonl", "--run", "/dev/full"], {}, "/dev/full: No space left on device; free"),
        (["search", "--queries", "q.jsonl", "--run", "directory"], {}, "directory: Is a directory; name a file"),
        (["init", "content/time.md"], {}, "content/time.md"),
    ],
)  # fmt: skip
def test_what_is_in_the_way_is_named_with_the_next_step(
    whole: Journal, arguments: list[str], variables: dict[str, str], says: str
):
    named = {f"BACKMATTER_{name}": value for name, value in variables.items()}
    done = run(whole.content.parent, *arguments, **named)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(says, done.stderr)


def test_an_output_that_is_full_is_named(whole: Journal):
    with Path("/dev/full").open("w") as full:
        command = [BACKMATTER, "stats", *options(whole.content.parent)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert done.stderr == "backmatter: the output: No space left on device; free some space, then try again\n"


def test_what_is_repaired_is_said_as_a_warning(folder: Path):
    (file,) = (folder / "index").glob("*.arrays")
    file.write_bytes(file.read_bytes()[:-100])
    done = run(folder, "index")
    assert done.returncode == 0
    assert done.stderr.startswith(f"backmatter: warning: index/{file.name}: ")
    assert done.stderr.endswith("; what it held is made again\n")
    assert run(folder, "verify").returncode == 0


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda file: file.write_bytes(b"no database" * 1000), "file is not a database; move the file away"),
        (lambda file: file.write_bytes(file.read_bytes()[:100] + b"\xff" * 4096 + file.read_bytes()[4196:]), "; move"),
        (lambda file: (file.unlink(), file.mkdir()), "is a directory; move it away"),
    ],
    ids=["foreign", "damaged", "directory"],
)
def test_counts_that_cannot_be_read_are_named_and_the_advice_works(folder: Path, damage, says: str):
    file = folder / "index-insights.sqlite"
    damage(file)
    for arguments in (["insights"], ["insights", "--ubi"], ["insights", "--csv", "top"], ["backup", "new.zip"]):
        done = run(folder, *arguments)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith(f"backmatter: {file}: ")
        assert says in done.stderr
    assert run(folder, "restore", "kept.zip", "--force").stderr.startswith(f"backmatter: {file}: ")
    assert run(folder, "index").returncode == 0
    file.rename(folder / "away")
    assert run(folder, "insights").returncode == 0
    assert run(folder, "restore", "kept.zip", "--force").returncode == 0


def test_counts_with_any_damage_are_reported_without_a_traceback(whole: Journal, in_memory: Path):
    settings = Settings(content=(whole.content,), index=in_memory / "index")
    file = settings.insights_file
    # Few queries, since each is judged again after each damage.
    record(file, *(searched(f"query {number % 4}", number * store.DAY // 2) for number in range(80)))
    data = file.read_bytes()
    judge = Judge(whole.engine.snapshot(), load_editorial(settings))
    refused = 0
    for offset in range(0, len(data), 83):
        file.write_bytes(data[:offset] + bytes([data[offset] ^ 1 << offset % 8]) + data[offset + 1 :])
        with suppress(DatabaseUnusable):
            refused += 1
            report(settings, judge, 90, held_back=(), failed=())
            exports.ubi(settings, 90)
            with store.writing(file) as counts:
                store.record(counts, [searched("new")])
            refused -= 1
        for name in ("-wal", "-shm", "-journal"):
            file.with_name(file.name + name).unlink(missing_ok=True)
    assert refused


def test_jobs_with_any_damage_are_reported_without_a_traceback(whole: Journal, in_memory: Path):
    data = whole.settings.jobs_file.read_bytes()
    refused = 0
    for offset in range(0, len(data), 41):
        file = in_memory / "jobs.sqlite"
        file.write_bytes(data[:offset] + bytes([data[offset] ^ 1 << offset % 8]) + data[offset + 1 :])
        with suppress(DatabaseUnusable):
            refused += 1
            with Jobs.open(file) as jobs:
                for job in (jobs.running(), jobs.waiting(), jobs.ask("hook")):
                    assert job is None or job.cause == "hook"
            refused -= 1
    assert refused


@pytest.fixture
def read_only(whole: Journal, disk: Path) -> Iterator[Path]:
    """A copy of the journal on a file system that is mounted for reading only."""
    shutil.copytree(whole.content.parent, disk, dirs_exist_ok=True)
    (disk / "content" / "new.md").write_text("# New\n\nA word.\n", "utf-8")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield disk
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (["index"], "index/MAIN_WRITELOCK"),
        (["index", "--full"], "index/MAIN_WRITELOCK"),
        (["restore", "kept.zip", "--force"], "index/MAIN_WRITELOCK"),
        (["evaluate", "--queries", "q.yaml", "--save", "run.json"], "run.json"),
        (["search", "--queries", "q.jsonl", "--run", "run.jsonl"], "run.jsonl"),
        (["init", ".", "--force"], "backmatter.toml"),
    ],
)
def test_a_file_system_for_reading_only_is_named(read_only: Path, arguments: list[str], place: str):
    done = run(read_only, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        rf"backmatter: \S*{place}: Read-only file system; mount it for writing, or name another place\n", done.stderr
    )


@pytest.mark.parametrize(
    "arguments", [["search", "monotonic"], ["stats"], ["verify"], ["check"], ["index", "--dry-run"]]
)
def test_what_writes_nothing_works_on_a_file_system_for_reading_only(read_only: Path, arguments: list[str]):
    assert run(read_only, *arguments).returncode in (0, 1)
