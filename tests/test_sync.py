"""What a run of `backmatter index` finds changed on disk, and what the index holds afterwards."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as with_settings

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import QueryResult
from backmatter.index.errors import SettingsError
from backmatter.index.posts import Listing
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import Everything
from backmatter.index.search.search import search
from backmatter.index.settings import AddressSettings, Settings
from backmatter.index.sync.report import Failure, SyncReport
from backmatter.index.sync.schedule import next_due
from backmatter.index.sync.sync import sync
from tests.conftest import Journal, make_journal

CLOCK = "# Clocks\n\nThe monotonic clock never jumps.\n"
CACHE = "# Caches\n\nA cache line has 64 bytes.\n"
OTHER = "# Clocks\n\nA sundial needs no battery.\n"
DRAFT = f"---\ndraft: true\n---\n{CLOCK}"
FUTURE = f"---\ndate: 2999-01-01\n---\n{CLOCK}"
EXPIRED = f"---\nexpiryDate: 2020-01-01\n---\n{CLOCK}"
BROKEN = f"---\ntitle: [never closed\ntags: a\n---\n{CLOCK}"
HIDDEN_BROKEN_JSON = f'{{"title": "x", "draft": true, "bad": }}\n{CLOCK}'
HIDDEN_BROKEN = BROKEN.replace("---", "---\ndraft: true", 1)
AT_CLOCK = f"---\nslug: clock\n---\n{OTHER}"

Files = dict[str, str | None]


def put(journal: Journal, files: Files) -> None:
    """Write files; None deletes one."""
    for path, text in files.items():
        file = journal.content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            file.unlink()
        else:
            file.write_text(text, "utf-8")


def run(journal: Journal, settings: Settings | None = None, **options: Any) -> SyncReport:
    return sync(journal.engine, settings or journal.settings, **options)


def said(report: SyncReport) -> dict[str, object]:
    """Give what a report says happened; what did not happen is left out."""
    whole = {
        "added": report.added,
        "updated": report.updated,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "held back": [post.path for post in report.held_back],
        "failed": [failure.path for failure in report.failed],
    }
    return {name: value for name, value in whole.items() if value}


def held(journal: Journal) -> set[str]:
    """Give the posts that readers find."""
    return {match.article.path for match in journal.engine.snapshot().find(Everything(), limit=1000).matches}


def bytes_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Give every file below a directory, with its bytes and the time it was written."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


@pytest.mark.parametrize(
    ("before", "after", "expected", "left"),
    [
        ({}, {}, {}, set()),
        ({}, {"a.md": CLOCK}, {"added": ["a.md"]}, {"a.md"}),
        ({"a.md": CLOCK}, {}, {"unchanged": 1}, {"a.md"}),
        ({"a.md": CLOCK}, {"b/c.html": CACHE}, {"added": ["b/c.html"], "unchanged": 1}, {"a.md", "b/c.html"}),
        ({"a.md": CLOCK}, {"a.md": OTHER}, {"updated": ["a.md"]}, {"a.md"}),
        ({"a.md": CLOCK}, {"a.md": CLOCK}, {"unchanged": 1}, {"a.md"}),
        ({"a.md": CLOCK, "b.md": CACHE}, {"a.md": None}, {"deleted": ["a.md"], "unchanged": 1}, {"b.md"}),
        ({"a.md": CLOCK}, {"a.md": None, "b.md": CLOCK}, {"added": ["b.md"], "deleted": ["a.md"]}, {"b.md"}),
        ({}, {"a.md": DRAFT, "b.md": CACHE}, {"added": ["b.md"], "held back": ["a.md"]}, {"b.md"}),
        ({"a.md": CLOCK}, {"a.md": DRAFT}, {"deleted": ["a.md"], "held back": ["a.md"]}, set()),
        ({"a.md": CLOCK}, {"a.md": FUTURE}, {"deleted": ["a.md"], "held back": ["a.md"]}, set()),
        ({"a.md": CLOCK}, {"a.md": EXPIRED}, {"deleted": ["a.md"], "held back": ["a.md"]}, set()),
        ({"a.md": DRAFT}, {}, {"held back": ["a.md"]}, set()),
        ({"a.md": DRAFT}, {"a.md": CLOCK}, {"added": ["a.md"]}, {"a.md"}),
        ({}, {"a.md": BROKEN, "b.md": CACHE}, {"added": ["b.md"], "failed": ["a.md"]}, {"b.md"}),
        # A post that cannot be read stays as readers had it, unless its head says that it is not public.
        ({"a.md": CLOCK}, {"a.md": BROKEN}, {"unchanged": 1, "failed": ["a.md"]}, {"a.md"}),
        ({"a.md": CLOCK}, {"a.md": HIDDEN_BROKEN}, {"deleted": ["a.md"], "failed": ["a.md"]}, set()),
        ({"a.md": CLOCK}, {"a.md": HIDDEN_BROKEN_JSON}, {"deleted": ["a.md"], "failed": ["a.md"]}, set()),
        ({"a.md": CLOCK}, {"a.md": ""}, {"unchanged": 1, "failed": ["a.md"]}, {"a.md"}),
        ({"a.md": BROKEN}, {}, {"failed": ["a.md"]}, set()),
        ({"a.md": BROKEN}, {"a.md": CLOCK}, {"added": ["a.md"]}, {"a.md"}),
        ({"a.md": BROKEN}, {"a.md": None}, {}, set()),
    ],
)
def test_the_index_follows_what_is_on_disk(empty: Journal, before: Files, after: Files, expected: object, left: object):
    listing = Listing()
    put(empty, before)
    run(empty, listing=listing)
    put(empty, after)
    rehearsed = run(empty, dry_run=True)
    listing.forget({os.path.realpath(empty.content / path) for path in after})
    report = run(empty, listing=listing)
    assert said(report) == expected
    assert said(rehearsed) == expected
    assert held(empty) == left


def emptied(journal: Journal) -> None:
    shutil.rmtree(journal.content)
    journal.content.mkdir()


@pytest.mark.parametrize("full", [False, True])
def test_an_emptied_source_takes_nothing_from_readers_until_it_is_forced(empty: Journal, full: bool):
    put(empty, {"a.md": CLOCK, "b.md": CACHE})
    run(empty)
    emptied(empty)
    for _ in range(2):
        [failure] = run(empty, full=full).failed
        assert failure.reason.startswith("has no posts, where it had 2; nothing was removed")
        assert held(empty) == {"a.md", "b.md"}
    assert run(empty, full=full, force=True).deleted == ["a.md", "b.md"]
    assert held(empty) == set()


def test_one_of_two_sources_that_is_emptied_takes_nothing_from_readers(empty: Journal, tmp_path: Path):
    both = with_settings(empty.settings, content=(empty.content, tmp_path / "notes"))
    put(empty, {"a.md": CLOCK, "../notes/b.md": CACHE})
    run(empty, both)
    emptied(empty)
    assert [failure.path for failure in run(empty, both).failed] == [empty.content.name]
    assert held(empty) == {"a.md", "b.md"}


FIVE = {f"{name}.md": f"# {name}\n\nThe word of {name}.\n" for name in "abcde"}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"a.md": None, "b.md": None, "c.md": None}, ["content"]),
        ({"a.md": DRAFT, "b.md": DRAFT, "c.md": DRAFT}, ["content"]),
        ({"a.md": None, "b.md": DRAFT, "c.md": FUTURE, "new.md": CLOCK}, ["content"]),
        ({"a.md": None, "b.md": None, "c.md": BROKEN}, ["c.md"]),
        ({"a.md": None, "b.md": None}, []),
    ],
    ids=["gone", "drafts", "both", "two gone and one broken", "two of five"],
)
def test_a_source_that_would_lose_more_than_half_of_its_posts_keeps_them_until_it_is_forced(
    empty: Journal, change: Files, failed: list[str], full: bool
):
    put(empty, FIVE)
    run(empty)
    put(empty, change)
    for dry_run in (True, False, False):
        report = run(empty, full=full, dry_run=dry_run)
        assert [failure.path for failure in report.failed] == failed
        assert all(path in held(empty) for path in FIVE) == (failed == ["content"] or dry_run)
    run(empty, full=full, force=True)
    assert held(empty) & set(change) == {"new.md", "c.md"} & {
        path for path, text in change.items() if text in (CLOCK, BROKEN)
    }


def test_a_source_that_loses_its_only_post_is_no_accident_while_it_has_others(empty: Journal):
    put(empty, {"a.md": CLOCK, "b.md": DRAFT})
    run(empty)
    put(empty, {"a.md": None})
    assert said(run(empty)) == {"deleted": ["a.md"], "held back": ["b.md"]}


def test_posts_whose_files_are_renamed_and_whose_addresses_stay_are_not_lost(empty: Journal):
    texts = {name: f"---\nslug: {name}\n---\n{name}\n" for name in "abc"}
    put(empty, {f"{name}.md": text for name, text in texts.items()})
    run(empty)
    put(empty, {f"{name}.md": None for name in texts})
    put(empty, {f"new-{name}.md": text for name, text in texts.items()})
    assert run(empty).failed == []
    assert held(empty) == {"new-a.md", "new-b.md", "new-c.md"}


def test_one_of_two_sources_may_not_lose_most_of_its_posts_behind_the_other(empty: Journal, tmp_path: Path):
    both = with_settings(empty.settings, content=(empty.content, tmp_path / "notes"))
    put(empty, FIVE | {f"../notes/{path.upper()}": text for path, text in FIVE.items()})
    run(empty, both)
    put(empty, {f"../notes/{name}.MD": None for name in "ABC"})
    assert [failure.path for failure in run(empty, both).failed] == ["notes"]
    assert len(held(empty)) == 10
    assert run(empty, both, force=True).deleted == ["A.MD", "B.MD", "C.MD"]


def test_where_nobody_watches_most_posts_go_once_their_source_was_quiet_for_a_minute(empty: Journal, monkeypatch):
    put(empty, FIVE)
    run(empty, unattended=True)
    clock = datetime(2999, 1, 1, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return clock.astimezone(tz)

    monkeypatch.setattr("backmatter.index.sync.comparison.datetime", Clock)
    put(empty, {"a.md": None, "b.md": None, "c.md": None})
    for seconds, change in [(0, {}), (59, {}), (59, {"d.md": OTHER}), (59, {})]:
        clock += timedelta(seconds=seconds)
        put(empty, change)
        [failure] = run(empty, unattended=True).failed
        assert failure.reason.startswith("would lose 3 of its 5 posts; readers find them as before")
        assert held(empty) == set(FIVE)
    [failure] = run(empty).failed
    assert failure.reason.endswith("readers find them as before; run: backmatter index --force")
    assert next_due(empty.engine, empty.settings) == clock + timedelta(seconds=1)
    clock += timedelta(seconds=1)
    assert run(empty, unattended=True).deleted == ["a.md", "b.md", "c.md"]
    assert next_due(empty.engine, empty.settings) is None


def test_an_emptied_source_never_loses_its_posts_by_waiting(empty: Journal, monkeypatch):
    put(empty, FIVE)
    run(empty, unattended=True)
    emptied(empty)
    for _ in range(2):
        assert len(run(empty, unattended=True).failed) == 1
        monkeypatch.setattr("backmatter.index.sync.comparison.datetime", Later)
    assert held(empty) == set(FIVE)


def test_a_source_that_is_filled_again_is_followed_again(empty: Journal):
    put(empty, {"a.md": CLOCK, "b.md": CACHE})
    run(empty)
    emptied(empty)
    run(empty)
    put(empty, {"b.md": OTHER})
    assert said(run(empty)) == {"deleted": ["a.md"], "updated": ["b.md"]}


def test_a_broken_post_survives_a_rebuild_and_is_not_read_again_until_it_changes(empty: Journal):
    put(empty, {"a.md": CLOCK, "b.md": CACHE})
    run(empty)
    put(empty, {"a.md": BROKEN})
    since = set()
    for full in (False, True, False):
        [failure] = run(empty, full=full).failed
        found = re.search(
            "; readers find it as it was before; it has failed since ([-0-9]+ [:0-9]+) UTC$", failure.reason
        )
        assert found
        since.add(found[1])
        assert held(empty) == {"a.md", "b.md"}
    assert len(since) == 1
    put(empty, {"a.md": OTHER})
    assert said(run(empty)) == {"updated": ["a.md"], "unchanged": 1}


def test_an_expired_post_goes_even_if_it_cannot_be_read(empty: Journal, monkeypatch):
    put(empty, {"a.md": f"---\nexpiryDate: 2999-01-01\n---\n{CLOCK}", "b.md": CACHE})
    run(empty)
    put(empty, {"a.md": BROKEN})
    monkeypatch.setattr("backmatter.index.sync.comparison.datetime", Later)
    assert said(run(empty)) == {"deleted": ["a.md"], "unchanged": 1, "failed": ["a.md"]}
    assert held(empty) == {"b.md"}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("left", [0, 1])
def test_a_damaged_index_waits_while_a_source_would_lose_most_of_its_posts(empty: Journal, full: bool, left: int):
    put(empty, FIVE)
    run(empty)
    for file in empty.settings.index.glob("*.posts"):
        file.write_bytes(file.read_bytes()[:-64] + bytes(64))
    before = bytes_of(empty.settings.index)
    for path in list(FIVE)[left:]:
        put(empty, {path: None})
    report = run(empty, full=full)
    assert (report.deleted, len(report.failed), report.generation) == ([], 1, 1)
    assert {path for path in bytes_of(empty.settings.index) if "MAIN_" in path} == {p for p in before if "MAIN_" in p}
    put(empty, FIVE)
    assert run(empty).failed == []
    assert held(empty) == set(FIVE)


def test_all_posts_moved_into_a_folder_are_not_lost(empty: Journal):
    put(empty, FIVE)
    run(empty)
    put(empty, dict.fromkeys(FIVE))
    put(empty, {f"blog/{path}": text for path, text in FIVE.items()})
    assert run(empty).failed == []
    assert held(empty) == {f"blog/{path}" for path in FIVE}


def test_a_post_that_is_damaged_and_cannot_be_read_is_named_and_goes(empty: Journal):
    put(empty, {"a.md": CLOCK, "b.md": CACHE})
    run(empty)
    for file in empty.settings.index.glob("*.posts"):
        file.write_bytes(file.read_bytes()[:-64] + bytes(64))
    put(empty, {"a.md": BROKEN})
    report = sync(open_engine(empty.settings), empty.settings)
    assert (report.deleted, [failure.path for failure in report.failed]) == (["a.md"], ["a.md"])
    assert not report.failed[0].reason.endswith("as it was before")


def test_a_first_run_makes_an_index_even_without_posts(empty: Journal):
    assert run(empty).generation == 1
    assert held(empty) == set()


@pytest.mark.parametrize("posts", [{}, {"a.md": CLOCK}, {"clock.md": CLOCK, "z.md": AT_CLOCK, "b.md": BROKEN}])
def test_a_second_run_writes_nothing(empty: Journal, posts: Files):
    put(empty, posts)
    first = run(empty)
    before = bytes_of(empty.settings.index)
    assert run(empty).generation == first.generation
    assert bytes_of(empty.settings.index) == before


@pytest.mark.parametrize("options", [{}, {"full": True}])
def test_a_dry_run_writes_nothing(empty: Journal, options: dict[str, bool]):
    put(empty, {"a.md": CLOCK})
    assert run(empty, dry_run=True, **options).generation == 0
    assert not empty.settings.index.exists()
    generation = run(empty).generation
    before = bytes_of(empty.settings.index)
    put(empty, {"a.md": OTHER, "b.md": CACHE})
    assert run(empty, dry_run=True, **options).generation == generation
    assert bytes_of(empty.settings.index) == before


def test_a_file_that_was_touched_is_unchanged(empty: Journal):
    put(empty, {"a.md": CLOCK})
    generation = run(empty).generation
    os.utime(empty.content / "a.md", ns=(1, 1))
    report = run(empty)
    assert (said(report), report.generation) == ({"unchanged": 1}, generation)


def test_a_built_page_is_unchanged_if_only_what_stands_around_its_text_changed(empty: Journal):
    page = "<head><script src={0}.js></script></head><nav>{0}</nav><main><h1>Clocks</h1><p>{1}</main>"
    put(empty, {"a.html": page.format("old", "A sundial."), "b.html": page.format("old", "A clock.")})
    assert said(run(empty)) == {"added": ["a.html", "b.html"]}
    put(empty, {"a.html": page.format("new", "A sundial."), "b.html": page.format("new", "An hourglass.")})
    assert said(run(empty)) == {"updated": ["b.html"], "unchanged": 1}


def test_lists_of_a_built_site_are_held_back_and_said_to_be_lists(empty: Journal):
    entry = "<li><a href=/posts/{0}/>A post about {0}</a>"
    listed = "<main><ul>" + "".join(map(entry.format, "abc")) + "</ul></main>"
    put(empty, {"posts/a/index.html": "<main><h1>A</h1><p>A sundial.</main>", "index.html": listed})
    assert [(post.path, post.reason) for post in run(empty).held_back] == [("index.html", "a list of pages")]


def test_a_file_that_was_touched_is_read_once(empty: Journal):
    put(empty, {"a.md": CLOCK})
    run(empty)
    os.utime(empty.content / "a.md", ns=(1, 1))
    run(empty)
    # Nothing tells that this is another text but reading it.
    put(empty, {"a.md": CLOCK.replace("jumps", "leaps")})
    os.utime(empty.content / "a.md", ns=(1, 1))
    assert said(run(empty)) == {"unchanged": 1}


def test_what_is_remembered_of_a_touched_file_holds_for_its_old_text_only(empty: Journal):
    put(empty, {"a.md": CLOCK})
    run(empty)
    os.utime(empty.content / "a.md", ns=(1, 1))
    run(empty)
    put(empty, {"a.md": OTHER})
    run(empty)
    put(empty, {"a.md": CLOCK})
    os.utime(empty.content / "a.md", ns=(1, 1))
    assert said(run(empty)) == {"updated": ["a.md"]}


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal of whose posts some were refused, and one was touched."""
    journal = make_journal(tmp_path_factory.mktemp("remembering"), {})
    put(journal, {"a.md": CLOCK, "b.md": OTHER, "draft.md": "---\ndraft: true\n---\nText.\n"})
    put(journal, {"broken.md": "---\ntitle: [\n---\nText.\n"})
    run(journal)
    os.utime(journal.content / "a.md", ns=(1, 1))
    run(journal)
    return journal


@pytest.mark.parametrize("name", ["refused", "touched", "sources"])
def test_damage_to_what_runs_remember_loses_no_post_and_costs_nothing_but_time(remembering: Journal, name: str):
    file = remembering.settings.index / f"{name}.msgpack"
    whole = file.read_bytes()
    expected = said(run(remembering))
    damages = [whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in range(len(whole))]
    damages += [whole[:at] for at in range(0, len(whole), 7)]
    damages += [bytes(len(whole)), b"\xff", whole[12:], whole + b"x"]
    for damaged in damages:
        file.write_bytes(damaged)
        assert said(run(remembering)) == expected
    file.write_bytes(whole)


def test_an_emptied_source_takes_nothing_from_readers_where_what_runs_remember_is_damaged(
    empty: Journal, tmp_path: Path
):
    both = with_settings(empty.settings, content=(empty.content, tmp_path / "notes"))
    put(empty, {"a.md": CLOCK, "../notes/b.md": CACHE})
    run(empty, both)
    (empty.settings.index / "sources.msgpack").write_bytes(b"damaged")
    emptied(empty)
    assert [failure.path for failure in run(empty, both).failed] == [empty.content.name]
    assert held(empty) == {"a.md", "b.md"}


def test_a_file_of_the_same_size_and_another_time_is_read(empty: Journal):
    put(empty, {"a.md": CLOCK})
    run(empty)
    put(empty, {"a.md": CLOCK.replace("jumps", "leaps")})
    os.utime(empty.content / "a.md", ns=(1, 1))
    assert said(run(empty)) == {"updated": ["a.md"]}
    assert search(empty.engine.snapshot(), analyse("leaps")).total == 1


class Later(datetime):
    """A clock that is far ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(3000, 1, 1, tzinfo=tz)


@pytest.mark.parametrize(
    ("date", "sooner", "later"),
    [
        ("expiryDate", {"added": ["a.md"]}, {"deleted": ["a.md"], "held back": ["a.md"]}),
        ("date", {"held back": ["a.md"]}, {"added": ["a.md"]}),
    ],
)
def test_posts_come_and_leave_when_their_time_has_come(empty: Journal, monkeypatch, date, sooner, later):
    put(empty, {"a.md": f"---\n{date}: 2999-01-01\n---\n{CLOCK}"})
    assert said(run(empty)) == sooner
    monkeypatch.setattr("backmatter.index.sync.comparison.datetime", Later)
    assert said(run(empty)) == later


def test_a_failure_is_reported_with_its_line(empty: Journal):
    put(empty, {"a.md": BROKEN, "b.md": CACHE})
    [failure] = run(empty).failed
    assert (failure.path, failure.line) == ("a.md", 3)
    assert failure.reason


def slugs(journal: Journal) -> dict[str, str]:
    return {path: holding.slug for path, holding in journal.engine.snapshot().holdings().items()}


TWO = {"clock.md": CLOCK, "z.md": AT_CLOCK}
WHOLE = {"clock.md": "clock", "z.md": "z"}


@pytest.mark.parametrize(
    ("before", "after", "expected", "left"),
    [
        # The first by path has the address that two ask for, whichever was there before; the other has its whole path.
        ({}, TWO, {"added": ["clock.md", "z.md"]}, WHOLE),
        ({"z.md": AT_CLOCK}, {"clock.md": CLOCK}, {"added": ["clock.md"], "updated": ["z.md"]}, WHOLE),
        ({"clock.md": CLOCK, "z.md": CACHE}, {"z.md": AT_CLOCK}, {"updated": ["z.md"], "unchanged": 1}, WHOLE),
        (TWO, {}, {"unchanged": 2}, WHOLE),
        (TWO, {"b.md": CACHE}, {"added": ["b.md"], "unchanged": 2}, {**WHOLE, "b.md": "b"}),
        (TWO, {"clock.md": CACHE}, {"updated": ["clock.md"], "unchanged": 1}, WHOLE),
        (TWO, {"z.md": AT_CLOCK + "more"}, {"updated": ["z.md"], "unchanged": 1}, WHOLE),
        # It has the short one when that is free.
        (TWO, {"clock.md": None}, {"updated": ["z.md"], "deleted": ["clock.md"]}, {"z.md": "clock"}),
        (
            TWO,
            {"clock.md": DRAFT},
            {"updated": ["z.md"], "deleted": ["clock.md"], "held back": ["clock.md"]},
            {"z.md": "clock"},
        ),
        (
            TWO,
            {"clock.md": f"---\nslug: other\n---\n{CLOCK}"},
            {"updated": ["clock.md", "z.md"]},
            {"clock.md": "other", "z.md": "clock"},
        ),
        # One whose whole path is taken, too, has none.
        (
            {},
            {**TWO, "a.md": "---\nslug: z\n---\na"},
            {"added": ["a.md", "clock.md"], "failed": ["z.md"]},
            {"a.md": "z", "clock.md": "clock"},
        ),
    ],
)
def test_posts_that_ask_for_one_address_have_one_each(empty: Journal, before: Files, after: Files, expected, left):
    put(empty, before)
    run(empty)
    put(empty, after)
    rehearsed = run(empty, dry_run=True)
    report = run(empty)
    assert said(report) == expected
    assert said(rehearsed) == expected
    assert slugs(empty) == left
    assert run(empty).generation == report.generation
    assert search(empty.engine.snapshot(), analyse("sundial")).total == ("z.md" in left)


def test_a_post_whose_address_another_has_is_named(empty: Journal):
    put(empty, TWO)
    reason = "asks for the address of clock.md, and has a longer one; give one of them another slug"
    assert run(empty).warnings == [Failure("z.md", None, reason)]
    assert run(empty).warnings == []


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("x/2024-01-01-a.md", "x/2024-01-02-a.md"), ("x/a", "x/2024-01-02-a")),
        (("_posts/a.md", "a.md"), ("a", "a.md")),
        (("function*.md", "function.md"), ("function", "function.md")),
        (("a(b).md", "a*b.md"), ("a-b", "a*b")),
        (("a.html", "a.markdown", "a.md", "a/index.md"), ("a", "a.markdown", "a.md", "a/index")),
        (("a.de.md", "a.en.md"), ("a.de", "a.en")),
    ],
)
def test_names_that_differ_in_folders_dates_and_signs_have_addresses_that_differ(empty: Journal, paths, expected):
    put(empty, dict.fromkeys(paths, CLOCK))
    assert said(run(empty)) == {"added": sorted(paths)}
    assert sorted(slugs(empty).values()) == sorted(expected)


def test_a_full_run_replaces_everything(empty: Journal):
    put(empty, {"a.md": CLOCK, "b.md": CACHE, "c.md": OTHER})
    run(empty)
    put(empty, {"b.md": None, "d.md": OTHER})
    report = run(empty, full=True)
    assert said(report) == {"added": ["d.md"], "updated": ["a.md", "c.md"], "deleted": ["b.md"]}
    assert held(empty) == {"a.md", "c.md", "d.md"}


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "https://blog.example.org"},
        {"addresses": AddressSettings(permalink="/{slug}/")},
        {"language": "de"},
        {"addresses": AddressSettings(heading_ids="python")},
        {"generator": "hugo"},
        {"hold_back": ("draft",)},
    ],
)
def test_a_setting_that_shapes_posts_has_them_read_again(empty: Journal, changes: dict[str, object]):
    put(empty, {"a.md": CLOCK})
    run(empty)
    changed = with_settings(empty.settings, **changes)
    assert said(run(empty, changed)) == {"updated": ["a.md"]}
    assert said(run(empty, changed)) == {"unchanged": 1}


def test_a_setting_that_shapes_no_post_changes_nothing(empty: Journal):
    put(empty, {"a.md": CLOCK})
    run(empty)
    assert said(run(empty, with_settings(empty.settings, title="Else", per_page=3))) == {"unchanged": 1}


def test_what_has_to_be_held_back_by_a_changed_setting_leaves(empty: Journal):
    put(empty, {"a.md": DRAFT})
    assert said(run(empty, with_settings(empty.settings, hold_back=()))) == {"added": ["a.md"]}
    assert said(run(empty)) == {"deleted": ["a.md"], "held back": ["a.md"]}
    assert held(empty) == set()


def test_a_content_directory_that_vanished_is_an_error_and_the_index_stays(empty: Journal):
    put(empty, {"a.md": CLOCK})
    run(empty)
    shutil.rmtree(empty.content)
    with pytest.raises(SettingsError, match="no such directory"):
        run(empty)
    assert held(empty) == {"a.md"}


def test_a_path_that_is_in_two_content_directories_is_read_from_the_first(empty: Journal, tmp_path: Path):
    put(empty, {"a.md": CLOCK})
    put(replace(empty, content=tmp_path / "more"), {"a.md": OTHER, "b.md": CACHE})
    both = with_settings(empty.settings, content=(empty.content, tmp_path / "more"))
    assert said(run(empty, both)) == {"added": ["a.md", "b.md"], "failed": ["a.md"]}
    assert search(empty.engine.snapshot(), analyse("monotonic")).total == 1


def test_progress_counts_the_files_that_are_read(empty: Journal):
    put(empty, {"a.md": CLOCK, "b.md": BROKEN, "c.md": DRAFT})
    run(empty)
    put(empty, {"d.md": CACHE})
    seen: list[tuple[int, int]] = []
    sync(empty.engine, empty.settings, progress=lambda *numbers: seen.append(numbers))
    # What is unchanged is not read again, whether it was indexed, held back or failed.
    assert seen == [(1, 1)]


WORDS = "cache clock monotonic allocation struct padding worker retry container image goroutine".split()


def many(number: int) -> Iterator[tuple[str, str]]:
    """Give many small posts; some are drafts, some cannot be read, some want one address."""
    for n in range(number):
        head = "".join(line for every, line in ((9, "draft: true\n"), (17, "title: [\n")) if n % every == 5)
        slug = "slug: same\n" if n % 31 == 7 else ""
        text = " ".join(WORDS[(n * k) % len(WORDS)] for k in range(1, 4 + n % 20))
        yield f"{n % 7}/{n:03}.md", f"---\ndate: {2000 + n % 25}-01-01\n{slug}{head}---\n# Post {n}\n\n{text}\n"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Journal, Journal]:
    """The same journal, large enough for several processes, indexed at once and bit by bit in this process."""
    posts = dict(many(250))
    at_once = make_journal(tmp_path_factory.mktemp("large"), posts)
    at_once.index()
    bit_by_bit = make_journal(tmp_path_factory.mktemp("small"), {})
    for start in range(0, len(posts), 70):
        put(bit_by_bit, dict(list(posts.items())[start : start + 70]))
        bit_by_bit.index()
    return at_once, bit_by_bit


@pytest.mark.parametrize("query", ["", "cache", "cache clock", '"clock monotonic"', "mono*", "year:2007 -retry"])
def test_several_processes_make_the_same_index_as_one(large: tuple[Journal, Journal], query: str):
    one, other = (journal.engine.snapshot().find(parse(query), limit=1000) for journal in large)
    assert one.total > 0
    assert one.facets == other.facets
    assert _frequencies(one) == pytest.approx(_frequencies(other), rel=1e-5)
    # Of equal posts, the first 150 in the order of the index are looked at twice.
    assert [m.score for m in one.matches] == pytest.approx([m.score for m in other.matches], rel=1e-5)


def _frequencies(found: QueryResult) -> dict[str, float]:
    return {match.article.path: match.explanation.parts[0].value for match in found.matches}


def test_several_processes_report_the_same_as_one(large: tuple[Journal, Journal], tmp_path: Path):
    reports = [sync(journal.engine, journal.settings, dry_run=True, full=True) for journal in large]
    assert said(reports[0]) == said(reports[1])
    seen: list[tuple[int, int]] = []
    fresh = with_settings(large[0].settings, index=tmp_path / "index")
    written = sync(open_engine(fresh), fresh, progress=lambda *numbers: seen.append(numbers))
    assert written.failed == reports[0].failed
    assert written.held_back == reports[0].held_back
    assert written.added == reports[0].updated
    assert seen == [(n, 250) for n in range(1, 251)]


def test_a_refused_post_that_is_deleted_wakes_nobody_any_more(empty: Journal):
    scheduled = "---\ntitle: Later\ndate: 2999-01-01\n---\nIt will be.\n"
    empty.write(here="# Here\n\nA word.\n", later=scheduled)
    assert next_due(empty.engine, empty.settings) == datetime(2999, 1, 1, tzinfo=UTC)
    (empty.content / "later.md").unlink()
    empty.index()
    assert next_due(empty.engine, empty.settings) is None


def test_a_post_that_expires_is_waited_for_where_expired_ones_are_held_back(empty: Journal):
    empty.write(goes="---\ntitle: Goes\nexpires: 2999-01-01\n---\nA word.\n")
    assert next_due(empty.engine, empty.settings) == datetime(2999, 1, 1, tzinfo=UTC)
    assert next_due(empty.engine, with_settings(empty.settings, hold_back=("draft",))) is None
