"""Conditional responses: a client that holds the current version is answered with 304 before any work is done."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request

from .context import journal
from .server.compression import compress_body, preferred_coding

HTML_TYPE = "text/html; charset=utf-8"
JSON_TYPE = "application/json"


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
    """Answer as `conditional` does, with a body of `cached_response`.

    Its tag is that of all its codings: a weak one says that they mean the same
    (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1), so a client that holds one need not load another.
    """
    response = conditional(tag, lambda: cached_response(tag, content_type, make, compressed))
    response.headers["Vary"] = "Accept-Encoding"
    return response


def cached_response(
    tag: str, content_type: str, make: Callable[[], bytes], compressed: Callable[[bytes, str], bytes] = compress_body
) -> Response:
    """Return a response with a body that is made and compressed once and then cached.

    The time that such a body states is the time of the search that made it.
    """

    def body(coding: str) -> bytes:
        return journal().cache.body(f"{tag} {coding}", lambda: compressed(make(), coding))

    return coded_response(content_type, body)


def coded_response(content_type: str, body: Callable[[str], bytes]) -> Response:
    """Return a response with a body in the coding that the client likes best; `body` has "" for none."""
    coding = preferred_coding()
    response = Response(body(coding), content_type=content_type)
    if coding:
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    return response
