"""A backup while everything else goes on, and what comes back of it; by real commands and a real server."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from threading import Event, Thread
from time import sleep, time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from index import backup
from index.errors import InputError
from index.insights import store
from index.insights.events import Searched
from index.search import search
from index.settings import Settings
from tests.conftest import POSTS, Journal, make_journal
from tests.serving import BACKMATTER, PATIENCE, ask, options, running
from tests.test_crash import in_a_process


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [BACKMATTER, *arguments, *options(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=PATIENCE, check=False)


def count(settings: Settings, *texts: str) -> None:
    with closing(store.connect(settings.insights)) as counts:
        store.record(counts, [Searched(text=text, moment=int(time()), how="submitted") for text in texts])


def counted(settings: Settings) -> set[str]:
    with store.reading(settings.insights) as counts:
        return {str(row["text"]) for row in store.rows(counts, "searches")}


def found(journal: Journal, query: str) -> list[str]:
    return [hit.path for hit in search(journal.engine.snapshot(), query).hits]


@pytest.fixture
def kept(journal: Journal, tmp_path: Path) -> Path:
    """A backup of the journal, with a search that was counted."""
    count(journal.settings, "cache line")
    file = tmp_path / "kept.zip"
    backup.backup(journal.engine, journal.settings, file)
    return file


def test_what_was_backed_up_comes_back_where_nothing_is(journal: Journal, kept: Path, tmp_path: Path):
    other = make_journal(tmp_path / "other", {})
    (tmp_path / "other").mkdir()
    done = run(tmp_path / "other", "restore", str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("as 1002: 4 posts, 1 searches\nnext: backmatter index, for what was published since\n")
    assert sorted(other.engine.snapshot().posts(), key=lambda post: post.path) == sorted(
        journal.engine.snapshot().posts(), key=lambda post: post.path
    )
    assert counted(other.settings) == {"cache line"}


def test_after_a_restore_a_run_reads_only_what_changed_since(journal: Journal, kept: Path, tmp_path: Path):
    journal.write(new="# New\n\nA walrus.\n")
    assert run(tmp_path, "restore", str(kept), "--force").returncode == 0
    assert found(journal, "walrus") == []
    assert run(tmp_path, "index").stdout.splitlines()[1].startswith("1 added, 0 updated, 0 deleted, 4 unchanged")
    assert found(journal, "walrus") == ["new.md"]


def test_what_is_there_is_only_replaced_when_asked_for(journal: Journal, kept: Path, tmp_path: Path):
    count(journal.settings, "later")
    done = run(tmp_path, "restore", str(kept))
    said = f"backmatter: {journal.settings.index}: there is an index of generation 1 already; add --force to replace it"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said + "\n")
    assert run(tmp_path, "restore", str(kept), "--force").stdout.splitlines()[0].endswith("as 2: 4 posts, 1 searches")
    assert counted(journal.settings) == {"cache line"}


def test_nothing_is_restored_while_another_process_writes(journal: Journal, kept: Path, tmp_path: Path):
    with journal.engine.writing():
        done = run(tmp_path, "restore", str(kept), "--force")
    assert done.returncode == 2
    assert "another process is writing this index; wait until it has finished" in done.stderr


def test_a_damaged_index_is_replaced(journal: Journal, kept: Path, tmp_path: Path):
    for file in journal.settings.index.glob("*.posts"):
        file.write_bytes(b"damaged")
    assert run(tmp_path, "restore", str(kept), "--force").returncode == 0
    assert found(journal, "monotonic") == ["time.md"]


def test_a_running_server_shows_what_was_restored_and_no_answer_of_another_generation(kept: Path, tmp_path: Path):
    address = "/api/v1/search?q=walrus"
    with running(tmp_path) as (_, port):
        (tmp_path / "content" / "walrus.md").write_text("# Walrus\n\nA walrus.\n", "utf-8")
        assert run(tmp_path, "index").returncode == 0
        before, body = ask(port, address)
        assert json.loads(body)["total"] == 1
        (tmp_path / "content" / "walrus.md").unlink()
        assert run(tmp_path, "restore", str(kept), "--force").returncode == 0
        after, body = ask(port, address, **{"If-None-Match": before.headers["ETag"]})
        assert (after.status, json.loads(body)["total"]) == (200, 0)
        ask(port, "/search?q=monotonic")
        sleep(2)
        assert ask(port, "/search?q=monotonic")[0].status == 200
    assert "cache line" in counted(Settings(index=tmp_path / "index"))


def test_a_backup_under_load_is_always_one_whole_generation(journal: Journal, tmp_path: Path):
    """Each generation has one word in all of its posts; a mixture of two would have two."""
    over = Event()

    def publish() -> None:
        for number in range(10_000):
            if over.is_set():
                return
            words = {f"load{post}": f"# Post {post}\n\nGeneration g{number:05}.\n" for post in range(20)}
            journal.write(**words)
            count(journal.settings, f"search {number}")

    writer = Thread(target=publish)
    writer.start()
    try:
        for number in range(12):
            file = tmp_path / f"{number}.zip"
            done = run(tmp_path, "backup", str(file))
            assert (done.returncode, done.stderr) == (0, "")
            other = make_journal(tmp_path / f"restored{number}", {})
            backup.restore(other.engine, other.settings, file)
            texts = {post.text for post in other.engine.snapshot().posts() if post.path.startswith("load")}
            assert len(texts) <= 1
    finally:
        over.set()
        writer.join()
    assert journal.engine.snapshot().generation > 12


def test_a_backup_that_is_killed_at_any_step_leaves_the_old_file_or_a_new_one(journal: Journal, tmp_path: Path):
    file = tmp_path / "kept.zip"
    backup.backup(journal.engine, journal.settings, file)
    old, states = file.read_bytes(), set()
    journal.write(new="# New\n\nA walrus.\n")
    step, killed = 0, True
    while killed:
        file.write_bytes(old)
        killed = in_a_process(lambda: backup.backup(journal.engine, journal.settings, file), step) == -signal.SIGKILL
        other = make_journal(tmp_path / str(step), {})
        states.add(backup.restore(other.engine, other.settings, file)[0].generation)
        step += 1
    assert step > 3
    assert states == {1, 2}
    assert list(tmp_path.glob("*.part")) == []


def test_a_restore_that_is_killed_at_any_step_leaves_all_as_it_was_or_complete(tmp_path: Path, kept: Path):
    journal = make_journal(tmp_path / "before", {**POSTS, "walrus.md": "# Walrus\n\nA walrus.\n"})
    journal.index()
    count(journal.settings, "before")
    states = set()
    step, killed = 0, True
    while killed:
        copy = make_journal(Path(copytree(tmp_path / "before", tmp_path / str(step))), {})
        killed = (
            in_a_process(lambda copy=copy: backup.restore(copy.engine, copy.settings, kept, force=True), step)  # type: ignore[misc]
            == -signal.SIGKILL
        )
        states.add((tuple(found(copy, "walrus")), tuple(sorted(counted(copy.settings)))))
        backup.restore(copy.engine, copy.settings, kept, force=True)
        assert (found(copy, "walrus"), counted(copy.settings)) == ([], {"cache line"}), f"after step {step}"
        step += 1
    assert step > 8
    assert {(("walrus.md",), ("before",)), ((), ("cache line",))} <= states


def test_a_restore_of_many_posts_that_is_killed_leaves_what_was_there(tmp_path: Path):
    posts = {f"{n:04}.md": f"# Post {n}\n\n" + f"word{n} " * 200 for n in range(600)}
    many = make_journal(tmp_path / "many", posts)
    many.index()
    backup.backup(many.engine, many.settings, tmp_path / "many.zip")
    journal = make_journal(tmp_path / "few", POSTS)
    journal.index()
    for delay in (0.4, 0.6, 0.8):
        command = [BACKMATTER, "restore", str(tmp_path / "many.zip"), "--force", *options(tmp_path / "few")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        sleep(delay)
        process.kill()
        process.wait(PATIENCE)
        assert len(journal.engine.snapshot().holdings()) in (4, 600)
    assert run(tmp_path / "few", "restore", str(tmp_path / "many.zip"), "--force").returncode == 0
    assert len(journal.engine.snapshot().holdings()) == 600


def remade(kept: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Change the parts of a backup, and write it again."""
    with ZipFile(kept) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def cut(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-40])


def flipped(kept: Path) -> None:
    data = bytearray(kept.read_bytes())
    data[200] ^= 0xFF
    kept.write_bytes(data)


def put(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda kept: remade(kept, lambda parts: parts.update({name: data}))


def told(**values: object) -> Callable[[Path], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts["backmatter.json"] = json.dumps({**json.loads(parts["backmatter.json"]), **values}).encode()

    return lambda kept: remade(kept, change)


def honest(name: str, data: bytes) -> Callable[[Path], None]:
    """Give a part other content, with a manifest that fits."""

    def change(parts: dict[str, bytes]) -> None:
        kept = json.loads(parts["backmatter.json"])
        kept["parts"][name] = {"lines": data.count(b"\n"), "bytes": len(data), "sha256": sha256(data).hexdigest()}
        parts["backmatter.json"], parts[f"{name}.jsonl"] = json.dumps(kept).encode(), data

    return lambda kept: remade(kept, change)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (cut, "File is not a zip file"),
        (flipped, ""),
        (lambda kept: kept.write_bytes(b""), "File is not a zip file"),
        (lambda kept: kept.write_text("# A post", "utf-8"), "File is not a zip file"),
        (put("../../evil.md", b"x"), "'../../evil.md' does not belong into it"),
        (put("/etc/cron.d/evil", b"x"), "'/etc/cron.d/evil' does not belong into it"),
        (put("posts.jsonl/link", b"/etc/passwd"), "'posts.jsonl/link' does not belong into it"),
        (lambda kept: remade(kept, lambda parts: parts.pop("clicks.jsonl")), "parts are missing, or twice there"),
        (put("posts.jsonl", b"{}\n"), "missing required field"),
        (put("runs.jsonl", b"\n"), ""),
        (put("posts.jsonl", b"0" * 50_000_000), "posts.jsonl is not what was written"),
        (put("backmatter.json", b" " * 200_000), "truncated"),
        (told(format=2), "it is of format 2, and this version reads 1"),
        (told(generation=-5), "backmatter.json is wrong"),
        (honest("posts", b'{"path": "a.md"}\n'), "missing required field"),
        (honest("posts", b"[" * 100_000 + b"\n"), ""),
        (honest("searches", b'{"id": 1}\n'), "cannot be brought back"),
        (honest("searches", b'{"id": [1]}\n'), "Expected `int | str | null`, got `array`"),
        (honest("clicks", b'{"search": 99, "url": "/", "moment": 1}\n'), "FOREIGN KEY constraint failed"),
    ],
)
def test_what_is_no_whole_backup_is_refused_before_anything_is_touched(journal: Journal, kept: Path, harm, reason):
    harm(kept)
    folder = journal.content.parent
    before = states(folder)
    done = run(folder, "restore", str(kept), "--force")
    assert done.returncode == 2
    assert done.stderr.startswith(f"backmatter: {kept}: is no whole backup of Backmatter (")
    assert reason in done.stderr
    assert done.stderr.endswith("nothing was changed\n")
    assert states(folder) == before


def states(folder: Path) -> dict[str, int]:
    return {str(file): file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_a_post_that_is_twice_in_a_backup_is_refused(journal: Journal, kept: Path):
    with ZipFile(kept) as archive:
        line = archive.read("posts.jsonl").splitlines(keepends=True)[0]
    honest("posts", line * 2)(kept)
    with pytest.raises(InputError, match="a post is in it twice"):
        backup.restore(journal.engine, journal.settings, kept, force=True)


def test_a_directory_in_place_of_a_backup_is_refused(journal: Journal, tmp_path: Path):
    done = run(tmp_path, "restore", str(journal.content))
    assert done.returncode == 2
    assert "Is a directory" in done.stderr


def test_a_backup_that_finds_no_room_leaves_the_old_one(journal: Journal, kept: Path, tmp_path: Path):
    journal.write(large="# Large\n\n" + " ".join(os.urandom(9).hex() for _ in range(20_000)))
    old = kept.read_bytes()
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        "from index.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "backup", str(kept), *options(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, "File too large" in done.stderr) == (2, True)
    assert kept.read_bytes() == old
    assert list(tmp_path.glob("*.part")) == []
