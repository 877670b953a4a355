"""Agents ask by the Model Context Protocol, and get the sentence, its address, and the code as code."""

import dataclasses
import sys
from typing import Any

import anyio
import msgspec
import pytest
from click.testing import CliRunner
from mcp import Client
from mcp_types import CallToolResult

from backmatter.app.context import Journal as Served
from backmatter.app.mcp import library as asked
from backmatter.app.mcp.command import mcp
from backmatter.app.mcp.library import Library
from backmatter.app.mcp.server import create_server
from tests.conftest import Journal

HOME = "http://127.0.0.1:8000"
LONG = "---\ntitle: Long\n---\n" + "".join(f"## Part {n}\n\n{'A sentence about queues. ' * 20}\n\n" for n in range(40))


def call(journal: Journal, tool: str, **arguments: object) -> CallToolResult:
    """Call a tool by the SDK's client, in one process."""
    server = create_server(Library(Served.open(journal.settings, journal.engine)), journal.settings)

    async def ask() -> CallToolResult:
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    return anyio.run(ask)


def text(journal: Journal, tool: str, **arguments: object) -> str:
    result = call(journal, tool, **arguments)
    assert not result.is_error
    return said(result)


def said(result: CallToolResult) -> str:
    [content] = result.content
    return str(content.text)


def data(journal: Journal, tool: str, **arguments: object) -> Any:
    return call(journal, tool, **arguments).structured_content


def test_a_result_has_the_sentence_and_its_address(journal):
    [result, *_] = data(journal, "search", query="never jumps")["results"]
    assert result["passage"]["url"].startswith(f"{HOME}/articles/time#:~:text=")
    assert text(journal, "search", query="never jumps").startswith(
        "1 article has all of the words.\n\n"
        "1. Just About Go Time (2026-05-08, go, time)\n"
        f"<{result['passage']['url']}>\n"
        "The monotonic clock never jumps. Human time does, and no cache helps."
    )
    assert (result["title"], result["url"], result["date"], result["tags"]) == (
        "Just About Go Time",
        f"{HOME}/articles/time",
        "2026-05-08",
        ["go", "time"],
    )


def test_code_is_code_and_names_its_language(journal):
    assert "```go\nfor i := range rows {" in text(journal, "search", query="in:code range rows")


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ({"query": "tag:go", "sort": "newest"}, ["A Love Letter to the L1 Cache", "Just About Go Time"]),
        ({"query": "tag:go", "sort": "oldest", "limit": 1}, ["Just About Go Time"]),
        ({"query": "tag:go", "sort": "oldest", "limit": 1, "page": 2}, ["A Love Letter to the L1 Cache"]),
        ({"query": "year:2025"}, ["Stop Rebuilding Docker Images"]),
        ({"query": "future"}, []),
    ],
)
def test_the_query_language_narrows_a_search_down(journal, arguments, titles):
    assert [result["title"] for result in data(journal, "search", **arguments)["results"]] == titles


def test_more_results_say_how_to_get_at_them_or_to_fewer(journal):
    assert text(journal, "search", query="", limit=2).endswith(
        "More: page=2\ntag: go (2), cpu-cache (1), docker (1), time (1)\nyear: 2026 (2), 2025 (1)"
    )
    assert data(journal, "search", query="", limit=2)["next_page"] == 2
    assert data(journal, "search", query="", limit=2, page=2)["next_page"] == 0


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("monotonik clock", "Nothing has 'monotonik clock'; 1 article has 'monotonic clock'."),
        ("monotonic gardening", "No article has all of the words; 2 have some."),
        ("qqqq", "Nothing has 'qqqq'; try fewer or other words, or no filter."),
        ("docker year:2026 tag:go", "Nothing has 'docker year:2026 tag:go'; try 'docker'."),
    ],
)
def test_the_note_says_what_was_searched_and_what_to_try(journal, query, note):
    assert text(journal, "search", query=query).startswith(note)


SECTION = f"<{HOME}/articles/cache#what-a-line-is> (2026-06-09, go, cpu-cache)\n\n## What a line is\n\nThe processor "


@pytest.mark.parametrize(
    "named",
    [
        {"address": f"{HOME}/articles/cache#what-a-line-is"},
        {"address": f"<{HOME}/articles/cache#what-a-line-is:~:text=processor>"},
        {"address": "/articles/cache.md", "section": "what-a-line-is"},
        {"address": "cache.md", "section": "#what-a-line-is"},
        {"address": "articles/cache", "section": "What a Line is"},
    ],
)
def test_a_section_is_read_by_any_address_of_its_article(journal, named):
    assert text(journal, "read", **named).startswith(SECTION)


def test_an_article_is_read_whole_with_its_code_to_the_letter(journal):
    read = text(journal, "read", address=f"{HOME}/articles/cache")
    assert read.startswith(f"<{HOME}/articles/cache> (2026-06-09, go, cpu-cache)\n\n# A Love Letter to the L1 Cache\n")
    assert "```go\nfor i := range rows {\n\tsum += rows[i].hits\n}\n```" in read


def test_a_long_article_is_read_part_by_part(journal):
    journal.write(long=LONG)
    parts, offset = [], 0
    while True:
        read = text(journal, "read", address="long.md", offset=offset)
        assert len(read) < asked.MAX_READ + 1_000
        _, part, *rest = read.split("\n\n", 1)[0], read.split("\n\n", 1)[1]
        body, _, following = part.partition("\n\n[")
        parts.append(body)
        if not following:
            break
        assert "#part-39" in following
        offset = int(following.partition("offset=")[2].partition(";")[0])
    assert len(parts) == 2
    assert "\n\n".join(parts).count("## Part ") == 40
    assert not rest


def test_on_the_authors_own_site_its_addresses_count(journal):
    there = dataclasses.replace(
        journal, settings=msgspec.structs.replace(journal.settings, base_url="https://blog.example.org")
    )
    there.index()
    url = data(there, "search", query="monotonic")["results"][0]["url"]
    assert url.startswith("https://blog.example.org/")
    assert "never jumps" in text(there, "read", address=url)


def test_an_old_address_is_that_of_the_article(journal):
    journal.write(moved="---\ntitle: M\naliases: [/old/]\n---\nText of it.\n")
    assert "Text of it." in text(journal, "read", address=f"{HOME}/articles/old")


def test_related_articles_have_their_addresses(journal):
    journal.write(lines="---\ntitle: Lines\n---\nThe processor fetches a cache line: bytes, stride, cycles.\n")
    assert text(journal, "related", address="cache.md").splitlines()[0] == f"- Lines <{HOME}/articles/lines>"
    assert text(journal, "related", address="undated.md") == "No article is close to it; search for its words."


def test_the_overview_says_what_there_is(journal):
    assert text(journal, "overview").splitlines()[:5] == [
        "The Backend Engineer's Playbook: 4 articles",
        "tag: go (2), cpu-cache (1), docker (1), time (1)",
        "year: 2026 (2), 2025 (1)",
        "newest:",
        f"- A Love Letter to the L1 Cache (2026-06-09, go, cpu-cache) <{HOME}/articles/cache>",
    ]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("read", {"address": "/articles/nothing"}, "no article has the address '/articles/nothing'; search, and use"),
        ("read", {"address": "draft.md"}, "no article has the address 'draft.md'"),
        ("read", {"address": "../content/time.md"}, "no article has the address"),
        ("read", {"address": "http://[x"}, "no article has the address"),
        ("related", {"address": ""}, "no article has the address ''"),
        ("read", {"address": "cache.md", "section": "x"}, "has no section 'x'; it has: #what-a-line-is, #measure-it"),
        ("search", {"query": "x", "limit": 100}, "less than or equal to 20"),
        ("search", {}, "query\n  Field required"),
    ],
)
def test_an_error_says_what_to_try(journal, tool, arguments, message):
    result = call(journal, tool, **arguments)
    assert result.is_error
    assert message in said(result)


def test_a_post_that_is_held_back_since_does_not_exist(journal):
    unknown = said(call(journal, "read", address="draft.md"))
    file = journal.content / "time.md"
    file.write_text(file.read_text("utf-8").replace("title:", "draft: true\ntitle:"), "utf-8")
    result = call(journal, "read", address="time.md")
    assert said(result) == unknown.replace("draft.md", "time.md")


def test_a_missing_index_is_an_error_with_its_next_step(empty):
    result = call(empty, "search", query="x")
    assert result.is_error
    assert "backmatter index" in said(result)


def test_every_tool_only_reads_and_says_what_it_takes(journal):
    server = create_server(Library(Served.open(journal.settings, journal.engine)), journal.settings)

    async def listed() -> list[Any]:
        async with Client(server) as client:
            return list((await client.list_tools()).tools)

    tools = anyio.run(listed)
    assert [tool.name for tool in tools] == ["search", "read", "related", "overview"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    assert [tool.name for tool in tools if tool.output_schema] == ["search", "related", "overview"]


def test_without_the_extra_the_command_says_what_to_install(journal, monkeypatch):
    monkeypatch.delitem(sys.modules, "backmatter.app.mcp.server")
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    outcome = CliRunner().invoke(mcp, ["--content", str(journal.content), "--index", str(journal.settings.index)])
    assert str(outcome.exception) == "backmatter mcp needs uvicorn; install it from a clone: './backmatter[mcp]'"
