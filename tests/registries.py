"""What tests take from the registries of others: pinned, when they run, and skipped where that is not possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Seconds. The largest is Docusaurus, 300 MB in 1,100 packages: 200 s where each core has eight other processes.
PATIENCE = 900


def from_npm(package: str, folder: Path, *others: str) -> Path:
    """Install a package of npm, such as `name@1.2.3`, and others with it; return its folder."""
    command = ["npm", "install", "--silent", "--ignore-scripts", "--prefix", str(folder), package, *others]
    _obtain("npm", command)
    return folder / "node_modules" / package.rpartition("@")[0]


def from_pypi(folder: Path, *packages: str) -> Path:
    """Install packages of the Python Package Index into an environment of their own; return its folder."""
    uv = str(Path(sys.executable).with_name("uv"))
    _obtain("pypi", [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)])
    _obtain("pypi", [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), *packages])
    return folder


def _obtain(registry: str, command: list[str]) -> None:
    """Run a command that downloads; skip the test if it cannot, or fail where REQUIRE names the registry."""
    found = shutil.which(command[0])
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE) if found else None
    if done and not done.returncode:
        return
    said = done.stderr.decode() if done else f"there is no {command[0]}"
    if registry in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"REQUIRE names {registry}, and `{' '.join(command)}` failed: {said}")
    pytest.skip(f"not to be had from {registry}: {said}")
