"""The documentation is held to the code: what it lists exists, and what exists is listed."""

import gzip
import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import chain
from math import ceil
from pathlib import Path
from typing import get_args

import click
import pytest
from flask import Flask
from prometheus_client import CollectorRegistry

from backmatter.app import create_app
from backmatter.app.errors import ERROR_KINDS
from backmatter.app.operations.metrics import Metrics
from backmatter.app.routes.feeds import MAX_ITEMS
from backmatter.app.routes.openapi import PATH_ITEMS
from backmatter.app.search.result_pages import MAX_REACHABLE
from backmatter.index.analysis import STEMMERS
from backmatter.index.cli.commands import cli
from backmatter.index.insights.quality import Judge
from backmatter.index.insights.report import report
from backmatter.index.insights.tables import tables
from backmatter.index.posts.addresses.headings import HeadingIdMaker
from backmatter.index.query.parser import MAX_QUERY_LENGTH, OPERATORS
from backmatter.index.query.tree import MAX_CLAUSES
from backmatter.index.ranking import LOOKED_AT_TWICE
from backmatter.index.search.curation import NOTHING_SAID
from backmatter.index.settings import (
    DECLARED,
    OF_JOURNALS,
    PLACEHOLDERS,
    TABLES,
    HookSettings,
    InsightsSettings,
    Rule,
    ServerSettings,
    Settings,
)
from backmatter.index.settings.declared import JOURNAL
from backmatter.index.settings.journals import journal_tables
from backmatter.index.tools.check.finding import RULES
from backmatter.index.tools.init import recognize
from tests.conftest import Journal

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMON = {"--config", "--content", "--index", "--journal", "--help"}
MOST_README = 10_000
SECRET = "a secret of some length"  # noqa: S105 - of these tests

FENCE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(name: str, title: str) -> str:
    """Return what stands below a heading of a page, up to the next one of its level or above."""
    text = page(name)
    found = re.search(rf"^(#+) {re.escape(title)}\n", text, re.MULTILINE)
    assert found, f"{name} has no section {title!r}"
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE).search(text, found.end())
    return text[found.end() : end.start() if end else None]


def rows(text: str) -> list[tuple[str, ...]]:
    """Return the cells of the tables in a text, without their heads."""
    found = re.findall(r"^\|.*\n\|[ :|-]+\|\n((?:\|.*\n)*)", text, re.MULTILINE)
    lines = [line for table in found for line in table.splitlines()]
    return [tuple(cell.strip().strip("`") for cell in line.strip("|").split("|")) for line in lines]


def first_cells(name: str, title: str) -> list[str]:
    return [row[0] for row in rows(section(name, title))]


def options(command: click.Command) -> set[str]:
    return {name for param in command.params for name in param.opts if name.startswith("--")}


def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def test_the_readme_is_read_in_five_minutes():
    assert len(page("README.md").encode()) <= MOST_README


# Commands


@pytest.mark.parametrize("name", commands())
def test_every_command_is_listed_with_its_options(name):
    listed = next(row for row in rows(section("docs/commands.md", "All commands")) if row[0].split()[0] == name)
    assert set(re.findall(r"--[a-z-]+", " ".join(listed))) == options(commands()[name]) - COMMON


def test_no_command_is_listed_that_is_not_there():
    assert {cell.split()[0] for cell in first_cells("docs/commands.md", "All commands")} == set(commands())


def test_the_options_that_every_command_has_are_named():
    text = section("docs/commands.md", "All commands")
    assert all(f"`{name}" in text for name in COMMON - {"--help"})


def test_every_command_that_can_end_with_1_is_listed_with_what_that_means():
    ends = {name: inspect.getsource(inspect.unwrap(command.callback)) for name, command in commands().items()}
    assert set(first_cells("docs/commands.md", "Exit status")) == {n for n, text in ends.items() if "NOTHING" in text}


def test_every_rule_of_the_check_is_listed_with_its_level_and_what_it_finds():
    expected = [(name, about.level, about.text) for name, about in RULES.items()]
    assert rows(section("docs/commands.md", "Rules of check")) == expected
    assert tuple(RULES) == get_args(Rule)


def test_every_table_of_insights_is_listed(journal: Journal):
    shown = report(journal.settings, Judge(journal.engine.snapshot(), NOTHING_SAID), 30, held_back=(), failed=())
    expected = [(table.name, table.title) for table in tables(shown)]
    listed = rows(section("docs/commands.md", "Tables of insights"))
    assert [(name, title) for name, title in listed] == expected


def shown_commands() -> Iterator[tuple[str, str]]:
    """Yield the lines of code in which the program is called, each with its page."""
    for file in PAGES:
        text = file.read_text("utf-8")
        blocks = [line for block in re.findall(r"(?:^    .+\n)+", text, re.MULTILINE) for line in block.splitlines()]
        blocks += [line for fence in FENCE.finditer(text) for line in fence[0].splitlines()[1:-1]]
        spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text))
        for line in [*blocks, *spans]:
            if re.match(r"\s*(\S*bin/)?backmatter\s+[a-z]", line):
                yield file.name, line.partition("#")[0].strip()


@pytest.mark.parametrize(("name", "line"), list(shown_commands()))
def test_commands_are_shown_as_they_can_be_typed(name, line):
    known = commands()
    for called in line.split("&&"):
        words = called.split()
        if words and words[0].endswith("backmatter"):
            assert words[1] in known
            given = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
            assert given <= options(known[words[1]]) | COMMON, name


def test_every_generator_that_is_recognized_is_listed():
    sites = [site for site in (ROOT / "tests" / "golden" / "sites").iterdir() if site.is_dir()]
    listed = {name for cell in first_cells("docs/guide.md", "Generators") for name in cell.split(", ")}
    assert {detected.label for site in sites if (detected := recognize(site))} <= listed


# Settings and queries


def test_every_setting_is_listed_with_its_default_and_purpose():
    for table in ("", *TABLES):
        listed = section("docs/settings.md", f"`[{table}]`" if table else "The top of the file")
        declared = [declared for declared in DECLARED.values() if declared.table == table]
        expected = [(each.key, json.dumps(each.default, default=str), each.help) for each in declared]
        assert rows(listed) == expected
        assert TABLES.get(table, "") in listed


def test_every_setting_of_a_journals_table_is_listed_with_its_default_and_purpose():
    expected = [(each.key, json.dumps(each.default), each.help) for each in OF_JOURNALS.values()]
    assert rows(section("docs/settings.md", "Several journals")) == expected


def test_settings_are_shown_as_they_can_be_written():
    for file in PAGES:
        for block in re.findall(r"^```toml\n(.*?)^```", file.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            parsed = tomllib.loads(block)
            tables = [table.written for table in journal_tables(parsed, file)]
            for name, value in chain(*(part.items() for part in [parsed, *tables])):
                names = {f"{name}.{key}" for key in value} if name in (*TABLES, JOURNAL) else {name}
                assert names <= DECLARED.keys() | OF_JOURNALS.keys()


def test_every_placeholder_of_addresses_is_listed():
    listed = " ".join(first_cells("docs/settings.md", "Patterns of addresses"))
    assert sorted(re.findall(r"\{(\w+)\}", listed)) == sorted(PLACEHOLDERS)


def test_every_operator_of_the_query_language_is_listed():
    assert rows(section("docs/query-language.md", "Operators")) == [tuple(operator) for operator in OPERATORS]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("docs/query-language.md", f"({len(STEMMERS)} languages)"),
        ("docs/query-language.md", f"after {MAX_QUERY_LENGTH:,} characters. Of more than {MAX_CLAUSES} clauses"),
        ("docs/query-language.md", f"fewer than {LOOKED_AT_TWICE} of them"),
        ("docs/architecture.md", f"the best {LOOKED_AT_TWICE} are scored again"),
        ("docs/api.md", f"The first {MAX_REACHABLE:,} results"),
        ("docs/api.md", f"its {MAX_ITEMS} newest articles"),
    ],
)
def test_limits_are_said_as_they_are(name, said):
    assert said in " ".join(page(name).split())


# The server


@pytest.fixture
def everything(journal: Journal) -> Flask:
    """The application with every route that settings can add."""
    secret = SECRET.replace(" ", "-")
    settings = Settings(
        content=journal.settings.content,
        index=journal.settings.index,
        server=ServerSettings(metrics_token=secret),
        insights=InsightsSettings(token=secret),
        hooks=HookSettings(secret=secret),
    )
    return create_app(settings, journal.engine)


def test_every_address_of_the_server_is_listed(everything: Flask):
    listed = {address for row in rows(page("docs/api.md")) for address in re.findall(r"(/[^\s`?,]*)", row[0])}
    served = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in everything.url_map.iter_rules()}
    feeds = {"/search.atom", "/search.json"}
    assert {address.replace("{id}", "{name}") for address in listed} | feeds == served
    assert all(f"`{feed}" in section("docs/api.md", "Feeds") for feed in feeds)


def test_the_api_is_listed_as_its_own_description_has_it():
    listed = {row[0]: row[1].replace("`", "").split() for row in rows(page("docs/api.md")) if row[0][0] != "/"}
    described = {
        f"{method.upper()} {path}": [
            name
            for ref in operation["parameters"]
            if (name := ref["$ref"].rpartition("/")[2]) not in {"if_none_match", "slug", "signature", "job"}
        ]
        for path, methods in PATH_ITEMS.items()
        for method, operation in methods.items()
    }
    assert {address: row for address, row in listed.items() if address.split()[0] in {"GET", "POST"}} == described


def test_every_code_of_an_error_is_listed_with_its_status():
    listed = {(int(status), code) for status, codes in error_rows() for code in re.findall(r"\b[a-z]+_[a-z_]+", codes)}
    assert listed == {(int(kind.status), kind.code) for kind in ERROR_KINDS} | {(400, "bad_request")}


def error_rows() -> list[tuple[str, ...]]:
    return rows(section("docs/api.md", "Errors"))


def test_every_metric_is_listed():
    metrics = Metrics()
    registry: CollectorRegistry = metrics._registry
    named = {metric.name for metric in registry.collect()} | {f"backmatter_cluster_{name}" for name in metrics._cluster}
    listed = {cell.removesuffix("_total") for cell in first_cells("docs/operating.md", "Metrics")}
    assert listed == named


# The search box


def test_every_property_and_part_of_the_component_is_listed():
    script = "".join(page(f"app/static/{name}.js") for name in ("backmatter-search", "backmatter-dialog", "combobox"))
    listed = set(first_cells("docs/theming.md", "The search box"))
    attributes = {"src", "journals", "placeholder", "lang", "mode", "keys", "id"}
    named = re.findall(r'(?:part: |part\(\s*"\w+",\s*|change, |sort\), )"(\w+)"', script)
    assert listed - attributes == set(re.findall(r"--backmatter-[a-z-]+", script)) | set(named)


def test_every_property_of_the_pages_is_listed_declared_and_used():
    style, author = page("app/static/style.css"), page("app/static/author.css")
    listed = [cell for cell in first_cells("docs/theming.md", "The pages") if cell.startswith("--")]
    root = re.search(r"^:root \{\n(.*?)^\}", style, re.MULTILINE | re.DOTALL)[1]
    assert listed == re.findall(r"^ +(--[\w-]+):", root, re.MULTILINE)
    assert set(listed) == set(re.findall(r"var\((--backmatter-[\w-]+)\)", style + author))
    assert set(re.findall(r"var\((--[\w-]+)\)", style + author)) - set(listed) == {"--ground"}


def kilobytes(content: bytes) -> tuple[int, int]:
    """Return a size in kB, rounded up, as it is and compressed."""
    return ceil(len(content) / 1000), ceil(len(gzip.compress(content, 6)) / 1000)


def test_sizes_are_said_as_they_are(client):
    box = kilobytes(client.get("/backmatter-search.js").data)
    dialog = kilobytes(client.get("/backmatter-dialog.js").data)
    said = " ".join(page("docs/theming.md").split())
    assert f"one file of {box[0]} kB, {box[1]} kB compressed" in said
    assert f"another of {dialog[0]} kB, {dialog[1]} kB compressed" in said
    home = client.get("/").text
    style, script = (
        kilobytes(client.get(re.search(rf'"(/assets/{name}[^"]+)"', home)[1]).data) for name in ("style", "script")
    )
    plain = f"one style sheet of {style[0]} kB and one script of {script[0]} kB"
    said = f"{plain}, {style[1]} and {script[1]} kB compressed"
    assert said in " ".join(page("docs/theming.md").split())


# The architecture


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_file_of_the_repository_that_a_page_names_is_there(file):
    named = re.findall(r"(?<![\w./])(?:app|index|tests|deploy)/[\w./-]*\w", file.read_text("utf-8"))
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []


def test_every_module_is_in_the_room_whose_paragraph_names_it():
    for paragraph in page("docs/architecture.md").split("\n\n"):
        room = re.match(r"\*\*`([a-z/]+)`", paragraph)
        named = re.findall(r"`(\w+\.py)`", paragraph) if room else []
        assert [name for name in named if not any((ROOT / room[1]).rglob(name))] == []


def test_every_room_is_in_the_architecture():
    rooms = [file.parent for package in ("app", "index") for file in (ROOT / package).rglob("__init__.py")]
    text = page("docs/architecture.md")
    assert [room for room in rooms if f"{room.name}/" not in text] == []


# Links, files and versions


def anchors(file: Path) -> set[str]:
    ids = HeadingIdMaker("github")
    titles = HEADING.findall(FENCE.sub("", file.read_text("utf-8")))
    return {ids.make(re.sub(r"[`*]", "", title)) for _, title in titles}


def links() -> Iterator[tuple[Path, str]]:
    for file in PAGES:
        text = FENCE.sub("", file.read_text("utf-8"))
        yield from ((file, link) for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text))


@pytest.mark.parametrize(("file", "link"), list(links()), ids=lambda value: getattr(value, "name", value))
def test_a_link_leads_somewhere(file, link):
    path, _, anchor = link.partition("#")
    target = (file.parent / path).resolve() if path else file
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_every_page_is_in_the_list_of_pages():
    listed = set(re.findall(r"\]\(([a-z-]+\.md)", page("docs/README.md")))
    assert listed | {"README.md"} == {file.name for file in (ROOT / "docs").glob("*.md")}


def test_make_is_told_to_do_what_it_can():
    code = "\n".join(file.read_text("utf-8") for file in PAGES)
    named = set(re.findall(r"(?:^ +|`|, )make ([a-z]+)", code, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    assert {"serve", "test"} <= set(re.findall(r"make (\w+)", page("README.md")))
    assert named <= targets


def test_benchmarks_that_are_named_are_there():
    named = {name for file in PAGES for name in re.findall(r"-m (tests\.bench[.\w]*)", file.read_text("utf-8"))}
    assert named
    assert [name for name in named if not any(ROOT.glob(f"{name.replace('.', '/')}*"))] == []


def test_the_changelogs_newest_version_is_this_one():
    versions = re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", page("CHANGELOG.md"), re.MULTILINE)
    current = tomllib.loads(page("pyproject.toml"))["project"]["version"]
    days = [date.fromisoformat(day) for _, day in versions]
    assert versions[0][0] == current
    assert days == sorted(days, reverse=True)
    assert first_cells("SECURITY.md", "Supported versions")[0] == current.rpartition(".")[0]
