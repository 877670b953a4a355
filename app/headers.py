"""Headers that every answer has: what a browser must not do with it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Nothing is allowed but what is listed; there is no inline script or style. Posts may show pictures from elsewhere.
CONTENT_SECURITY_POLICY = "; ".join(
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

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Other sites learn where a reader comes from, never what was searched for.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def securing(app: "WSGIApplication") -> "WSGIApplication":
    """Add the headers that an answer does not set itself; around an application, as the last thing that happens."""

    def secured(request: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(
            status: str, given: list[tuple[str, str]], failed: "OptExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            names = {name for name, _ in given}
            missing = [header for header in HEADERS.items() if header[0] not in names]
            return start_response(status, given + missing, failed)

        return app(request, start)

    return secured
