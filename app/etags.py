"""Conditional responses: a client that holds the current version is answered with 304 before any work is done."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request

from .context import journal

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


def cached(tag: str, content_type: str, make: Callable[[], bytes]) -> Response:
    """Answer as `conditional` does, with a body that is made once and then cached.

    The time that such a body states is the time of the search that made it.
    """
    return conditional(tag, lambda: Response(journal().cache.body(tag, make), content_type=content_type))
