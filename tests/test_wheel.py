"""The wheel, built and run where there is no source tree."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from backmatter.index.kernels import WITHOUT
from tests.conftest import POSTS, make_journal
from tests.programs import require
from tests.serving import ask, free_port, wait_until_ready

ROOT = Path(__file__).parents[1]
PATIENCE = 120
# What the tests themselves run with must not reach the installed command.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BACKMATTER"))}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lay_sources(folder: Path) -> None:
    """Put into a folder what `deploy/Containerfile` copies into the image."""
    for line in re.findall(r"^COPY (.+) \S+$", (ROOT / "deploy" / "Containerfile").read_text("utf-8"), re.MULTILINE):
        for source in map(ROOT.joinpath, line.split()):
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
            else:
                shutil.copy(source, folder)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel, built from what a container has, and its dependencies.

    The dependencies are those of the environment that runs the tests.
    """
    folder, sources = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("sources")
    lay_sources(sources)
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=sources)
    [wheel] = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install"]
    run(*pip, "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python.parent


def test_the_wheel_carries_compiled_loops(installed: Path, tmp_path: Path):
    require("cc")
    is_there = "from backmatter.index.kernels import library; print(bool(library()))"
    assert run(installed / "python", "-c", is_there, cwd=tmp_path).strip() == "True"


def test_without_a_compiler_the_wheel_is_for_every_machine_and_says_so(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path]
    done = subprocess.run(
        build, cwd=ROOT, env=ENVIRONMENT | {"PATH": ""}, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert WITHOUT in done.stderr + done.stdout


@pytest.fixture(scope="module")
def journal(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that is not the repository, with posts in `content`, indexed by the installed command."""
    folder = tmp_path_factory.mktemp("elsewhere")
    make_journal(folder, POSTS)
    assert "4 added" in run(installed / "backmatter", "index", cwd=folder)
    return folder


def test_the_command_comes_from_the_wheel(installed: Path, journal: Path):
    where = "from backmatter import app, index; print(app.__file__, index.__file__)"
    assert str(ROOT) not in run(installed / "python", "-c", where, cwd=journal)
    assert run(installed / "backmatter", "--version", cwd=journal).startswith("backmatter, version ")


def test_the_wheel_installs_no_package_that_another_program_could_have(installed: Path, journal: Path):
    listing = "import os, sysconfig; print(*os.listdir(sysconfig.get_path('purelib')))"
    names = run(installed / "python", "-c", listing, cwd=journal).split()
    assert sorted(name.partition("-")[0] for name in names) == ["backmatter", "backmatter", "dependencies.pth"]


def test_a_search_is_answered(installed: Path, journal: Path):
    found = json.loads(run(installed / "backmatter", "search", "--json", "monotonic", cwd=journal))
    assert [hit["path"] for hit in found["hits"]] == ["time.md"]


def test_the_journal_is_served_with_its_templates_and_its_style(installed: Path, journal: Path):
    port = free_port()
    command = [str(installed / "backmatter"), "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(
        command,
        cwd=journal,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            wait_until_ready(process)
            page, html = ask(port, "/search?q=monotonic")
            [address] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
            style, _ = ask(port, address)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)
    assert (page.status, style.status) == (200, 200)
    assert "<mark>monotonic</mark>" in html
