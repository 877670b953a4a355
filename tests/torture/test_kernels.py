"""The compiled loops under AddressSanitizer and UndefinedBehaviorSanitizer: each access outside an array ends them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.programs import require

ROOT = Path(__file__).parents[2]
SANITIZED = "-g -fsanitize=address,undefined -fno-sanitize-recover=all"
# Python's own memory is not of interest, and is not freed at its end.
SETTINGS = {"ASAN_OPTIONS": "detect_leaks=0:verify_asan_link_order=0", "KERNEL_OPTIONS": SANITIZED}


def test_the_tests_of_the_kernels_pass_under_the_sanitizers():
    require("cc")
    runtime = [
        subprocess.run(["cc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
        for name in ("libasan.so", "libubsan.so", "libstdc++.so")
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses", "0", "tests/test_kernels.py"],
        cwd=ROOT,
        env=os.environ | SETTINGS | {"LD_PRELOAD": " ".join(runtime)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
