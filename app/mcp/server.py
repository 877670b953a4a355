"""The tools of the protocol, by the official SDK: read-only, without a session, over standard input or HTTP."""

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Literal, ParamSpec

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult, ContentBlock, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse

from ...index.errors import BackmatterError, describe_error
from ...index.settings import Settings
from .library import Library
from .shapes import Overview, RelatedList, SearchResults
from .wording import overview_text, related_text, results_text

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# Characters of a query, section or address; longer ones are a mistake.
MAX_ARGUMENT = 4_000
# Bytes of a request: a call is a few hundred.
MAX_CALL_BYTES = 64_000
# Requests at one time, beyond which the server says that it is busy. A call is answered in milliseconds.
MAX_CONCURRENT = 200

READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

QueryArgument = Annotated[
    str,
    Field(
        max_length=MAX_ARGUMENT,
        description="Words, best the few that the answer must contain. "
        'Also: "exact phrase", -excluded, a OR b, prefix*, '
        "tag:x, author:x, title:x, in:code, in:headings, year:2026, after:2025-03, before:2026. "
        "Identifiers, flags and operators are found as written: --race, std::vector, ->.",
    ),
]
AddressArgument = Annotated[
    str,
    Field(
        max_length=MAX_ARGUMENT, description="Address of an article, as another tool gave it; with #section or without."
    ),
]
_Arguments = ParamSpec("_Arguments")


def create_server(library: Library, settings: Settings) -> MCPServer[Any]:
    """Create the server of a journal with its tools."""

    async def search(
        query: QueryArgument,
        limit: Annotated[int, Field(ge=1, le=20, description="Results.")] = 5,
        page: Annotated[int, Field(ge=1, le=50)] = 1,
        sort: Literal["relevance", "newest", "oldest"] = "relevance",
    ) -> Annotated[CallToolResult, SearchResults]:
        """Search the articles; a result has the passage that answers, its section, and the address of that sentence."""
        found = library.search(query, limit, page, sort)
        return _result(results_text(found, (page - 1) * limit + 1), found)

    async def read(
        address: AddressArgument,
        section: Annotated[str, Field(max_length=MAX_ARGUMENT, description="A section, by its anchor or title.")] = "",
        offset: Annotated[int, Field(ge=0, description="Where to go on in a long text.")] = 0,
    ) -> CallToolResult:
        """Read an article, or one section with those below it, as Markdown; code is in fences, to the letter."""
        return _result(library.read(address, section, offset))

    async def related(address: AddressArgument) -> Annotated[CallToolResult, RelatedList]:
        """List up to five articles about the same as another one."""
        found = library.related(address)
        return _result(related_text(found), found)

    async def overview() -> Annotated[CallToolResult, Overview]:
        """Say what the journal is about: its topics, years and newest articles, to narrow searches by."""
        found = library.overview()
        return _result(overview_text(found), found)

    server = _server_without_tools(settings)
    for tool in (search, read, related, overview):
        server.add_tool(_answering(tool), annotations=READ_ONLY)
    return server


def _server_without_tools(settings: Settings) -> MCPServer[Any]:
    return MCPServer(
        "backmatter",
        title=settings.title,
        instructions=f"Articles of {settings.title!r}. Search first; the passage of a result often answers already. "
        "Read the section that a result names rather than the whole article. Cite the address.",
        version=version("backmatter"),
        log_level="WARNING",
        subscriptions=False,
    )


def _result(text: str, data: BaseModel | None = None) -> CallToolResult:
    content: list[ContentBlock] = [TextContent(type="text", text=text)]
    return CallToolResult(content=content, structured_content=data.model_dump() if data else None)


def _answering(tool: Callable[_Arguments, Any]) -> Callable[_Arguments, Any]:
    """Let our errors reach the model, as they say what to do."""

    @wraps(tool)
    async def call(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> Any:
        try:
            return await tool(*arguments, **named)
        except BackmatterError as error:
            raise ToolError(describe_error(error)) from None

    return call


def run_http(server: MCPServer[Any], settings: Settings) -> None:
    """Serve the tools over HTTP at `/mcp`, until the process is stopped."""
    uvicorn.run(
        http_app(server, settings),
        host=settings.server.host,
        port=settings.mcp.port,
        log_level="warning",
        access_log=False,
        limit_concurrency=MAX_CONCURRENT,
    )


def http_app(server: MCPServer[Any], settings: Settings) -> "ASGIApp":
    """Return the application of the protocol's streamable HTTP, for those whom the settings name."""
    app = server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_CALL_BYTES,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[*_hosts(settings)],
            allowed_origins=[settings.home, *settings.server.origins],
        ),
    )
    return app if settings.mcp.public else _with_token(app, settings.mcp.token)


def _hosts(settings: Settings) -> list[str]:
    """Return the values of Host that are ours: a page of another site could name this machine by its own name."""
    named = settings.home.partition("://")[2]
    here = settings.server.host
    return [named, f"{named}:*", here, f"{here}:*", "localhost:*", "127.0.0.1:*"]


def _with_token(app: "ASGIApp", token: str) -> "ASGIApp":
    """Wrap an application: answer only who sends the bearer token."""
    expected = f"Bearer {token}".encode()

    async def guarded(scope: "Scope", receive: "Receive", send: "Send") -> None:
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        if scope["type"] == "http" and not compare_digest(given, expected):
            refusal = PlainTextResponse(
                "Send the token of [mcp] as a bearer token.", 401, {"WWW-Authenticate": "Bearer"}
            )
            await refusal(scope, receive, send)
        else:
            await app(scope, receive, send)

    return guarded
