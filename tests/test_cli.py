"""The real command: what it prints, and how it ends."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from backmatter.app import create_app
from tests.command import PATIENCE, Done, run_command
from tests.conftest import POSTS, Journal, make_journal
from tests.insights import record, searched
from tests.serving import BACKMATTER

QUERIES = '{"id": "1", "text": "cache"}\n{"id": "2", "text": "nothing-has-this-word"}\n'
QRELS = "1\tcache.md\t2\n1\ttime.md\t1\n2\ttime.md\t1\n"

# Root, too, has to be refused where a mode says so.
PERMISSIONS = "-dac_override,-dac_read_search"
UNPRIVILEGED = ["setpriv", f"--bounding-set={PERMISSIONS}", f"--inh-caps={PERMISSIONS}"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """An indexed journal with files for the commands that take some."""
    folder = tmp_path_factory.mktemp("cli")
    journal = make_journal(folder, POSTS)
    journal.index()
    (folder / "q.jsonl").write_text(QUERIES, "utf-8")
    (folder / "r.tsv").write_text(QRELS, "utf-8")
    return journal


def run(folder: Path, *arguments: str | bytes, before: Sequence[str] = (), **variables: str) -> Done:
    """Run the command in a directory; whatever happens, it says so in a sentence and not in a traceback."""
    variables = {"BACKMATTER_CONTENT": "content", "BACKMATTER_INDEX": "index", **variables}
    if not before:
        return run_command(folder, *arguments, **variables)
    done = subprocess.run(
        [*before, BACKMATTER, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def at(journal: Journal) -> Path:
    return journal.content.parent


def test_a_run_that_finds_nothing_changed_loads_neither_what_searches_nor_what_reads_posts(journal: Journal):
    program = (
        "import sys; from backmatter.index.cli.commands import cli; cli(['index'], standalone_mode=False); "
        "print(*{'backmatter.index.retrieval.top', 'http.client', 'yaml', 'markdown_it', 'lxml'} & set(sys.modules))"
    )
    variables = {"BACKMATTER_CONTENT": "content", "BACKMATTER_INDEX": "index"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=at(journal), env={**os.environ, **variables}, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith(" s\n\n")


def test_an_index_is_made_searched_and_brought_up_to_date(tmp_path: Path):
    make_journal(tmp_path, POSTS)
    first = run(tmp_path, "index")
    lines = first.stdout.splitlines()
    assert (first.returncode, first.stderr) == (0, "")
    assert lines[0] == "held back  draft.md: a draft"
    assert lines[1] == "4 added, 0 updated, 0 deleted, 0 unchanged, 1 held back, 0 failed"
    assert lines[2].startswith("generation 1, ")
    (tmp_path / "content" / "time.md").write_text("---\ntitle: [\n---\nText.\n", "utf-8")
    rehearsed = run(tmp_path, "index", "--dry-run")
    assert rehearsed.returncode == 1
    assert rehearsed.stdout.endswith("nothing was written (dry run)\n")
    second = run(tmp_path, "index", "--json")
    report = json.loads(second.stdout)
    assert second.returncode == 1
    assert report["deleted"] == []
    assert [(failure["path"], failure["line"]) for failure in report["failed"]] == [("time.md", 3)]
    assert (report["generation"], report["unchanged"]) == (1, 4)


@pytest.mark.parametrize(("folder", "named"), [("sub", "sub"), (".", ".")])
def test_what_lies_below_a_folder_that_cannot_be_listed_stays_as_it_was(tmp_path: Path, folder: str, named: str):
    journal = make_journal(tmp_path, {"a.md": "# A\n", "sub/b.md": "# B\n", "sub/deeper/c.md": "# C\n"})
    journal.index()
    closed = journal.content / folder
    closed.chmod(0)
    try:
        for full in ([], ["--full"]):
            done = run(tmp_path, "index", "--json", *full, before=UNPRIVILEGED)
            assert (done.returncode, done.stderr) == (1, "")
            report = json.loads(done.stdout)
            assert [failure["path"] for failure in report["failed"]] == [named]
            assert report["deleted"] == []
            assert journal.engine.snapshot().stats().posts == 3
    finally:
        closed.chmod(0o755)


@pytest.mark.parametrize("is_served", [False, True])
@pytest.mark.parametrize(
    ("command", "says"),
    [(["insights"], "Searches"), (["insights", "--ubi"], ""), (["backup", "b.zip"], "4 posts, 2 searches")],
)
def test_what_only_reads_needs_no_right_to_write(tmp_path: Path, command: list[str], says: str, is_served: bool):
    journal = make_journal(tmp_path / "site", POSTS)
    journal.index()
    with closing(sqlite3.connect(journal.settings.insights_file)) as server:
        if is_served:
            server.execute("PRAGMA journal_mode").fetchone()
        record(journal.settings.insights_file, searched("monotonic"), searched("time", 99))
        assert bool([*(tmp_path / "site").glob("*-wal")]) == is_served
        modes = {each: each.stat().st_mode for each in (tmp_path / "site", *(tmp_path / "site").rglob("*"))}
        for each, mode in modes.items():
            each.chmod(mode & ~0o222)
        places = {"BACKMATTER_CONTENT": "site/content", "BACKMATTER_INDEX": "site/index"}
        done = run(tmp_path, *command, before=UNPRIVILEGED, **places)
        for each, mode in modes.items():
            each.chmod(mode)
    assert (done.returncode, done.stderr) == (0, "")
    assert says in done.stdout


@pytest.mark.parametrize("suffix", ["toc", "posts", "arrays"])
@pytest.mark.parametrize("command", [["search", "a"], ["index"], ["index", "--full"], ["doctor"], ["verify"]])
def test_a_file_that_may_not_be_read_is_not_told_as_damaged(tmp_path: Path, suffix: str, command: list[str]):
    journal = make_journal(tmp_path, {"a.md": "# A\n"})
    journal.index()
    (file,) = journal.settings.index.glob(f"*.{suffix}")
    file.chmod(0)
    done = run(tmp_path, *command, before=UNPRIVILEGED)
    assert f"{file.name}: Permission denied; give the user who runs this access to it" in done.stdout + done.stderr
    assert "damaged" not in done.stdout + done.stderr
    file.chmod(0o644)
    assert journal.engine.snapshot().generation == 1


@pytest.mark.parametrize(
    ("form", "words", "printed"),
    [
        (
            "lines",
            ["monotonic"],
            "time.md:The monotonic clock never jumps. Human time does, and no cache helps.\n",
        ),
        (
            "markdown",
            ["monotonic"],
            "- [Just About Go Time](/articles/time)\n"
            "  > The monotonic clock never jumps. Human time does, and no cache helps.\n",
        ),
        (
            "markdown",
            ["rows"],
            "- [A Love Letter to the L1 Cache](/articles/cache#measure-it), Measure it\n\n"
            "  ```go\n  for i := range rows {\n      sum += rows[i].hits\n  }\n  ```\n",
        ),
        ("lines", ["zzzz"], ""),
    ],
)
def test_hits_are_printed_for_grep_and_for_notes(journal, form, words, printed):
    assert run(at(journal), "search", "--format", form, *words).stdout == printed


def test_hits_are_printed_as_lines_of_json(journal):
    lines = run(at(journal), "search", "--format", "jsonl", "cache").stdout.splitlines()
    assert [json.loads(line)["path"] for line in lines] == [
        hit["path"] for hit in json.loads(run(at(journal), "search", "--json", "cache").stdout)["hits"]
    ]


def test_the_best_hit_is_opened_in_the_browser(journal, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', "utf-8")
    browser.chmod(0o700)
    run(at(journal), "search", "--open", "monotonic", BROWSER=f"{browser} %s")
    assert (tmp_path / "opened").read_text("utf-8") == "http://127.0.0.1:8000/articles/time\n"


def test_the_shell_completes_commands_and_options(journal):
    completing = {"_BACKMATTER_COMPLETE": "bash_complete", "COMP_WORDS": "backmatter search --fo", "COMP_CWORD": "2"}
    assert run(at(journal), **completing).stdout == "plain,--format\n"


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["monotonic"], 0, "1 post\n\n 1  Just About Go Time  2026-05-08\n    /articles/time\n"),
        (["the", "cache", "-letter"], 0, "1 post\n\n 1  Just About Go Time"),
        (["cache", "-human"], 0, "1 post\n\n 1  A Love Letter"),
        (["cache", "zebra"], 0, "no post has all of these words; 2 have some\n"),
        (["monotomic"], 0, "1 post for monotonic; search with --exact for monotomic\n\n 1  Just About Go Time"),
        (["--exact", "monotomic"], 1, "no post matches; try fewer or other words\n"),
        (["zebra"], 1, "no post matches; try fewer or other words\n"),
        (["--sort", "oldest", "--limit", "1"], 0, "4 posts\n\n 1  Stop Rebuilding Docker Images  2025-02-21\n"),
        (["--", "-letter", "cache"], 0, "1 post\n\n 1  Just About Go Time"),
    ],
)
def test_a_search_ends_with_0_where_something_is_found_and_with_1_where_nothing_is(journal, words, status, says):
    done = run(at(journal), "search", *words)
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.startswith(says)


def test_a_pinned_post_comes_first_and_one_that_is_not_there_is_named(tmp_path: Path):
    journal = make_journal(tmp_path, POSTS)
    pins = 'pins = [["cache", "time.md"], ["clock", "nowhere.md"]]\n'
    (at(journal) / "backmatter.toml").write_text(pins, "utf-8")
    done = run(at(journal), "index")
    said = "pins: 'nowhere.md' is not a post of the index; correct its path in the settings"
    assert done.stderr == f"backmatter: {said}\n"
    hits = json.loads(run(at(journal), "search", "--json", "cache").stdout)["hits"]
    assert [(hit["path"], hit["pinned"]) for hit in hits] == [("time.md", True), ("cache.md", False)]


def test_json_has_the_shape_of_the_api(journal: Journal):
    command = json.loads(run(at(journal), "search", "--json", "cache").stdout)
    served = create_app(journal.settings, journal.engine).test_client().get("/api/v1/search?q=cache").json
    assert served is not None
    assert {**command, "took_ms": 0} == {**served, "took_ms": 0}


def test_a_file_of_queries_is_answered(journal: Journal, tmp_path: Path):
    out = tmp_path / "run.jsonl"
    done = run(at(journal), "search", "--queries", "q.jsonl", "--run", str(out))
    answers = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [answer["id"] for answer in answers] == ["1", "2"]
    assert answers[0]["hits"][0] == "cache.md"


def test_the_ranking_is_measured(journal: Journal):
    done = run(at(journal), "evaluate", "--queries", "q.jsonl", "--qrels", "r.tsv", "--json")
    scores = json.loads(done.stdout)
    assert done.returncode == 0
    assert (scores["queries"], scores["skipped"], scores["mrr"]) == (2, 0, 0.5)
    plain = run(at(journal), "evaluate", "--queries", "q.jsonl", "--qrels", "r.tsv")
    assert "mrr      0.5000" in plain.stdout


def test_queries_beside_the_posts_hold_the_ranking(journal: Journal):
    def evaluated(*options: str) -> Done:
        return run(at(journal), "evaluate", "--queries", "q.yaml", *options)

    (at(journal) / "q.yaml").write_text(
        "- query: monotonic\n  posts: {time.md: 1}\n- query: four cycles\n  posts: {time.md: 1}\n", "utf-8"
    )
    shown = evaluated("--per-query", "--save", "run.json", "--min-ndcg", "0.5")
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[:4] == [
        "0.000  four cycles",
        "       came first: cache.md#why-it-is-loved",
        "       right: time.md",
        "1.000  monotonic",
    ]
    assert json.loads(evaluated("--per-query", "--json").stdout)["outcomes"][1]["hits"] == ["time.md"]
    (at(journal) / "q.yaml").write_text(
        "- query: monotonic\n  posts: {cache.md: 1}\n- query: four cycles\n  posts: {cache.md: 1}\n", "utf-8"
    )
    changed = evaluated("--against", "run.json", "--min-ndcg", "0.6")
    assert changed.returncode == 1
    assert changed.stdout.splitlines()[:3] == [
        "1 got worse, 1 got better; p = 1.000 that this is chance",
        "  1.000 -> 0.000  monotonic",
        "  0.000 -> 1.000  four cycles",
    ]
    evaluated("--save", "now.json")
    compared = run(at(journal), "compare", "run.json", "now.json")
    assert compared.stdout == "now.json\n  0.5000 -> 0.5000  +0.0000  1 better, 1 worse, p = 1.000\n"
    figures = json.loads(run(at(journal), "compare", "run.json", "now.json", "--json").stdout)
    assert figures == {"settings": {"now.json": [["", 0.5, 0.5, 1, 1, 1.0]]}, "left_out": []}


def test_a_rank_is_explained(journal: Journal):
    done = run(at(journal), "explain", "monotonic clock", "time.md")
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0]) == (0, "1 of 1 for 'monotonic clock'")
    assert [line.split()[1] for line in lines if line.endswith("sum")][:2] == ["score", "frequency"]
    assert any("weight 1 × frequency 1 × length " in line for line in lines)
    none = run(at(journal), "explain", "monotonic", "cache.md")
    assert none.returncode == 1
    assert none.stdout == "cache.md is not among the 1 posts found for 'monotonic'; it lacks monotonic\n"
    assert json.loads(run(at(journal), "explain", "clock", "time.md", "--json").stdout)["rank"] == 1


def test_what_is_held_is_counted(journal: Journal):
    stats = json.loads(run(at(journal), "stats", "--json").stdout)
    assert (stats["posts"], stats["generation"], stats["languages"]) == (4, 1, {"en": 4})
    assert "posts       4\n" in run(at(journal), "stats").stdout


@pytest.mark.parametrize(
    ("arguments", "variables", "says"),
    [
        (
            ["search", "word"],
            {"BACKMATTER_INDEX": "nowhere"},
            ["nowhere: there is no index yet; run: backmatter index"],
        ),
        (["stats"], {"BACKMATTER_INDEX": "content/time.md"}, ["content/time.md"]),
        (["index"], {"BACKMATTER_CONTENT": "nowhere"}, ["nowhere", "no such directory"]),
        (["index"], {"BACKMATTER_HOLD_BACK": "drafts"}, ["BACKMATTER_HOLD_BACK", "drafts", "draft, future, expired"]),
        (["index"], {"BACKMATTER_ADDRESSES_PERMALINK": "/{colour}/"}, ["{colour}"]),
        (
            ["index"],
            {"BACKMATTER_CONTNET": "x"},
            ["BACKMATTER_CONTNET: unknown setting; did you mean BACKMATTER_CONTENT?"],
        ),
        (["stats", "--config", "none.toml"], {}, ["none.toml: cannot be read"]),
        (["stats", "--config", "q.jsonl"], {}, ["q.jsonl: is not valid TOML"]),
        (["search", "--limit", "0", "word"], {}, ["--limit", "1<=x<=1000"]),
        (["search", "--sort", "best", "word"], {}, ["relevance", "newest", "oldest"]),
        (["search", "--queries", "q.jsonl"], {}, ["--queries and --run go together"]),
        (["search", "--queries", "none.jsonl", "--run", "run"], {}, ["none.jsonl: cannot be read"]),
        (["search", "--queries", "q.jsonl", "--run", "content"], {}, ["content"]),
        (["evaluate", "--queries", "q.jsonl", "--qrels", "q.jsonl"], {}, ["q.jsonl:1: "]),
        (["evaluate", "--queries", "q.jsonl"], {}, ["q.jsonl: has queries without", "--qrels"]),
        (["evaluate", "--queries", "q.jsonl", "--qrels", "r.tsv", "--against", "none"], {}, ["none: cannot be read"]),
        (["evaluate"], {}, ["--queries"]),
        (["explain", "word", "none.md"], {}, ["none.md: is not in the index"]),
        (["sarch"], {}, ["sarch"]),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(journal, arguments, variables, says):
    done = run(at(journal), *arguments, **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert [part for part in says if part not in done.stderr] == []


@pytest.mark.parametrize(
    "words",
    [
        [b"\xff\xfe", b"caf\xe9"],
        ["a" * 100_000],
        ['"', "(((", "tag:", "-", "*", "OR", "year:99999999999", "before:0000-00-00"],
        ["\x1b[31mred\x07", "\u202e", "<mark>"],
    ],
)
@pytest.mark.parametrize("options", [["--"], ["--json", "--"]])
def test_any_words_are_a_query(journal, words, options):
    done = run(at(journal), "search", *options, *words)
    assert done.returncode in (0, 1)
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_what_a_post_says_does_not_reach_the_terminals_controls(tmp_path: Path):
    hostile = make_journal(
        tmp_path, {"a.md": "# \x1b]0;owned\x07 <b>\n\nA red\x1b[31m word &lt;mark&gt; \u202e here.\n"}
    )
    hostile.index()
    done = run(tmp_path, "search", "word")
    assert done.returncode == 0
    assert [c for c in done.stdout if not c.isprintable() and c != "\n"] == []


def test_a_terminal_shows_formulas_as_tex(tmp_path: Path):
    make_journal(tmp_path, {"a.md": "# T\n\nSo $a^2 < b$ holds.\n"}).index()
    assert "    So $a^2 < b$ holds.\n" in run(tmp_path, "search", "holds").stdout


def test_a_reader_that_goes_away_is_no_error(journal: Journal):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [BACKMATTER, "search", "--json", "cache", "--index", str(journal.settings.index)],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""


def test_help_and_version_are_given(journal: Journal):
    assert run(at(journal), "--version").stdout.startswith("backmatter, version ")
    help_text = run(at(journal), "-h").stdout
    assert [name for name in ("index", "search", "serve", "evaluate", "stats") if f"  {name} " not in help_text] == []
    assert "--queries" in run(at(journal), "search", "--help").stdout
