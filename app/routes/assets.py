"""Stylesheets, scripts and the icon."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from ..context import journal

blueprint = Blueprint("assets", __name__)


@blueprint.get("/assets/<name>")
def static_file(name: str) -> Response:
    """Return a file that clients may cache forever. Its address has its hash; any other hash is not found."""
    asset = next((asset for asset in journal().assets.values() if asset.url == f"/assets/{name}"), None)
    if asset is None:
        raise NotFound
    response = Response(asset.content, content_type=asset.content_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
