"""What the files for deployment name is there: commands, options, settings, files, ports."""

import re
from configparser import ConfigParser
from pathlib import Path

import click
import pytest
import yaml

from backmatter.index.cli.commands import cli
from backmatter.index.settings import DECLARED, ENV_PREFIX, Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOY / "backmatter.service").read_text("utf-8"))
    return parser


def test_the_units_command_is_one_with_these_options():
    program, name, *options = unit()["Service"]["ExecStart"].split()
    command = cli.get_command(click.Context(cli), name)
    assert Path(program).name == "backmatter"
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known


def test_the_unit_writes_only_where_its_index_is():
    service = unit()["Service"]
    assert service["ProtectSystem"] == "strict"
    assert f"--index /var/lib/{service['StateDirectory']}/" in service["ExecStart"]


@pytest.mark.parametrize("file", ["backmatter.service", "Containerfile", "compose.yaml"])
def test_every_variable_is_a_setting(file: str):
    names = set(re.findall(rf"{ENV_PREFIX}([A-Z_]+)", (DEPLOY / file).read_text("utf-8")))
    assert names
    assert {ENV_PREFIX + name for name in names} <= {declared.variable for declared in DECLARED.values()}


def test_the_container_copies_what_is_there_and_runs_a_command_without_rights():
    copied = [word for line in re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.M) for word in line.split()]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    assert 'CMD ["backmatter", "serve"]' in CONTAINERFILE
    assert re.search(r"^USER [1-9]", CONTAINERFILE, re.M)


def test_the_composition_is_that_of_the_container():
    service = COMPOSE["services"]["backmatter"]
    [exposed] = re.findall(r"^EXPOSE (\d+)$", CONTAINERFILE, re.M)
    assert service["ports"] == [f"127.0.0.1:{exposed}:{Settings().server.port}"]
    assert [volume.split(":")[-1] for volume in service["volumes"]] == ["ro", "/var/lib/backmatter"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["read_only"]
