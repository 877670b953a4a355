"""The command that serves agents."""

import click

from ...index.cli.options import FOUND, with_settings
from ...index.engines import open_engine
from ...index.errors import SettingsError
from ...index.settings import Settings
from ...index.terminal import say

INSTALL_EXTRA = "install it from a clone: './backmatter[mcp]'"


@click.command()
@click.option("--http", is_flag=True, help="Serve over HTTP at /mcp, for those whom `[mcp]` names.")
@with_settings
def mcp(settings: Settings, http: bool) -> int:
    """Serve agents by the Model Context Protocol, over standard input and output or over HTTP."""
    if http and not (settings.mcp.public or settings.mcp.token):
        raise SettingsError("nobody may ask over HTTP yet; set token in [mcp], or public = true for everybody")
    try:
        from .server import create_server, run_http
    except ModuleNotFoundError as error:
        raise SettingsError(f"backmatter mcp needs {error.name}; {INSTALL_EXTRA}") from None
    from ..context import Journal
    from .library import Library

    journal = Journal.open(settings, open_engine(settings))
    journal.engine.snapshot()
    server = create_server(Library(journal), settings)
    if http:
        say(f"agents are served at http://{settings.server.host}:{settings.mcp.port}/mcp")
        run_http(server, settings)
    else:
        server.run("stdio")
    return FOUND
