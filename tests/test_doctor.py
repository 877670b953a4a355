"""What `backmatter doctor` says of a journal that is well, and of each that is not."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from backmatter.index.engines import open_engine
from backmatter.index.settings import AddressSettings, HookSettings, Settings, exposed_secrets, load
from backmatter.index.sync.jobs import Jobs
from backmatter.index.sync.sync import sync
from backmatter.index.tools.doctor import examine
from tests.command import run_command
from tests.conftest import POSTS, Journal, make_journal
from tests.insights import TOKEN, record, searched
from tests.meaning import write_model

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
    done = run_command(folder, *arguments, *where)
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


def test_a_theme_that_is_broken_is_a_fault(journal: Path) -> None:
    (journal / "backmatter.toml").write_text('[theme]\nfolder = "theme"\n')
    (journal / "theme").mkdir()
    assert examined(journal)[1]["theme"] == "ok"
    (journal / "theme" / "base.html").write_text("<p>\n{% if %}")
    status, found, said = examined(journal)
    assert (status, found["theme"]) == (1, "fault")
    assert "base.html:2: Expected an expression" in said


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
    assert "run: backmatter index" in said


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
        "settings", "index", "files", "addresses", "counts", "content", "permissions", "room", "clock",
    ]  # fmt: skip


def said_of(journal: Journal, check: str) -> list[tuple[str, str]]:
    """Return what one check says, without a process of its own."""
    return [(each.level, each.said) for each in examine(journal.engine, journal.settings) if each.check == check]


def test_an_empty_index_is_a_fault(empty: Journal) -> None:
    empty.write(draft="---\ndraft: true\n---\nText.\n")
    [(level, said)] = said_of(empty, "index")
    assert level == "fault"
    assert said.endswith("readers find nothing; set content to where the posts are, and run: backmatter index")


def test_posts_that_share_an_address_are_a_fault(tmp_path: Path) -> None:
    shared = Settings(
        content=(tmp_path / "content",),
        index=tmp_path / "index",
        base_url="https://a.example",
        addresses=AddressSettings(permalink="/fixed/"),
    )
    sync(make_journal(tmp_path, POSTS).engine, shared)
    [(level, said)] = said_of(make_journal(tmp_path, {}), "addresses")
    assert level == "fault"
    assert said == (
        "4 posts have the address https://a.example/fixed/, such as 2025/docker.md and cache.md; "
        "write {slug} or {path} in permalink, or give them slugs of their own"
    )


@pytest.mark.parametrize("name", ["insights_file", "jobs_file"])
def test_a_database_that_is_broken_is_a_fault(empty: Journal, name: str) -> None:
    record(empty.settings.insights_file, searched("word"))
    with Jobs.open(empty.settings.jobs_file) as jobs:
        jobs.ask("clock")
    assert [level for level, _ in said_of(empty, "counts")] == ["ok", "ok"]
    file = getattr(empty.settings, name)
    data = file.read_bytes()
    for damaged in (b"no database" * 1000, data[:4096] + b"\xff" * (len(data) - 4096)):
        file.write_bytes(damaged)
        level, said = said_of(empty, "counts")[-1]
        assert (level, said.startswith(f"{file}: ")) == ("fault", True)


def test_a_clone_that_is_not_there_is_a_fault(empty: Journal, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    hooked = replace(empty.settings, hooks=HookSettings(secret="s" * 16, pull=clone))
    hooked_journal = Journal(empty.content, hooked, empty.engine)
    assert said_of(hooked_journal, "clone") == [
        ("fault", f"hooks.pull: {clone} is no clone; run: git clone ADDRESS {clone}")
    ]
    (clone / ".git").mkdir(parents=True)
    assert said_of(hooked_journal, "clone") == [("ok", f"hooks update the clone {clone}")]


@pytest.mark.parametrize(
    ("name", "text", "mode", "expected"),
    [
        ("backmatter.toml", f'[insights]\ntoken = "{TOKEN}"\n', 0o644, ["insights.token"]),
        ("backmatter.toml", f'insights.token = "{TOKEN}"\nhook_secret = "{TOKEN}"\n', 0o604, ["insights.token, hook_"]),
        ("backmatter.toml", f'[insights]\ntoken = "{TOKEN}"\n', 0o640, []),
        ("backmatter.toml", '[insights]\ntoken = ""\n', 0o644, []),
        ("backmatter.toml", 'title = "Journal"\n', 0o644, []),
        ("backmatter.env", f"BACKMATTER_INSIGHTS_TOKEN={TOKEN}\n", 0o644, ["BACKMATTER_INSIGHTS_TOKEN"]),
        ("backmatter.env", f"export BACKMATTER_HOOKS_SECRET='{TOKEN}'\n", 0o644, ["BACKMATTER_HOOKS_SECRET"]),
        ("backmatter.env", f"BACKMATTER_INSIGHTS_TOKEN={TOKEN}\n", 0o600, []),
        ("backmatter.env", "BACKMATTER_INSIGHTS_TOKEN=\nBACKMATTER_TITLE=x\n", 0o644, []),
    ],
)
def test_secrets_that_others_can_read_are_named_and_not_shown(
    tmp_path: Path, name: str, text: str, mode: int, expected: list[str]
) -> None:
    file = tmp_path / name
    file.write_text(text)
    file.chmod(mode)
    found = list(exposed_secrets(tmp_path / "backmatter.toml"))
    assert [part for part, sentence in zip(expected, found, strict=True) if part not in sentence] == []
    assert [sentence for sentence in found if not sentence.endswith(f"; run: chmod o= {file}")] == []
    assert TOKEN not in "".join(found)


def test_what_is_wrong_with_settings_is_said_once(journal: Path) -> None:
    (journal / "backmatter.toml").write_text(f'exclude = ["["]\ncount_searches = true\nauthor_token = "{TOKEN}"\n')
    done = run_command(journal, "doctor")
    assert done.stderr == ""
    assert [done.stdout.count(part) for part in ("'[' fits no post", "count_searches is an old name")] == [1, 1]
    assert "warning  secrets      backmatter.toml: every user of this machine can read author_token" in done.stdout


def test_a_password_that_can_be_read_on_its_way_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As many attempts as ever, without ten seconds of waiting.
    monkeypatch.setattr("backmatter.index.engines.opensearch.cluster.RETRY_DELAYS", (0, 0, 0, 0, 0))
    file = tmp_path / "backmatter.toml"
    file.write_text(
        'engine = "opensearch"\nopensearch.hosts = ["http://127.0.0.1:9"]\nopensearch.password = "hunter2"\n'
        "opensearch.timeout = 1\n"
    )
    settings = load(file)
    findings = examine(open_engine(settings), settings)
    found, said = {each.check: each.level for each in findings}, str(findings)
    assert (found["settings"], found["cluster"]) == ("warning", "fault")
    assert "use https:// in opensearch.hosts" in said
    assert "hunter2" not in said


def test_a_facet_that_no_post_has_is_named(journal: Path) -> None:
    made = make_journal(journal, {"a.md": "---\ntitle: A\nseries: x\n---\nText.\n"})
    settings = replace(made.settings, facets=("series", "topic"))
    sync(made.engine, settings)
    said = [(each.level, each.said) for each in examine(made.engine, settings) if each.check == "facets"]
    assert said == [("warning", "no post has 'topic' in its front matter; correct it in facets, or leave it out")]


def test_counts_that_may_only_be_read_are_no_fault(journal: Path) -> None:
    made = make_journal(journal, {})
    record(made.settings.insights_file, searched("clock"))
    made.settings.insights_file.chmod(0o444)
    before = made.settings.insights_file.read_bytes()
    said = [each.level for each in examine(made.engine, made.settings) if each.check == "counts"]
    assert said == ["ok"]
    assert made.settings.insights_file.read_bytes() == before


def test_posts_without_vectors_of_the_model_are_counted(tmp_path: Path):
    made = make_journal(tmp_path, POSTS)
    made.index()
    folder = write_model(tmp_path / "model")
    settings = replace(made.settings, semantic=True, semantic_model=folder)

    def said() -> list[tuple[str, str]]:
        found = examine(open_engine(settings), settings)
        return [(each.level, each.said) for each in found if each.check == "semantic"]

    [(level, sentence)] = said()
    assert (level, f": {made.engine.snapshot().stats().posts};" in sentence) == ("warning", True)
    assert "run: backmatter index --full" in sentence
    sync(open_engine(settings), settings, full=True)
    assert said() == [("ok", "loaded; all posts have vectors of it")]
    (folder / "tokenizer.json").unlink()
    settings = replace(settings, semantic_model=folder.rename(tmp_path / "moved"))
    [(level, sentence)] = said()
    assert (level, "by their words alone" in sentence) == ("warning", True)
