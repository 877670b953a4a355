"""The SDK's own client, over both transports, to the real command in a process of its own."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import POSTS, make_journal
from tests.serving import BACKMATTER, PATIENCE, ask, free_port, options, until

TOKEN = "a-token-of-some-length"  # noqa: S105 - of these tests
SEARCH = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"cache"}}}'
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@contextmanager
def served(folder: Path, **variables: str) -> Iterator[int]:
    """Serve agents over HTTP."""
    port = free_port()
    command = [BACKMATTER, "mcp", "--http", *options(folder)]
    environment = {**os.environ, "BACKMATTER_MCP_PORT": str(port), **variables}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment) as process:
        assert process.stdout
        try:
            assert "agents are served at" in process.stdout.readline()
            _wait(port)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _wait(port: int) -> None:
    def answers() -> bool:
        try:
            ask(port, "/")
        except OSError:
            return False
        return True

    until(answers)


@asynccontextmanager
async def client_of(port: int, token: str = "") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"http://127.0.0.1:{port}/mcp"
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


async def _found(client: Client) -> list[str]:
    result = await client.call_tool("search", {"query": "monotonic"})
    assert result.structured_content
    return [each["title"] for each in result.structured_content["results"]]


def test_an_agent_starts_the_command_and_asks_over_its_standard_input(journal):
    folder = journal.content.parent
    parameters = StdioServerParameters(command=BACKMATTER, args=["mcp", *options(folder)], cwd=folder)

    async def asked() -> list[str]:
        async with Client(stdio_client(parameters)) as client:
            return await _found(client)

    assert anyio.run(asked) == ["Just About Go Time"]


def test_an_agent_asks_over_http_with_the_token(journal):
    async def asked(port: int) -> list[str]:
        async with client_of(port, TOKEN) as client:
            return await _found(client)

    with served(journal.content.parent, BACKMATTER_MCP_TOKEN=TOKEN) as port:
        assert anyio.run(asked, port) == ["Just About Go Time"]
        assert ask(port, "/mcp", "POST", SEARCH, **HEADERS)[0].status == 401
        wrong = HEADERS | {"Authorization": "Bearer another-token-of-length"}
        assert ask(port, "/mcp", "POST", SEARCH, **wrong)[0].status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "127.0.0.1:1"}, 200),
        ({"Host": "search.example.org"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://search.example.org"}, 200),
        ({"Origin": "https://blog.example.org"}, 200),
        ({"Content-Length": "70000"}, 413),
    ],
)
def test_where_anybody_may_ask_only_pages_of_other_sites_may_not(public, headers, status):
    assert ask(public, "/mcp", "POST", SEARCH, **{**HEADERS, **headers})[0].status == status


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("public")
    make_journal(folder, POSTS).index()
    with served(
        folder,
        BACKMATTER_MCP_PUBLIC="true",
        BACKMATTER_SERVER_PUBLIC_URL="https://search.example.org",
        BACKMATTER_SERVER_ORIGINS="https://blog.example.org",
    ) as port:
        yield port


def test_eight_agents_are_answered_at_the_same_time(public):
    answers: list[list[str]] = []

    async def one() -> None:
        async with client_of(public) as client:
            answers.extend([await _found(client) for _ in range(10)])

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one)

    anyio.run(all_of_them)
    assert answers == [["Just About Go Time"]] * 80


def test_nobody_may_ask_over_http_until_a_setting_says_who(journal):
    command = [BACKMATTER, "mcp", "--http", *options(journal.content.parent)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert ended.stderr == (
        "backmatter: nobody may ask over HTTP yet; set token in [mcp], or public = true for everybody\n"
    )
