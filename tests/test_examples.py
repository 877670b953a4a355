"""The examples of the documentation, run as they are shown, by what they print."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.programs import require
from tests.serving import PATIENCE, index, running

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "examples.md"
SHOWN = "https://search.example.org"
TOKEN = "an example".replace(" ", "-") * 2
# How each language is run, and what that needs beside Python.
RUN = {
    "sh": (["bash", "-e", "-o", "pipefail", "-c"], ("curl", "jq")),
    "python": ([sys.executable, "-c"], ()),
    "js": (["node", "--input-type=module", "--eval"], ("node",)),
}
EXAMPLE = re.compile(r"^```(sh|python|js)\n(.*?)(^```\n\n```(?:text|json)\n)(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A program, its language, and what it prints; `fences` are between the two."""

    language: str
    program: str
    fences: str
    printed: str


EXAMPLES = [Example(*found) for found in EXAMPLE.findall(PAGE.read_text("utf-8"))]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server of this repository's articles."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(ROOT / "content", folder / "content")
    index(folder)
    with running(folder, workers=1, BACKMATTER_INSIGHTS_TOKEN=TOKEN) as (_, port):
        yield f"http://127.0.0.1:{port}"


def printed_by(example: Example, address: str) -> str:
    command, _ = RUN[example.language]
    program = example.program.replace(SHOWN, address)
    environment = {**os.environ, "BACKMATTER_INSIGHTS_TOKEN": TOKEN}
    ran = subprocess.run(
        [*command, program], capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.program.strip().splitlines()[-1][:60])
def test_an_example_prints_what_is_shown_below_it(address, example, request):
    for name in RUN[example.language][1]:
        require(name)
    printed = printed_by(example, address)
    if request.config.getoption("--update-golden"):
        before = example.program + example.fences
        PAGE.write_text(PAGE.read_text("utf-8").replace(before + example.printed, before + printed), "utf-8")
    assert printed == example.printed


def test_every_program_of_the_page_is_run_and_each_language_has_several():
    shown = re.findall(r"^```(sh|python|js)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(EXAMPLES) == len(shown)
    assert all(shown.count(language) > 2 for language in RUN)
