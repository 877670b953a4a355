"""The build hook: `pip install` compiles the kernels, and a wheel carries them."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNELS = Path(__file__).parent / "index" / "kernels"
sys.path.insert(0, str(KERNELS))

import building  # noqa: E402 (of the source tree, which is no package here)


class KernelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles the kernels where something compiles C, and says so where nothing does."""

    def dependencies(self) -> list[str]:
        """Return the compiler to install for the build, where the machine has none."""
        return [] if building.compilers() else [building.ZIG]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (given by name)
        """Add the library to what is built."""
        library = building.build(KERNELS)
        if library is None:
            self.app.display_warning(building.WITHOUT)
            return
        *_, platform = self.build_config.builder.get_best_matching_tag().split("-")
        build_data["artifacts"].append(f"/index/kernels/{library.name}")
        # It needs nothing of Python's own interface.
        build_data |= {"pure_python": False, "tag": f"py3-none-{platform}"}
