"""The pictures that lie beside the posts, as they are sent."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from app import conditional
from app.journal import journal
from app.pictures import TYPES, find

# A drawing opened by itself is a document: it may look as it is meant to, and do nothing.
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

# Seconds: a changed picture is seen soon, and a reader who goes from page to page loads each one once.
KEPT = 300

blueprint = Blueprint("media", __name__)


@blueprint.get("/media/<path:path>")
def picture(path: str) -> Response:
    """Send a picture from a content directory."""
    here = journal()
    file = find(path, here.settings.content, here.engine.snapshot())
    if file is None:
        raise NotFound
    status = file.stat()
    tag = conditional.tag_of("media", status.st_size, status.st_mtime_ns)
    response = conditional.answer(tag, lambda: Response(file.read_bytes(), content_type=TYPES[file.suffix.lower()]))
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
