"""How long do the tools take, and do they hold? Over both transports, and 1,000 calls by 8 clients.

    backmatter index --content DIR --index INDEX
    python -m tests.bench.calls INDEX DIR

Times are those of the client, on one machine with the server.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.bench.tables import figure, table
from tests.serving import BACKMATTER, ask, free_port, until

CALLS = [
    ("search", {"query": "race detector flag"}),
    ("search", {"query": "generics type inference"}),
    ("read", {"address": "blog/race-detector.md"}),
    ("related", {"address": "blog/race-detector.md"}),
    ("overview", {}),
]
CLIENTS, EACH = 8, 125
AGAIN = 20

Connect = AbstractAsyncContextManager[Client]


@asynccontextmanager
async def over_http(port: int) -> AsyncIterator[Client]:
    async with Client(streamable_http_client(f"http://127.0.0.1:{port}/mcp")) as client:
        yield client


async def timed(connect: Connect) -> dict[str, list[float]]:
    """Return the milliseconds of each tool's calls, after one that is not counted."""
    found: dict[str, list[float]] = {}
    async with connect as client:
        for tool, arguments in CALLS:
            await client.call_tool(tool, arguments)
        for tool, arguments in CALLS * AGAIN:
            started = perf_counter()
            result = await client.call_tool(tool, arguments)
            found.setdefault(tool, []).append((perf_counter() - started) * 1000)
            if result.is_error:
                raise AssertionError(result.content)
    return found


async def together(port: int) -> tuple[int, float]:
    """Return how many of all clients' calls ended with an error, and the seconds that they took."""
    errors = 0

    async def one(first: int) -> None:
        nonlocal errors
        async with over_http(port) as client:
            for tool, arguments in islice(cycle(CALLS), first, first + EACH):
                errors += bool((await client.call_tool(tool, arguments)).is_error)

    started = perf_counter()
    async with anyio.create_task_group() as group:
        for first in range(CLIENTS):
            group.start_soon(one, first)
    return errors, perf_counter() - started


def answers(port: int) -> bool:
    """Return whether a server answers there."""
    try:
        ask(port, "/")
    except OSError:
        return False
    return True


def main() -> None:
    """Print a table of the tools' times, and a line on the clients together."""
    parser = argparse.ArgumentParser()
    for name in ("index", "content"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    places = ["--index", str(given.index), "--content", str(given.content)]
    port = free_port()
    command = [BACKMATTER, "mcp", "--http", *places]
    environment = {**os.environ, "BACKMATTER_MCP_PUBLIC": "true", "BACKMATTER_MCP_PORT": str(port)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            until(lambda: answers(port))
            http = anyio.run(timed, over_http(port))
            errors, seconds = anyio.run(together, port)
        finally:
            server.terminate()
    stdio = anyio.run(timed, Client(stdio_client(StdioServerParameters(command=BACKMATTER, args=["mcp", *places]))))
    rows = [[tool, *(_times(times[tool]) for times in (stdio, http))] for tool in stdio]
    print(table(["ms, median and 95 %", "standard input", "HTTP"], rows))  # noqa: T201
    print(f"\n{CLIENTS * EACH:,} calls by {CLIENTS} clients: {errors} errors, {seconds:.1f} s")  # noqa: T201


def _times(times: list[float]) -> str:
    return f"{figure(median(times))}, {figure(quantiles(times, n=20)[-1])}"


if __name__ == "__main__":
    sys.exit(main())
