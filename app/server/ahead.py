"""Compress style sheets and scripts before they are asked for: the first reader of each would wait for it."""

from flask import Flask

from ..context import journal
from ..routes.assets import asset_response
from ..routes.component import component_files, component_response
from .compression import CODINGS


def compress_files(app: Flask) -> None:
    """Put the files of an application, in each coding, where its routes take them from.

    The search for other sites is left out where no other site may search, as its making takes all languages.
    """
    for coding in CODINGS:
        with app.test_request_context(headers={"Accept-Encoding": coding}):
            for asset in (*journal().assets.values(), *journal().theme.assets.values()):
                asset_response(asset)
            for file in component_files() if journal().settings.server.origins else ():
                component_response(file)
