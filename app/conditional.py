"""Answers that need not be made again: a client that has the current one is told so, before any work is done."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request


def tag_of(*parts: object) -> str:
    """Make a tag of whatever an answer depends on."""
    return blake2b("\0".join(map(repr, parts)).encode(), digest_size=12).hexdigest()


def answer(tag: str, make: Callable[[], Response]) -> Response:
    """Answer with 304 where the client holds this tag, else with what is made.

    The tag is weak: answers tell how long they took, which differs between two that are otherwise the same.
    """
    held = tag in request.if_none_match.as_set(include_weak=True)
    response = Response(status=304) if held else make()
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
