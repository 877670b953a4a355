"""The machine's shape, as figures mean little without it, and the memory of processes."""

import os
import platform
from pathlib import Path


def shape() -> str:
    """Give processor, cores, memory and Python in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({_processor()}), {memory:.0f} GB of memory, Python {platform.python_version()}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def resident(pid: int) -> int:
    """Give a process's resident memory (RSS) in bytes; pages of mapped files that are at hand count."""
    return _kilobytes(f"/proc/{pid}/status", "VmRSS:")


def own_memory(pid: int) -> int:
    """Give a process's memory without what is mapped from files, in bytes."""
    return _kilobytes(f"/proc/{pid}/status", "RssAnon:")


def shared_out(pid: int) -> int:
    """Give a process's share of memory (PSS) in bytes: of a page that three processes have, a third; 0 if it ended."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss:")


def processor(pid: int) -> float:
    """Give the processor time that a process has taken, in seconds; 0 if it ended."""
    try:
        # What follows the name, which is in brackets, begins with the third field (proc(5)): 14 and 15 are the times.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kilobytes(file: str, name: str) -> int:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def family(pid: int) -> list[int]:
    """Give a process and all that it has started, directly or not."""
    try:
        children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in family(child))]


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except OSError:
        return []
