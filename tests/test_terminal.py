"""What others write never reaches the controls of a terminal, whichever command prints it."""

import json
import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from backmatter.app.operations.logs import JsonFormatter
from backmatter.index.insights.store import DAY
from backmatter.index.terminal import printable, printable_json
from tests.command import run_command, status_of
from tests.conftest import Journal, make_journal
from tests.insights import clicked, record, searched
from tests.serving import options

# A colour, a window's title, C1, marks that turn the order, a line feed, and a line that looks like one of ours.
HOSTILE = "x\x1b[31m\x1b]0;owned\x07\x9b2J\u202e\u2066\nfailed     all.md: gone\r::error::forged"
NAME = f"{HOSTILE.replace('/', '')}.md"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, Ωmega, 日本", "plain text, Ωmega, 日本"),
        ("a\x1b[31mb", "a [31mb"),
        ("a\nb\rc\td", "a b c d"),
        ("a\x9bb\x7fc", "a b c"),
        ("a\u202eb\u2066c\u200fd", "a b c d"),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
        ("a\ud800b", "a b"),
    ],
)
def test_a_control_becomes_a_space(text: str, expected: str):
    assert printable(text) == expected


@pytest.mark.parametrize("text", ["a\x9b\u202e\x7f", "\U000e0001", "plain", "a\u200cb", 'quote " and \\', "a\nb"])
def test_json_says_the_same_without_controls(text: str):
    shown = printable_json(json.dumps({"text": text}, ensure_ascii=False, indent=1))
    assert json.loads(shown) == {"text": text}
    assert controls(shown) == []


def controls(shown: str) -> list[str]:
    return [c for c in shown if not c.isprintable() and c not in "\n\u200c\u200d"]


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal whose names, titles and heads are hostile; some of its posts cannot be read, or are held back."""
    journal = make_journal(tmp_path_factory.mktemp("hostile"), {"good.md": "# Good\n\nA word.\n"})
    head = "---\ntitle: " + json.dumps(HOSTILE) + "\n"
    (journal.content / NAME).write_text(f"{head}---\n\n# {HOSTILE}\n\nA [word](nowhere.md) {HOSTILE}.\n", "utf-8")
    (journal.content / f"draft {NAME}").write_text(f"{head}draft: true\n---\nText.\n", "utf-8")
    (journal.content / f"broken {NAME}").write_text("---\ntitle: [\n---\nText.\n", "utf-8")
    (journal.content / f"date {NAME}").write_text(f"{head}date: {json.dumps(HOSTILE)}\n---\nText.\n", "utf-8")
    journal.index()
    # A query is named once three days have seen it.
    for day in range(3):
        record(journal.settings.insights_file, searched(HOSTILE, day * DAY), clicked(HOSTILE, day * DAY))
    (journal.content / f"new {NAME}").write_text("---\ntitle: [\n---\nText.\n", "utf-8")
    return journal


def shown_by(journal: Journal, *arguments: str) -> str:
    """Return all that a command writes to its terminal."""
    folder = journal.content.parent
    master, terminal = os.openpty()
    name = Path(os.ttyname(terminal))
    with ThreadPoolExecutor(1) as running:
        status = running.submit(status_of, folder, [*arguments, *options(folder)], {}, name, name)
        status.add_done_callback(lambda _: os.close(terminal))
        parts = []
        # That is how Linux says that the other end is closed.
        with suppress(OSError):
            while part := os.read(master, 65_536):
                parts.append(part)
    os.close(master)
    assert status.result() in (0, 1, 2)
    return b"".join(parts).decode()


COMMANDS = [
    ["index", "--dry-run"],
    ["index"],
    ["index", "--json", "--full"],
    ["search", "word"],
    ["search", "--json", "word"],
    ["search", HOSTILE],
    ["explain", "word", NAME],
    ["explain", HOSTILE, NAME],
    ["explain", "--json", "word", NAME],
    ["explain", "word", f"no {NAME}"],
    ["check"],
    ["check", "--format", "github"],
    ["check", "--format", "json"],
    ["check", "--format", "sarif"],
    ["doctor"],
    ["doctor", "--json"],
    ["stats"],
    ["verify"],
    ["insights"],
    ["insights", "--json"],
    ["insights", "--csv", "failed"],
    ["insights", "--csv", "held-back"],
    ["insights", "--days", "90"],
    ["insights", "--days", "90", "--csv", "top"],
    ["insights", "--days", "90", "--ubi"],
    ["backup", "kept.zip"],
    ["restore", "kept.zip", "--force"],
    ["evaluate", "--queries", "none.yaml"],
]
# The bar of a run and bold titles are our own.
OURS = ("\x1b[?25l", "\x1b[?25h", "\x1b[2K", "\x1b[1m", "\x1b[0m", "\x1b[K", "\r\n", "\r")


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_lets_a_post_reach_the_terminals_controls(journal: Journal, arguments: list[str]):
    shown = shown_by(journal, *arguments)
    assert shown
    for sign in OURS:
        shown = shown.replace(sign, "\n" if sign == "\r\n" else "")
    assert controls(shown) == []
    assert not [line for line in shown.split("\n") if line.startswith(("failed     all.md", "::error::forged"))]


def test_a_setting_cannot_reach_the_terminals_controls(journal: Journal):
    file = journal.content.parent / "hostile.toml"
    file.write_text(f"pins = [[{json.dumps(HOSTILE)}, {json.dumps(HOSTILE)}]]\nexclude = [{json.dumps(HOSTILE)}]\n")
    assert controls(shown_by(journal, "stats", "--config", str(file)).replace("\r\n", "\n")) == []
    file.write_text(f"{json.dumps(HOSTILE)} = 1\n")
    assert controls(shown_by(journal, "stats", "--config", str(file)).replace("\r\n", "\n")) == []


def test_a_line_of_the_log_has_no_controls():
    record = logging.LogRecord("backmatter", logging.WARNING, "a.py", 1, "%s cannot be read", (HOSTILE,), None)
    line = JsonFormatter().format(record)
    assert controls(line) == []
    assert "\n" not in line
    assert json.loads(line)["event"] == f"{HOSTILE} cannot be read"


ANNOTATION = re.compile(r"::(error|warning) file=[^,:]+,line=\d+,title=[a-z-]+::.*")


@pytest.mark.parametrize("form", ["github", "text"])
def test_annotations_of_a_pull_request_cannot_be_forged(tmp_path: Path, form: str):
    names = ("::error file=a.md::forged.md", "a\n::error::forged.md", "a%0A::error::forged.md", "a,line=7::b.md")
    journal = make_journal(tmp_path, dict.fromkeys(names, "# A\n\n[Dead](nowhere.md)\n"))
    lines = run_command(journal.content, "check", "--format", form, *options(tmp_path)).stdout.splitlines()
    assert len(lines) > len(names)
    assert [line for line in lines if bool(ANNOTATION.fullmatch(line)) != (form == "github")] == []
    assert [line for line in lines if line.lstrip().startswith("::") != (form == "github")] == []
