"""Which sites' pages may read answers by script: https://fetch.spec.whatwg.org/#http-cors-protocol."""

from flask import Response, request

from app.journal import journal

# Seconds for which a browser need not ask again whether it may ask.
PREFLIGHT_KEPT = 86_400


def sharing(response: Response) -> Response:
    """Let the pages of the configured origins read an answer, and no others."""
    origins = journal().settings.origins
    if not origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_KEPT)
    return response
