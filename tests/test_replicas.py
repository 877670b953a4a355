"""Copies of an index on other machines: one writer, three readers, each with a directory of its own, without a cluster.

docs/operating.md has the two commands; here they run again and again while the writer commits.
"""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import IndexMissing
from backmatter.index.model import Post
from backmatter.index.query.parser import parse
from tests.build import apply, post
from tests.programs import require

GUIDE = Path(__file__).parent.parent / "docs" / "operating.md"
READERS, GENERATIONS, POSTS = 3, 12, 30

# What rsync returns where a commit has deleted files of the generation before, which is no fault.
VANISHED = 24

Copy = Callable[[Path, Path], None]


def by_rsync(writer: Path, reader: Path) -> None:
    """Run the commands of the guide."""
    for command in re.findall(r"^    (rsync .*)$", GUIDE.read_text("utf-8"), re.MULTILINE):
        words = [{"WRITER:INDEX/": f"{writer}/", "INDEX/": f"{reader}/"}.get(word, word) for word in command.split()]
        done = subprocess.run([word.strip("'") for word in words], capture_output=True, text=True, check=False)
        assert done.returncode in (0, VANISHED), done.stderr


def by_objects(writer: Path, reader: Path) -> None:
    """Copy as from a bucket: file by file, those that name a generation last; then delete what is gone."""
    reader.mkdir(exist_ok=True)
    listed = sorted((file.name for file in writer.iterdir() if file.is_file()), key=lambda name: name.endswith(".toc"))
    for name in listed:
        if not (reader / name).exists():
            try:
                shutil.copyfile(writer / name, reader / f"{name}.part")
            except FileNotFoundError:
                return  # a commit has deleted it: the next round copies the newer generation
            (reader / f"{name}.part").replace(reader / name)
    for file in reader.iterdir():
        if file.name not in listed:
            file.unlink()


@pytest.fixture(params=["rsync", "objects"])
def copy(request: pytest.FixtureRequest) -> Copy:
    """Copies an index to a reader."""
    if request.param == "objects":
        return by_objects
    require("rsync")
    return by_rsync


def test_readers_with_copies_find_whole_generations_and_in_the_end_the_last_one(copy: Copy, tmp_path: Path) -> None:
    writer, folders = WhooshEngine(tmp_path / "writer"), [tmp_path / f"reader{n}" for n in range(READERS)]
    apply(writer, _generation(1))
    for folder in folders:
        copy(writer.directory, folder)
    done, seen = threading.Event(), [list[int]() for _ in folders]
    threads = [
        *(threading.Thread(target=_follow, args=(copy, writer.directory, folder, done)) for folder in folders),
        *(
            threading.Thread(target=_search, args=(folder, done, own))
            for folder, own in zip(folders, seen, strict=True)
        ),
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(2, GENERATIONS + 1):
            apply(writer, _generation(number))
    finally:
        done.set()
        for thread in threads:
            thread.join()
    for folder, own in zip(folders, seen, strict=True):
        copy(writer.directory, folder)
        assert own == sorted(own)
        assert own[0] >= 1
        assert _found(WhooshEngine(folder)) == {GENERATIONS}
        assert {file.name for file in folder.iterdir()} >= {f"_MAIN_{GENERATIONS}.toc"}


def test_a_reader_sees_a_copy_though_the_writers_folder_is_as_old_as_before(copy: Copy, tmp_path: Path) -> None:
    writer, folder = WhooshEngine(tmp_path / "writer"), tmp_path / "reader"
    reader = WhooshEngine(folder)
    for number in (1, 2):
        apply(writer, _generation(number))
        # A reader does not list a folder again that has the time which it had: a copy must not keep it.
        os.utime(writer.directory, (0, 0))
        copy(writer.directory, folder)
        assert reader.snapshot().generation == number


def _generation(number: int) -> Iterator[Post]:
    """All posts say which generation they are of."""
    return (post(f"p{n}.md", f"A clock of generation{number}.", title=f"generation{number}") for n in range(POSTS))


def _follow(copy: Copy, writer: Path, reader: Path, done: threading.Event) -> None:
    while not done.is_set():
        copy(writer, reader)


def _search(folder: Path, done: threading.Event, seen: list[int]) -> None:
    engine = WhooshEngine(folder)
    while not done.is_set() or not seen:
        try:
            numbers = _found(engine)
        except IndexMissing:
            continue
        # A generation is there as a whole, or not at all.
        seen.append(numbers.pop() if len(numbers) == 1 else -1)


def _found(engine: WhooshEngine) -> set[int]:
    found = engine.snapshot().find(parse("clock"), limit=POSTS)
    numbers = {int(match.article.title.removeprefix("generation")) for match in found.matches}
    return numbers if found.total == POSTS else {-1}
