"""Two builds of Backmatter side by side in one run: this checkout and another commit, each with its own index.

Each build answers in a process of its own, with the dependencies that its own lock names, and takes the processor time
itself. They answer each query in turn, so that what else the machine does meets both.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.bench import Bench, Figures
from tests.bench.figures import Times, times
from tests.bench.queries import Query
from tests.bench.race import ROUNDS
from tests.bench.tables import figure, ratio, table
from tests.bench.throughput import measure as serve

ROOT = Path(__file__).parents[2]
# What `answering` calls of a peer.
WAYS = {"top": "Top 10 and total", "passages": "Top 10 with passages, and total"}
# This checkout without its compiled loops.
WITHOUT = "NumPy"


@dataclass(frozen=True, slots=True)
class Taken:
    """The times of queries: each asked for the first time, and again."""

    first: Times
    again: Times


# By way, kind of query and build.
Compared = dict[str, dict[str, dict[str, Taken]]]


def measure(bench: Bench, commit: str) -> Figures:
    """Build the other commit and let both answer the same queries."""
    with ExitStack() as stack:
        other = stack.enter_context(_checked_out(commit, bench.folder / "against"))
        here, there = (ROOT, Path(sys.executable)), (other, other / ".venv/bin/python")
        started = {"here": (*here, "with"), WITHOUT: (*here, "without"), commit: (*there, "with")}
        builds = {
            name: stack.enter_context(_build(root, python, loops, bench.content, _index_of(root, bench)))
            for name, (root, python, loops) in started.items()
        }
        compared = {way: {kind: _kind(builds, way, queries) for kind, queries in bench.drawn.items()} for way in WAYS}
        checkouts = {"here": here, commit: there}
        served = {
            n: (python.with_name("backmatter"), _index_of(root, bench)) for n, (root, python) in checkouts.items()
        }
        throughput, data = serve(bench, served)
    tables = [f"**{WAYS[way]}**\n\n{_table(kinds)}" for way, kinds in compared.items()]
    return Figures("\n\n".join([*tables, throughput]), {"compared": compared, "throughput": data})


def _index_of(root: Path, bench: Bench) -> Path:
    return bench.folder / f"index-{root.name}"


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
def _build(root: Path, python: Path, loops: str, content: Path, index: Path) -> Iterator[Build]:
    # Without -P the folder of the script would be searched for modules first, and it has a module `http`.
    command = [python, "-P", Path(__file__).with_name("answering.py"), content, index, loops]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=root, env={"PYTHONPATH": str(root)}, text=True, **pipes) as process:
        yield Build(process)


def _kind(builds: Mapping[str, Build], way: str, queries: Sequence[Query]) -> dict[str, Taken]:
    """Ask every build a kind of query, in turn; in the first round each is new."""
    taken: dict[str, list[list[float]]] = {name: [] for name in builds}
    for turn in range(ROUNDS + 1):
        for own in taken.values():
            own.append([])
        for number, query in enumerate(queries):
            for name in _in_turn(list(builds), number + turn):
                taken[name][-1].append(builds[name].ask(way, query))
    return {
        name: Taken(times(turns[0]), times([median(each) for each in zip(*turns[1:], strict=True)]))
        for name, turns in taken.items()
    }


def _in_turn(names: Sequence[str], turn: int) -> Sequence[str]:
    return [names[(turn + number) % len(names)] for number in range(len(names))]


def _table(kinds: Mapping[str, Mapping[str, Taken]]) -> str:
    """Lay out the processor time, and its ratios to the last build's: median and 99th percentile, first median."""
    names = list(next(iter(kinds.values())))
    last = names[-1]
    head = ["query", *(f"{name}, ms" for name in names), *(f"{name} : {last}, first" for name in names[:-1])]
    rows = [
        [
            kind,
            *(f"{figure(taken[name].again.median)} / {figure(taken[name].again.p99)}" for name in names),
            *(_ratios(taken[name], taken[last]) for name in names[:-1]),
        ]
        for kind, taken in kinds.items()
    ]
    return table(head, rows)


def _ratios(own: Taken, other: Taken) -> str:
    pairs = ((own.again, other.again, "median"), (own.again, other.again, "p99"), (own.first, other.first, "median"))
    again, far, first = (ratio(getattr(one, part), getattr(two, part)) for one, two, part in pairs)
    return f"{again} / {far}, {first}"
