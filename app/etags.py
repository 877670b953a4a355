"""Conditional responses: a client that holds the current version is answered with 304 before any work is done."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request

from .context import journal
from .server.compression import compress_body, preferred_coding

HTML_TYPE = "text/html; charset=utf-8"


def tag_of(*parts: object) -> str:
    """Return an entity tag of everything that a response depends on."""
    return blake2b("\0".join(map(repr, parts)).encode(), digest_size=12).hexdigest()


def conditional(tag: str, make: Callable[[], Response]) -> Response:
    """Answer with 304 if the client holds this tag, else with the response that `make` returns.

    The tag is weak: responses state how long they took, which differs between two that are otherwise equal.
    """
    is_held = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if is_held else make()
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def cached(
    tag: str, content_type: str, make: Callable[[], bytes], compressed: Callable[[bytes, str], bytes] = compress_body
) -> Response:
    """Answer as `conditional` does, with a body that is made and compressed once and then cached.

    The time that such a body states is the time of the search that made it. Its tag is that of all its codings: a weak
    one says that they mean the same (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1), so a client that holds one
    need not load another.
    """
    coding = preferred_coding()

    def coded() -> bytes:
        return compressed(make(), coding)

    response = conditional(
        tag, lambda: coded_response(journal().cache.body(f"{tag} {coding}", coded), coding, content_type)
    )
    response.vary.add("Accept-Encoding")
    return response


def coded_response(body: bytes, coding: str, content_type: str) -> Response:
    """Return a response with a body in a coding, "" for none."""
    response = Response(body, content_type=content_type)
    if coding:
        response.headers["Content-Encoding"] = coding
    return response
