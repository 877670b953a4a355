"""Whichever call fails, is cut short or is the last: all is as it was or complete, and a message says what to do."""

import errno
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import IndexMissing
from backmatter.index.tools.backup import backup
from backmatter.index.tools.backup_archive import checked_archive
from tests.conftest import Journal, make_journal
from tests.insights import counts, record, searched
from tests.programs import require
from tests.test_check import lay
from tests.test_crash import NEW, OLD, leftovers_of_next_commit
from tests.test_judge import SITE, judged, page, post
from tests.torture import THOROUGH
from tests.torture.failing import KILLED, Ended, How, Machine, machine
from tests.torture.test_damage import answers

ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EACCES)
STRIKES = (*product((How.ONCE, How.ON), ERRORS), (How.SHORT, 0), (How.KILL, 0), (How.TORN, 0))
# Cases of each command that `make test` tries.
SAMPLE = 10


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    require("cc")
    with machine(tmp_path_factory.mktemp("failing")) as started:
        yield started


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal whose next commit adds, deletes, holds back and merges, with a search that was counted and a backup."""
    journal = make_journal(tmp_path_factory.mktemp("before"), OLD)
    for number in range(9):
        (journal.content / f"old{number}.md").write_text(f"# Old\n\nAn early word, again {number}.\n", "utf-8")
        journal.index()
        if number == 3:
            record(journal.settings.insights_file, searched("restored"))
            backup(journal.engine, journal.settings, backup_file(journal))
    record(journal.settings.insights_file, searched("before"))
    change(journal)
    return journal


def change(journal: Journal) -> None:
    for path, text in NEW.items():
        (journal.content / path).write_text(text, "utf-8")
    (journal.content / "secret.md").write_text("---\ndraft: true\n---\nNot yet.\n", "utf-8")
    (journal.content / "old3.md").unlink()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal that was never indexed."""
    return make_journal(tmp_path_factory.mktemp("empty"), NEW)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal whose built pages judge its posts, and whose next run adds, deletes and holds back."""
    folder = tmp_path_factory.mktemp("built")
    text = "{0} is a walrus that swims in cold water, dives for clams and rests on the ice of bay {0}."
    names = [f"post{number}" for number in range(8)]
    journal = judged(
        folder,
        {f"{name}.md": post(name.title(), text.format(name)) for name in names},
        {f"{name}/index.html": page(name.title(), f"<p>{text.format(name)}</p>") for name in names[:6]},
    )
    (folder / "backmatter.toml").write_text(f'built = "public"\nbase_url = "{SITE}"\n', "utf-8")
    journal.index()
    lay(folder / "public", {"post6/index.html": page("Post6", f"<p>{text.format('post6')}</p>")})
    shutil.rmtree(folder / "public" / "post0")
    (journal.content / "post1.md").unlink()
    return journal


def backup_file(journal: Journal) -> Path:
    return journal.content.parent / "kept.zip"


@dataclass(frozen=True)
class State:
    """What readers find in an index, what was counted, and which posts a backup has."""

    found: object
    counted: object
    kept: object


def state(journal: Journal) -> State:
    """Return the state of a journal; nothing of it is damaged."""
    fresh = WhooshEngine(journal.settings.index)
    try:
        assert not fresh.inspect().damaged
        found: object = answers(journal.settings.index)
    except IndexMissing:
        found = None
    file = backup_file(journal)
    return State(found, counts(journal.settings.insights_file), posts_of(file) if file.exists() else None)


def posts_of(file: Path) -> tuple[int, int]:
    with checked_archive(file) as (_, manifest):
        return manifest.generation, manifest.parts["searches"].lines


def cases(calls: int, name: str) -> list[tuple[int, How, int]]:
    """Return the cases of a command: every call, struck in every way, or a sample."""
    every = [(point, how, error) for point in range(calls) for how, error in STRIKES]
    return every if THOROUGH else sorted(Random(name).sample(every, SAMPLE))  # noqa: S311


COMMANDS = {
    "a commit": ["index"],
    "a rebuild": ["index", "--full"],
    "a first run": ["index"],
    "a run over a built site": ["index"],
    "a backup": ["backup", "kept.zip"],
    "a restore": ["restore", "kept.zip", "--force"],
    "a count": ["record", "after"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_whichever_call_fails_all_is_as_it_was_or_complete(
    failing: Machine,
    before: Journal,
    empty: Journal,
    built: Journal,
    tmp_path: Path,
    name: str,
    subtests: pytest.Subtests,
    record_property: Callable[[str, object], None],
):
    source = {"a first run": empty, "a run over a built site": built}.get(name, before)
    copy = copier(source, tmp_path)
    journal = copy()
    arguments = [argument.replace("kept.zip", str(backup_file(journal))) for argument in COMMANDS[name]]
    old = state(journal)
    ended = failing.run(tmp_path / "journal", arguments)
    assert ended.status == 0, ended.said
    new = state(journal)
    assert old != new
    outcomes: Counter[str] = Counter()
    for point, how, error in cases(len(ended.calls), name):
        with subtests.test(call=point, at=ended.calls[point], how=how.name, error=errno.errorcode.get(error, "")):
            journal = copy()
            struck = failing.run(tmp_path / "journal", arguments, how, point, error)
            check_message(struck, how, tmp_path)
            left = state(journal)
            for part in ("found", "counted", "kept"):
                assert getattr(left, part) in (getattr(old, part), getattr(new, part)), struck
            if struck.status == 0:
                assert (left.found, left.kept) == (new.found, new.kept), struck
            outcomes[f"{how.name.lower()}: {'new' if left == new else 'old' if left == old else 'in part'}"] += 1
            again = failing.run(tmp_path / "journal", arguments)
            assert (again.status, state(journal).found) == (0, new.found), again
            assert leftovers_of_next_commit(journal) == []
            assert strays(journal) == []
    record_property(name, f"{len(ended.calls)} calls, {dict(sorted(outcomes.items()))}")
    assert len({outcome.rpartition(" ")[2] for outcome in outcomes}) > 1


def test_the_commit_whose_calls_fail_merges(before: Journal, tmp_path: Path):
    journal = copier(before, tmp_path)()
    segments = len(list(journal.settings.index.glob("*.posts")))
    journal.index()
    assert len(list(journal.settings.index.glob("*.posts"))) < segments


def copier(source: Journal, folder: Path) -> Callable[[], Journal]:
    """Return a function that makes a new copy of a journal, always at the same place."""

    def copy() -> Journal:
        shutil.rmtree(folder / "journal", ignore_errors=True)
        shutil.copytree(source.content.parent, folder / "journal")
        return make_journal(folder / "journal", {})

    return copy


def check_message(ended: Ended, how: How, folder: Path) -> None:
    """Check that a command that was not killed says which file is concerned and what to do next."""
    if how in (How.KILL, How.TORN):
        assert ended.status in (KILLED, 0), ended
        return
    assert ended.status in ((0,) if how == How.SHORT else (0, 2)), ended
    assert "Traceback" not in ended.said
    if ended.status:
        message = rf"backmatter: (warning: )?.*{re.escape(str(folder))}/\S+: .+; .+"
        assert re.fullmatch(message, ended.said.splitlines()[-1]), ended.said


def strays(journal: Journal) -> list[str]:
    """Return the files beside an index that belong to nothing."""
    known = re.compile(r"content|public|backmatter\.toml|index|index-insights\.sqlite(-wal|-shm)?|kept\.zip")
    names = (file.name for file in journal.content.parent.iterdir())
    return [name for name in names if not known.fullmatch(name)]


READERS = [
    *(["index"], ["index", "--full"], ["verify"], ["search", "early"], ["stats"], ["doctor"], ["check"], ["insights"]),
    *(["explain", "early", "old5.md"], ["backup", "new.zip"], ["restore", "kept.zip", "--force"]),
]


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_whichever_file_cannot_be_read_is_named_and_nothing_is_lost(
    failing: Machine, before: Journal, tmp_path: Path, subtests: pytest.Subtests, command: list[str]
):
    copy = copier(before, tmp_path)
    journal = copy()
    arguments = [re.sub(r"(\w+)\.zip", rf"{tmp_path}/journal/\1.zip", argument) for argument in command]
    old = posts_held(journal)
    ended = failing.run(tmp_path / "journal", arguments, reading=True)
    assert "Traceback" not in ended.said
    changes = (
        {*NEW, "old3.md"}
        if command[0] == "index"
        else {"old2.md", "old3.md", *OLD}
        if command[0] == "restore"
        else set()
    )
    every = list(product(range(len(ended.calls)), (How.ONCE, How.ON), (errno.EIO, errno.EACCES)))
    chosen = every if THOROUGH else sorted(Random(command[0]).sample(every, min(2, len(every))))  # noqa: S311
    for point, how, error in chosen:
        with subtests.test(call=point, at=ended.calls[point], how=how.name, error=errno.errorcode[error]):
            journal = copy()
            struck = failing.run(tmp_path / "journal", arguments, how, point, error, reading=True)
            assert struck.status in (0, 1, 2), struck
            assert "Traceback" not in struck.said, struck
            if struck.status == 2:
                message = rf"backmatter: .*{re.escape(str(tmp_path))}/\S+.*; .+"
                assert re.fullmatch(message, struck.said.splitlines()[-1]), struck.said
            assert posts_held(journal) ^ old <= changes, struck


def posts_held(journal: Journal) -> set[str]:
    try:
        return set(WhooshEngine(journal.settings.index).snapshot().holdings())
    except IndexMissing:
        return set()
