"""Errors as HTTP responses: a problem document for programs, a page for readers."""

import re
from http import HTTPStatus
from pathlib import PurePosixPath

import msgspec
from flask import Response, current_app, request
from msgspec import UNSET, UnsetType
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ...index.errors import IndexDamaged
from ..errors import ERROR_KINDS, BadParameter, ErrorKind, RequestError
from ..i18n import gettext, later, vary_by_language
from ..search.request import SearchRequest
from .templates import render_template

# Of an address; more are no title.
MAX_TITLE_WORDS = 12
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# Seconds after which a client may try again while an index is built.
RETRY_AFTER = 30
# Addresses outside the API that answer in JSON.
JSON_PATHS = {"/healthz", "/readyz", "/search.json", "/suggest"}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error by RFC 9457; `code` is stable."""

    # Without `type`, which means "about:blank": `title` is the phrase of the status, and `code` tells errors apart.
    title: str
    status: int
    code: str
    detail: str
    parameter: str | UnsetType = UNSET
    allowed: str | UnsetType = UNSET


def error_response(error: Exception) -> Response:
    """Answer a request that failed, with JSON where the address answers in JSON, else with a page."""
    kind = kind_of(error)
    if kind.code == "internal_error":
        current_app.logger.error("internal error", exc_info=error)
    elif isinstance(error, IndexDamaged):
        current_app.logger.error("the index is damaged", extra={"fields": {"fault": error.fault}})
    is_json = request.path.startswith("/api/") or request.path in JSON_PATHS
    return _with_headers(_json(kind, error) if is_json else _page(kind, error), error)


def problem_response(error: RequestError) -> Response:
    """Answer a request that the application does not get to see."""
    return _with_headers(_json(kind_of(error), error), error)


def _with_headers(response: Response, error: Exception) -> Response:
    response.headers["Cache-Control"] = "no-store"
    wait = getattr(error, "retry_after", 0) or (
        RETRY_AFTER if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE else 0
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    if isinstance(error, RequestError) and error.challenge:
        response.headers["WWW-Authenticate"] = error.challenge
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def kind_of(error: Exception) -> ErrorKind:
    """Find an error's row in the table; HTTP errors without one keep their status."""
    kind = next(kind for kind in ERROR_KINDS if isinstance(error, kind.error))
    if kind.code == "internal_error" and isinstance(error, HTTPException) and error.code and error.code < 500:
        title = HTTPStatus(error.code).phrase
        return ErrorKind(HTTPException, error.code, "bad_request", title, later("The request cannot be understood."))
    return kind


def _json(kind: ErrorKind, error: Exception) -> Response:
    problem = Problem(
        title=HTTPStatus(kind.status).phrase,
        status=kind.status,
        code=kind.code,
        detail=kind.detail or str(error),
        parameter=getattr(error, "parameter", UNSET),
        allowed=getattr(error, "allowed", UNSET),
    )
    return Response(msgspec.json.encode(problem), kind.status, content_type="application/problem+json")


def _page(kind: ErrorKind, error: Exception) -> Response:
    detail = error.translated if isinstance(error, BadParameter) else gettext(kind.detail)
    words = _words_of(request.path) if kind.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else ""
    search_url = SearchRequest(text=words).url()
    page = render_template("error.html", title=gettext(kind.title), detail=detail, words=words, search_url=search_url)
    return vary_by_language(Response(page, kind.status))


def _words_of(path: str) -> str:
    """Return the words of the last part of an address, as what a reader may have looked for there."""
    name = PurePosixPath(path).name.partition(".")[0]
    return " ".join(word for word in _BETWEEN_WORDS.split(name)[:MAX_TITLE_WORDS] if word)
