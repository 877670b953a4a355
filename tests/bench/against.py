"""Two builds of Backmatter side by side in one run: this checkout and another commit, each with its own index.

Each build answers in a process of its own, with the dependencies that its own lock names, and takes the processor time
itself. They answer each query in turn, so that what else the machine does meets both.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.bench import Bench, Figures
from tests.bench.figures import Times, times
from tests.bench.queries import Query
from tests.bench.race import ROUNDS
from tests.bench.tables import figure, ratio, table

ROOT = Path(__file__).parents[2]
# What `answering` calls of a peer.
WAYS = {"top": "Top 10 and total", "passages": "Top 10 with passages, and total"}
# By way, kind of query and build.
Compared = dict[str, dict[str, dict[str, Times]]]


def measure(bench: Bench, commit: str) -> Figures:
    """Build the other commit and let both answer the same queries."""
    with ExitStack() as stack:
        other = stack.enter_context(_checked_out(commit, bench.folder / "against"))
        checkouts = {"here": (ROOT, Path(sys.executable)), commit: (other, other / ".venv/bin/python")}
        builds = {
            name: stack.enter_context(_build(root, python, bench.content, bench.folder / f"index-{name}"))
            for name, (root, python) in checkouts.items()
        }
        compared = {way: {kind: _kind(builds, way, queries) for kind, queries in bench.drawn.items()} for way in WAYS}
    return Figures("\n\n".join(f"**{WAYS[way]}**\n\n{_table(kinds)}" for way, kinds in compared.items()), compared)


@contextmanager
def _checked_out(commit: str, folder: Path) -> Iterator[Path]:
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", folder, commit], cwd=ROOT, check=True)
    try:
        subprocess.run(["make", "--silent", ".venv/.serve"], cwd=folder, check=True)
        yield folder
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


class Build:
    """A process that answers queries; see `answering`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert self._read() == "ready"

    def ask(self, way: str, query: Query) -> float:
        """Return the processor time of an answer in seconds."""
        assert self._process.stdin
        print(json.dumps([way, query.text]), file=self._process.stdin, flush=True)
        return float(self._read())

    def _read(self) -> str | float:
        assert self._process.stdout
        said: str | float = json.loads(self._process.stdout.readline())
        return said


@contextmanager
def _build(root: Path, python: Path, content: Path, index: Path) -> Iterator[Build]:
    # Without -P the folder of the script would be searched for modules first, and it has a module `http`.
    command = [python, "-P", Path(__file__).with_name("answering.py"), content, index]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=root, env={"PYTHONPATH": str(root)}, text=True, **pipes) as process:
        yield Build(process)


def _kind(builds: Mapping[str, Build], way: str, queries: Sequence[Query]) -> dict[str, Times]:
    """Ask every build a kind of query, in turn; one round before the others warms up."""
    taken: dict[str, list[list[float]]] = {name: [] for name in builds}
    for turn in range(ROUNDS + 1):
        for own in taken.values():
            own.append([])
        for number, query in enumerate(queries):
            for name in sorted(builds, reverse=bool((number + turn) % 2)):
                taken[name][-1].append(builds[name].ask(way, query))
    return {name: times([median(each) for each in zip(*turns[1:], strict=True)]) for name, turns in taken.items()}


def _table(kinds: Mapping[str, Mapping[str, Times]]) -> str:
    """Lay out median and 99th percentile of the processor time, and their ratio."""
    names = list(next(iter(kinds.values())))
    head = ["query", *(f"{name}, ms" for name in names), " : ".join(names)]
    rows = [
        [
            kind,
            *(f"{figure(taken[name].median)} / {figure(taken[name].p99)}" for name in names),
            " / ".join(ratio(*(getattr(taken[name], part) for name in names)) for part in ("median", "p99")),
        ]
        for kind, taken in kinds.items()
    ]
    return table(head, rows)
