"""The README is held to the code: what it lists exists, and what exists is listed."""

import json
import re
from pathlib import Path
from typing import get_args

import click
import pytest

from index.cli import cli
from index.query import OPERATORS
from index.settings import FIELDS, Rule, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMON = {"--config", "--content", "--index", "--help"}


def section(title: str) -> str:
    """Give what stands below a heading of the README, up to the next one of its level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no section {title!r}"
    return found[1]


def rows(text: str) -> list[tuple[str, ...]]:
    """Give the cells of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [tuple(cell.strip().strip("`") for cell in line.strip("|").split(" | ")) for line in lines]
    return [row for number, row in enumerate(cells) if number > 1]


def options(command: click.Command) -> set[str]:
    return {name for param in command.params for name in param.opts if name.startswith("--")}


def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command}


@pytest.mark.parametrize("name", commands())
def test_the_readme_lists_every_command_with_its_options(name):
    listed = next(row for row in rows(section("Command line")) if row[0].split()[0] == name)
    assert set(re.findall(r"--[a-z-]+", " ".join(listed))) == options(commands()[name]) - COMMON


def test_the_readme_lists_no_command_that_is_not_there():
    assert {row[0].split()[0] for row in rows(section("Command line"))} == set(commands())


def test_the_readme_names_the_options_that_every_command_has():
    text = section("Command line")
    assert all(f"`{name}" in text for name in COMMON - {"--help"})


def test_the_readme_lists_every_setting_with_its_default_and_purpose():
    defaults = {name: json.dumps(getattr(Settings(), name), default=str) for name in FIELDS}
    expected = [(name, defaults[name], FIELDS[name].__metadata__[0].description) for name in FIELDS]
    assert rows(section("Settings")) == expected


def test_the_readme_lists_every_operator_of_the_query_language():
    assert rows(section("Query language")) == [tuple(operator) for operator in OPERATORS]


def test_what_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_names_make_targets_that_exist():
    named = set(re.findall(r"^\s*make (\w+)", README, re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"serve", "test"} <= named <= targets


def test_the_readme_lists_every_rule_of_the_check():
    listed = re.search(r"^The rules: (.*?)\.\n\n", section("Command line"), re.MULTILINE | re.DOTALL)
    assert listed
    assert tuple(re.findall(r"`([a-z-]+)`", listed[1])) == get_args(Rule)
