"""Answers that need not be made again: a client that has the current one is told so, before any work is done."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request

from app.journal import journal

HTML = "text/html; charset=utf-8"


def tag_of(*parts: object) -> str:
    """Make a tag of whatever an answer depends on."""
    return blake2b("\0".join(map(repr, parts)).encode(), digest_size=12).hexdigest()


def answer(tag: str, make: Callable[[], Response]) -> Response:
    """Answer with 304 where the client holds this tag, else with what is made.

    The tag is weak: answers tell how long they took, which differs between two that are otherwise the same.
    """
    held = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if held else make()
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def remembered(tag: str, content_type: str, make: Callable[[], bytes]) -> Response:
    """Answer likewise, with a body that is made once and then remembered.

    What such an answer says of the time that it took is the time of the search that made it.
    """
    return answer(tag, lambda: Response(journal().answers.body(tag, make), content_type=content_type))
