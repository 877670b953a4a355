"""Security headers, CORS, and the check of a shared secret."""

from collections.abc import Callable, Iterable
from hmac import compare_digest
from typing import TYPE_CHECKING

from flask import Response, request

from .context import journal

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Seconds for which a browser caches the answer to a preflight request.
PREFLIGHT_MAX_AGE = 86_400
# Only what is listed is allowed; no script or style is inline. Posts may show pictures of other sites.
PAGE_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data: https:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": PAGE_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Other sites learn from which site a reader comes, never the query.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def add_security_headers(app: "WSGIApplication") -> "WSGIApplication":
    """Wrap an application: add the security headers that a response does not set itself."""

    def secured(request: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(
            status: str, headers: list[tuple[str, str]], failed: "OptExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            names = {name for name, _ in headers}
            missing = [header for header in SECURITY_HEADERS.items() if header[0] not in names]
            return start_response(status, headers + missing, failed)

        return app(request, start)

    return secured


def allow_origins(response: Response) -> Response:
    """Allow pages of the configured origins, and no others, to read a response."""
    origins = journal().settings.server.origins
    if not origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted({*response.allow} - {"OPTIONS"}))
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_MAX_AGE)
    return response


def has_secret(secret: str) -> bool:
    """Check a secret, sent as a bearer token or as a Basic password, in constant time; an empty one never matches."""
    login = request.authorization
    guess = (login.token or login.get("password") or "") if login else ""
    return bool(secret) and compare_digest(guess.encode(), secret.encode())
