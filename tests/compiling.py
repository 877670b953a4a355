"""Tests that need a C compiler."""

import os
import shutil

import pytest


def require_compiler() -> None:
    """Skip where there is no C compiler, or fail where REQUIRE says that there has to be one."""
    if shutil.which("cc"):
        return
    if "cc" in os.environ.get("REQUIRE", "").split(","):
        pytest.fail("REQUIRE names cc, and there is no C compiler")
    pytest.skip("there is no C compiler: install gcc, and the headers of the C library")
