"""Compile `kernels.c` into a library beside it; runs while Backmatter is being installed, and needs no other module.

The compiler is `cc` or, where the package `ziglang` is installed, Zig's.
"""

import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from shutil import which

KERNEL_SOURCE = "kernels.c"
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
# Floats are not contracted, so that each machine gives the same scores as NumPy.
OPTIONS = ("-std=c11", "-O3", "-ffp-contract=off", "-shared", "-fPIC")
# What builds for machines without a compiler require; for other machines there is none.
ZIG = "ziglang>=0.13; platform_machine in 'x86_64 AMD64 aarch64 arm64 ARM64'"
WITHOUT = "no C compiler (cc): searches run without compiled loops, and take up to twice as long"


def library_file(folder: Path) -> Path:
    """Return the library that belongs to the source in a folder, compiled or not."""
    return folder / f"kernels-{sha256((folder / KERNEL_SOURCE).read_bytes()).hexdigest()[:12]}{SUFFIX}"


def compilers() -> list[Sequence[str]]:
    """Return the commands that compile C, the best first."""
    found: list[Sequence[str]] = [(path,) for path in (which("cc"),) if path]
    if find_spec("ziglang"):
        found.append((sys.executable, "-m", "ziglang", "cc", "-target", _target()))
    return found


def _target() -> str:
    """Return the name that Zig has for this machine; without it, Zig compiles for this very processor."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
    libc = "gnu.2.17" if platform.libc_ver()[0] == "glibc" else "musl"
    return f"{machine}-" + {"win32": "windows-gnu", "darwin": "macos"}.get(sys.platform, f"linux-{libc}")


def build(folder: Path, options: Sequence[str] = ()) -> Path | None:
    """Compile the source in a folder; return the library, or None where nothing can compile it."""
    target = library_file(folder)
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary) / target.name
        for compiler in compilers():
            command = [*compiler, *OPTIONS, *options, str(folder / KERNEL_SOURCE), "-o", str(made)]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:  # noqa: S603 (no shell)
                for old in folder.glob(f"kernels-*{SUFFIX}"):
                    old.unlink()
                target.write_bytes(made.read_bytes())
                return target
    return None
