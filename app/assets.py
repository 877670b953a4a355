"""The stylesheet, the script and the icon, as they are sent."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from app.journal import journal

blueprint = Blueprint("assets", __name__)


@blueprint.get("/assets/<name>")
def asset(name: str) -> Response:
    """Send a file to keep for good; an address with another hash is of another program, and leads nowhere."""
    found = next((a for a in journal().assets.values() if a.url == f"/assets/{name}"), None)
    if found is None:
        raise NotFound
    response = Response(found.content, content_type=found.content_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
