"""Stylesheets, scripts and the icon, and the files of a theme."""

from functools import partial
from itertools import chain

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from .. import etags
from ..context import journal, local
from ..rendering.static_files import Asset
from ..server.compression import compress_file

blueprint = Blueprint("assets", __name__)


@blueprint.get("/assets/<name>")
def static_file(name: str) -> Response:
    """Return a file that clients may cache forever. Its address has its hash; any other hash is not found."""
    assets = chain(journal().assets.values(), journal().theme.assets.values())
    url = local(f"/assets/{name}")
    asset = next((asset for asset in assets if asset.url == url), None)
    if asset is None:
        raise NotFound
    response = asset_response(asset)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def asset_response(asset: Asset) -> Response:
    """Return a file, a text as small as it can be."""
    if asset.is_text:
        return etags.coded_response(asset.content_type, partial(compress_file, asset.content))
    return Response(asset.content, content_type=asset.content_type)
