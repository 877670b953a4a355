"""Send the pictures beside the posts."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from .. import etags
from ..context import journal
from ..rendering.pictures import PICTURE_TYPES, find_picture

# A drawing opened by itself is a document: it may look as it is meant to, and do nothing.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

# Seconds: a changed picture is seen soon, and a reader who goes from page to page loads each one once.
PICTURE_MAX_AGE = 300
# Seconds for which a browser may show the picture that it has, and ask for a changed one meanwhile.
PICTURE_STALE = 86_400

blueprint = Blueprint("media", __name__)


@blueprint.get("/media/<path:path>")
def picture(path: str) -> Response:
    """Send a picture from a content directory."""
    here = journal()
    file = find_picture(path, here.settings.content, here.engine.snapshot())
    if file is None:
        raise NotFound
    status = file.stat()
    tag = etags.tag_of("media", status.st_size, status.st_mtime_ns)
    response = etags.conditional(
        tag, lambda: Response(file.read_bytes(), content_type=PICTURE_TYPES[file.suffix.lower()])
    )
    response.headers["Cache-Control"] = f"public, max-age={PICTURE_MAX_AGE}, stale-while-revalidate={PICTURE_STALE}"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
