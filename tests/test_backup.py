"""A backup while everything else goes on, and what comes back of it; by real commands and a real server."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from time import sleep, time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from msgspec import structs

from backmatter.index.engines import open_engine
from backmatter.index.errors import IndexDamaged, IndexMissing, InputError
from backmatter.index.insights import store
from backmatter.index.insights.events import Searched
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from backmatter.index.tools import backup
from tests.command import Done, run_command
from tests.conftest import POSTS, Journal, make_journal
from tests.meaning import write_model
from tests.serving import BACKMATTER, PATIENCE, ask, options, running


def run(folder: Path, *arguments: str) -> Done:
    return run_command(folder, *arguments, *options(folder))


def count(settings: Settings, *texts: str) -> None:
    with store.writing(settings.insights_file) as counts:
        store.record(counts, [Searched(text=text, moment=int(time()), how="submitted") for text in texts])


def counted(settings: Settings) -> set[str]:
    with store.reading(settings.insights_file) as counts:
        return {str(row["text"]) for row in store.stored_rows(counts, "searches")}


def found(journal: Journal, query: str) -> list[str]:
    return [hit.path for hit in search(journal.engine.snapshot(), analyse(query)).hits]


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


def test_what_must_not_be_shown_any_more_does_not_come_back(tmp_path: Path):
    posts = {"old.md": "---\ntitle: Old\nexpires: 2020-01-01\n---\nA walrus.\n", "new.md": "# New\n\nA walrus.\n"}
    journal = make_journal(tmp_path, posts)
    shown = replace(journal, settings=structs.replace(journal.settings, hold_back=frozenset()))
    shown.index()
    assert found(shown, "walrus") == ["new.md", "old.md"]
    backup.backup(shown.engine, shown.settings, tmp_path / "kept.zip")
    backup.restore(journal.engine, journal.settings, tmp_path / "kept.zip", force=True)
    assert found(journal, "walrus") == ["new.md"]


def test_what_is_there_is_only_replaced_when_asked_for(journal: Journal, kept: Path, tmp_path: Path):
    count(journal.settings, "later")
    done = run(tmp_path, "restore", str(kept))
    said = f"backmatter: {journal.settings.index}: there is an index of generation 1 already; add --force to replace it"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said + "\n")
    assert run(tmp_path, "restore", str(kept), "--force").stdout.splitlines()[0].endswith("as 2: 4 posts, 1 searches")
    assert counted(journal.settings) == {"cache line"}


def test_nothing_is_restored_while_another_process_writes(journal: Journal, kept: Path, tmp_path: Path):
    with journal.engine.writer():
        done = run(tmp_path, "restore", str(kept), "--force")
    assert done.returncode == 2
    assert "another process is writing this index; wait until it has finished" in done.stderr


HARMS: list[Callable[[Path], object]] = [
    lambda file: file.write_bytes(b"damaged"),
    lambda file: file.write_bytes(b""),
    lambda file: file.write_bytes(file.read_bytes()[:-100]),
    lambda file: file.write_bytes(file.read_bytes()[:-200] + bytes(200)),
    lambda file: file.unlink(),
]


@pytest.mark.parametrize("suffix", ["posts", "arrays", "toc"])
@pytest.mark.parametrize("harm", HARMS, ids=["foreign", "empty", "cut", "zeros", "gone"])
def test_a_damaged_index_is_replaced(journal: Journal, kept: Path, harm: Callable[[Path], object], suffix: str):
    for file in journal.settings.index.glob(f"*.{suffix}"):
        harm(file)
    fresh = make_journal(journal.content.parent, {})
    backup.restore(fresh.engine, fresh.settings, kept, force=True)
    fresh = make_journal(journal.content.parent, {})
    assert found(fresh, "monotonic") == ["time.md"]
    assert not fresh.engine.inspect().damaged


@pytest.mark.parametrize("suffix", ["posts", "toc"])
@pytest.mark.parametrize("harm", HARMS, ids=["foreign", "empty", "cut", "zeros", "gone"])
def test_of_a_damaged_index_no_backup_is_written_and_what_is_damaged_is_named(
    journal: Journal, kept: Path, harm: Callable[[Path], object], suffix: str
):
    (file,) = journal.settings.index.glob(f"*.{suffix}")
    harm(file)
    old = kept.read_bytes()
    fresh = make_journal(journal.content.parent, {})
    with pytest.raises((IndexDamaged, IndexMissing)) as raised:
        backup.backup(fresh.engine, fresh.settings, kept)
    assert (file.name if file.exists() or suffix == "posts" else "there is no index yet") in str(raised.value)
    assert kept.read_bytes() == old
    assert list(kept.parent.glob("*.part")) == []


def test_every_byte_of_the_posts_is_checked_by_a_backup(journal: Journal, kept: Path):
    (file,) = journal.settings.index.glob("*.posts")
    whole, expected = file.read_bytes(), kept_posts(kept)
    refused = 0
    for offset in range(0, len(whole), 13):
        file.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1 << offset % 8]) + whole[offset + 1 :])
        fresh = make_journal(journal.content.parent, {})
        try:
            backup.backup(fresh.engine, fresh.settings, kept)
        except IndexDamaged:
            refused += 1
        assert kept_posts(kept) == expected
    assert refused


def kept_posts(kept: Path) -> bytes:
    with ZipFile(kept) as archive:
        return archive.read("posts.jsonl")


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
        kept = 0
        while kept < 12 or journal.engine.snapshot().generation <= 12:
            file = tmp_path / f"{kept}.zip"
            done = run(tmp_path, "backup", str(file))
            assert (done.returncode, done.stderr) == (0, "")
            other = make_journal(tmp_path / f"restored{kept}", {})
            backup.restore(other.engine, other.settings, file)
            texts = {post.text for post in other.engine.snapshot().posts() if post.path.startswith("load")}
            assert len(texts) <= 1
            kept += 1
    finally:
        over.set()
        writer.join()


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


RUN = dict.fromkeys(("moment", "generation", "added", "updated", "deleted", "held_back", "failed"), 1)


def post(**values: object) -> Callable[[Path], None]:
    """Change fields of the first post, with a manifest that fits."""

    def change(kept: Path) -> None:
        with ZipFile(kept) as archive:
            lines = archive.read("posts.jsonl").splitlines(keepends=True)
        line = next(line for line in lines if b'"time.md"' in line)
        honest("posts", json.dumps({**json.loads(line), **values}).encode() + b"\n")(kept)

    return change


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (cut, "File is not a zip file"),
        (flipped, ""),
        (lambda kept: kept.write_bytes(b""), "File is not a zip file"),
        (lambda kept: kept.write_text("# A post", "utf-8"), "File is not a zip file"),
        (put("../../evil.md", b"x"), "'../../evil.md' does not belong in it"),
        (put("/etc/cron.d/evil", b"x"), "'/etc/cron.d/evil' does not belong in it"),
        (put("posts.jsonl/link", b"/etc/passwd"), "'posts.jsonl/link' does not belong in it"),
        (lambda kept: remade(kept, lambda parts: parts.pop("clicks.jsonl")), "parts are missing, or twice there"),
        (put("posts.jsonl", b"{}\n"), "missing required field"),
        (put("runs.jsonl", b"\n"), ""),
        (put("posts.jsonl", b"0" * 50_000_000), "posts.jsonl is not what was written"),
        (put("backmatter.json", b" " * 200_000), "truncated"),
        (told(format=2), "it is of format 2, and this version reads 1"),
        (told(generation=-5), "backmatter.json: there is no generation -5"),
        (told(generation=2**31 - 2), "backmatter.json: there is no generation 2147483646"),
        (told(generation=2**80), "backmatter.json: there is no generation"),
        (told(parts={}), "backmatter.json names other parts"),
        (honest("posts", b'{"path": "a.md"}\n'), "missing required field"),
        (honest("posts", b"[" * 100_000 + b"\n"), ""),
        (post(date="2026-01-05T00:00:00"), "posts.jsonl:1: time.md: date has no zone"),
        (post(updated="2026-01-05"), "posts.jsonl:1: Invalid"),
        (post(expires="9999-12-31T23:00:00-10:00"), "time.md: expires is out of range"),
        (post(colour="red"), "time.md: has the unknown field 'colour'"),
        (post(boost=1e300), "time.md: boost is out of range"),
        (post(text=7), "posts.jsonl:1: Expected `str`, got `int` - at `$.text`"),
        (post(path="../time.md"), "'../time.md' is not the path of a post"),
        (post(code=[[0, 10**30, "go"]]), "posts.jsonl:1: "),
        (post(code=[[0, 10**9, "go"]]), "time.md: a block of code is not in its text"),
        (post(sections=[["", 0, "", 0, 10**9]]), "time.md: its sections are not those of its text"),
        (post(sections=[["", 0, "", 5, 9]]), "time.md: its sections do not follow each other"),
        (honest("searches", b'{"id": 1}\n'), "searches.jsonl:1: Object missing required field"),
        (honest("searches", b'{"id": [1]}\n'), "searches.jsonl:1: Expected `int`, got `array`"),
        (honest("runs", json.dumps({**RUN, "moment": 10**18}).encode() + b"\n"), "runs.jsonl:1: Expected `int` <="),
        (honest("runs", json.dumps({**RUN, "added": 2**80}).encode() + b"\n"), "runs.jsonl:1: "),
        (honest("runs", json.dumps({**RUN, "colour": 1}).encode() + b"\n"), "unknown field `colour`"),
        (honest("clicks", b'{"search": 99, "url": "/", "moment": 1}\n'), "FOREIGN KEY constraint failed"),
    ],
)
def test_what_is_no_whole_backup_is_refused_before_anything_is_touched(journal: Journal, kept: Path, harm, reason):
    harm(kept)
    folder = journal.content.parent
    before = states(folder)
    done = run(folder, "restore", str(kept), "--force")
    assert done.returncode == 2
    assert done.stderr.startswith(f"backmatter: {kept}: is not a complete backup of Backmatter (")
    assert reason in done.stderr
    assert done.stderr.endswith("nothing was changed\n")
    assert states(folder) == before


def states(folder: Path) -> dict[str, int]:
    return {str(file): file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_a_post_that_is_twice_in_a_backup_is_refused(journal: Journal, kept: Path):
    with ZipFile(kept) as archive:
        line = archive.read("posts.jsonl").splitlines(keepends=True)[0]
    honest("posts", line * 2)(kept)
    with pytest.raises(InputError, match=r"posts.jsonl:2: .*\.md: the post is in it twice"):
        backup.restore(journal.engine, journal.settings, kept, force=True)


def test_two_posts_of_one_address_in_a_backup_are_refused(journal: Journal, kept: Path):
    with ZipFile(kept) as archive:
        line = archive.read("posts.jsonl").splitlines()[0]
    other = json.dumps({**json.loads(line), "path": "other.md"}).encode()
    honest("posts", line + b"\n" + other + b"\n")(kept)
    with pytest.raises(InputError, match=r"posts.jsonl:2: other.md: has the address of .*\.md"):
        backup.restore(journal.engine, journal.settings, kept, force=True)


def test_a_backup_that_is_refused_leaves_no_index_where_none_was(kept: Path, tmp_path: Path):
    post(date="2026-01-05T00:00:00")(kept)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(empty, "restore", str(kept)).returncode == 2
    assert list(empty.iterdir()) == []


def test_a_directory_in_place_of_a_backup_is_refused(journal: Journal, tmp_path: Path):
    done = run(tmp_path, "restore", str(journal.content))
    assert done.returncode == 2
    assert "Is a directory" in done.stderr


def test_a_backup_that_finds_no_room_leaves_the_old_one(journal: Journal, kept: Path, tmp_path: Path):
    journal.write(large="# Large\n\n" + " ".join(os.urandom(9).hex() for _ in range(20_000)))
    old = kept.read_bytes()
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        "from backmatter.index.cli.commands import main; main()"
    )
    command = [sys.executable, "-c", program, "backup", str(kept), *options(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, "File too large" in done.stderr) == (2, True)
    assert kept.read_bytes() == old
    assert list(tmp_path.glob("*.part")) == []


def test_vectors_and_other_names_are_there_again_after_a_restore(tmp_path: Path):
    folder = write_model(tmp_path / "model")
    texts = {"car.md": "# Vehicles\n\nAn automobile, or Motor Car (MC).\n", "fruit.md": "# Fruit\n\nAn apple.\n"}
    made, other = make_journal(tmp_path / "made", texts), make_journal(tmp_path / "other", {})
    before, after = (
        structs.replace(each.settings, semantic=True, semantic_model=folder, index=tmp_path / name)
        for name, each in (("before", made), ("after", other))
    )
    sync(open_engine(before), before)
    backup.backup(open_engine(before), before, tmp_path / "kept.zip")
    backup.restore(open_engine(after), after, tmp_path / "kept.zip")
    for settings in (before, after):
        snapshot = open_engine(settings).snapshot()
        assert snapshot.lacking_vectors() == 0
        assert [hit.path for hit in search(snapshot, analyse("pear xyzzy", exact=True)).hits] == ["fruit.md"]
        assert [word.other for word in search(snapshot, analyse("mc")).learned] == ["Motor Car"]
