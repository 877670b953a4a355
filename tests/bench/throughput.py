"""The servers of two builds, asked in turn by eight connections for what neither was asked before."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.bench import corpus
from tests.bench.bench import Bench
from tests.bench.client import each_once
from tests.bench.http import ROUTES, served, workers
from tests.bench.machine import family, own_memory, processor, resident
from tests.bench.process import environment
from tests.bench.queries import draw
from tests.bench.tables import figure, ratio, table

CONNECTIONS = 8
QUERIES = 60
# Requests until the other server's turn.
BATCH = 40
MEGA = 1_000_000


@dataclass(slots=True)
class Spent:
    """What requests took, in seconds: by the clock, and of the processor by all processes of the server."""

    requests: int = 0
    clock: float = 0.0
    processor: float = 0.0


# By route and build.
Served = dict[str, dict[str, Spent]]


def measure(bench: Bench, builds: Mapping[str, tuple[Path, Path]]) -> tuple[str, object]:
    """Serve each build's index by its own command; gives a table and its figures."""
    texts = [quote(query.text) for kind in draw(bench.articles, bench.seed, QUERIES).values() for query in kind]
    searches = list(ROUTES)[1:]
    spent: Served = {route: {name: Spent() for name in builds} for route in searches}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(served([str(command)], environment(corpus.settings_for(bench.content, index))))
            for name, (command, index) in builds.items()
        }
        for number, start in enumerate(range(0, len(texts), BATCH)):
            route = searches[number % len(searches)]
            paths = [ROUTES[route] + text for text in texts[start : start + BATCH]]
            # Whoever begins does so every other time.
            for name in list(servers)[:: 1 if number // 2 % 2 else -1]:
                # The first of each route only warm up: a worker's first answers import and open what later ones have.
                _ask(*servers[name], paths, spent[route][name] if number >= len(searches) else Spent())
        memory = {name: max((resident(w), own_memory(w)) for w in workers(pid)) for name, (_, pid) in servers.items()}
    notes = [
        f"{name}: {has[0] / MEGA:.0f} MB, {has[1] / MEGA:.0f} of them not from files" for name, has in memory.items()
    ]
    return f"{_table(spent)}\n\nA worker has afterwards: {'; '.join(notes)}.", {"spent": spent, "memory": memory}


def _ask(port: int, pid: int, paths: Sequence[str], spent: Spent) -> None:
    before = sum(map(processor, family(pid)))
    spent.clock += each_once(port, paths, CONNECTIONS)
    spent.processor += sum(map(processor, family(pid))) - before
    spent.requests += len(paths)


def _table(spent: Served) -> str:
    first, last = next(iter(spent.values()))
    head = [
        f"new queries, {CONNECTIONS} connections",
        *(f"{name}, requests/s" for name in (first, last)),
        f"{first} : {last}",
        *(f"{name}, ms of the processor each" for name in (first, last)),
        f"{first} : {last}",
    ]
    rows = []
    for route, by_build in spent.items():
        rates = [of.requests / of.clock for of in by_build.values()]
        costs = [of.processor / of.requests * 1000 for of in by_build.values()]
        rows.append([route, *map(figure, rates), ratio(*rates), *map(figure, costs), ratio(*costs)])
    return table(head, rows)
