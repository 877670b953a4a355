"""Programs that some tests need, and that a machine may lack."""

import os
import shutil

import pytest

# What to install for each, as Debian names it.
PACKAGES = {
    "caddy": "caddy",
    "cc": "gcc, and the headers of the C library",
    "curl": "curl",
    "jq": "jq",
    "nginx": "nginx-light",
    "node": "nodejs",
    "rsync": "rsync",
}


def require(name: str) -> None:
    """Skip where a program is missing, or fail where REQUIRE says that it has to be there."""
    if shutil.which(name):
        return
    if name in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"REQUIRE names {name}, and it is not there: install {PACKAGES[name]}")
    pytest.skip(f"there is no {name}: install {PACKAGES[name]}")
