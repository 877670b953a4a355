"""Search over HTTP by the real server, against a route of the same app that does nothing."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from time import sleep
from urllib.parse import quote

from tests.bench.bench import Bench, Figures
from tests.bench.client import HOST, Connection, floor, rate
from tests.bench.figures import Times, settle, timed, times
from tests.bench.machine import family, own_memory, resident
from tests.bench.process import COMMAND, environment
from tests.bench.tables import figure, ratio, table

ROUTES = {"empty JSON route": "/empty", "JSON search": "/api/v1/search?q=", "search page": "/search?q="}
ROUNDS = 3
SECONDS = 4.0
# Queries that are asked again: a worker's 4 MB keep the answers of about 150, which are not compressed here.
ASKED_AGAIN = 75
CONNECTIONS = (1, 8)
MEGA = 1_000_000


def measure(bench: Bench) -> Figures:
    """Serve the index and ask for it."""
    assert bench.engine.snapshot()
    texts = [quote(query.text) for kind in bench.drawn.values() for query in kind[: max(1, bench.count // 4)]]
    with served([sys.executable, "-m", "tests.bench.served"], environment(bench.settings)) as (port, pid):
        latencies = {"client's floor": _floor(len(texts)), **_latencies(port, texts)}
        rates = {name: _rates(port, _paths(route, texts[:ASKED_AGAIN])) for name, route in ROUTES.items()}
        memory = [(resident(worker), own_memory(worker)) for worker in workers(pid)]
    with floor() as small:
        rates["client's floor"] = _rates(small, ["/"])
    most = max(memory)
    note = f"A worker has {most[0] / MEGA:.0f} MB resident after it, {most[1] / MEGA:.0f} MB of that not from files."
    data = {"latency": latencies, "requests a second": rates, "memory": memory}
    return Figures(f"{_table(latencies, rates)}\n\n{note}", data)


def _paths(route: str, texts: list[str]) -> list[str]:
    return [route + text for text in texts] if route.endswith("=") else [route]


def _floor(requests: int) -> Times:
    with floor() as port:
        connection = Connection(port)
        return times([timed(lambda: connection.get("/")) for _ in range(requests)])


def _latencies(port: int, texts: list[str]) -> dict[str, Times]:
    """Ask every route in turn over one connection.

    A query's first answer is searched for, by the JSON route or by the page, so that neither finds the other's work
    done; later ones are remembered by the server.
    """
    settle()
    connection = Connection(port)
    empty, *searches = ROUTES
    taken: dict[str, list[float]] = {empty: []}
    for number, text in enumerate(texts):
        name = searches[number % len(searches)]
        taken.setdefault(f"{name}, first time", []).append(_ask(connection, name, text))
        taken[empty].append(_ask(connection, empty, text))
    for turn in range(ROUNDS + 1):
        for text in texts[:ASKED_AGAIN]:
            for name in ROUTES:
                seconds = _ask(connection, name, text)
                if turn:
                    taken.setdefault(name if name == empty else f"{name}, again", []).append(seconds)
    return {name: times(seconds) for name, seconds in taken.items()}


def _ask(connection: Connection, name: str, text: str) -> float:
    (path,) = _paths(ROUTES[name], [text])
    return timed(lambda: connection.get(path))


def _rates(port: int, paths: list[str]) -> dict[int, float]:
    return {connections: rate(port, paths, connections, SECONDS) for connections in CONNECTIONS}


def _table(latencies: Mapping[str, Times], rates: Mapping[str, Mapping[int, float]]) -> str:
    empty = latencies["empty JSON route"].median
    head = ["over HTTP", "median, ms", "p99, ms", ": empty", *(f"requests/s, {n} conn." for n in CONNECTIONS)]
    rows = [
        [name, figure(t.median), figure(t.p99), ratio(t.median, empty), *_rate_figures(rates, name)]
        for name, t in latencies.items()
    ]
    return table(head, rows)


def _rate_figures(rates: Mapping[str, Mapping[int, float]], name: str) -> Iterator[str]:
    """Give the requests a second: they are asked for again and again."""
    found = rates.get(name.removesuffix(", again"), {})
    return (figure(found[n]) if n in found else "" for n in CONNECTIONS)


@contextmanager
def served(backmatter: Sequence[str], env: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Run the server of some `backmatter` until the end of the block; gives its port and process."""
    port = _free_port()
    command = [*backmatter, "serve", "--host", HOST, "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield port, process.pid
        finally:
            os.kill(process.pid, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return int(trial.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for turn in count():
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if turn == 600 or process.poll() is not None:
                raise
            sleep(0.1)
        else:
            return


def worker_memory(bench: Bench, queries: Sequence[str]) -> tuple[int, int]:
    """Give the memory of a worker that has answered these queries in bytes: resident, and what is not from files."""
    with served([COMMAND], environment(bench.settings)) as (port, pid), closing(Connection(port)) as connection:
        for query in queries:
            connection.get(f"/search?q={quote(query)}")
        return max((resident(worker), own_memory(worker)) for worker in workers(pid))


def workers(pid: int) -> list[int]:
    """Give the processes that serve: those that hold about as much memory as the one that holds most."""
    members = [member for member in family(pid) if member != pid]
    most = max(map(resident, members))
    return [member for member in members if resident(member) > most / 2]
