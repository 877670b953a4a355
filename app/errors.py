"""What went wrong, as HTTP: one table, one shape for programs, one page for people."""

from http import HTTPStatus
from typing import NamedTuple

import msgspec
from flask import Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from app.words import gettext, later, varying
from index.errors import IndexDamaged, IndexLocked, IndexMissing, IndexUnavailable, PostError

# How soon a client may ask again while an index is built, in seconds.
RETRY_AFTER = 30
# Addresses beside the interface for programs whose answers are JSON.
SPEAKING_JSON = {"/healthz", "/readyz", "/search.json", "/suggest"}

_NOT_ALLOWED = later("The parameter “%(parameter)s” has to be %(allowed)s.")


class RequestError(Exception):
    """A request that cannot be answered as it was made."""


class BadParameter(RequestError):
    """A parameter has a value that it cannot have.

    Attributes:
        parameter: Its name.
        allowed: What it may be, in words. The value itself is not repeated: it is whatever a client made up.
    """

    def __init__(self, parameter: str, allowed: str, **values: object) -> None:
        """Take what is allowed as one of the interface's words, and what to fill in there."""
        self.parameter, self.allowed = parameter, allowed % values
        self._words, self._values = allowed, values
        super().__init__(_NOT_ALLOWED % {"parameter": parameter, "allowed": self.allowed})

    @property
    def explained(self) -> str:
        """The message in the reader's language."""
        allowed = gettext(self._words, **self._values)
        return gettext(_NOT_ALLOWED, parameter=self.parameter, allowed=allowed)


class LoginRequired(RequestError):
    """Only the author may see this."""


class NoSuchPage(RequestError):
    """A page of results before the first or beyond the last."""


class NoSuchArticle(RequestError):
    """No visible article has this address."""


class ArticleGone(RequestError):
    """The index still knows an article whose file readers must not see any more, or that is not there."""


class HookUnsigned(RequestError):
    """A hook that does not show that its sender knows the secret."""


class HookReplayed(RequestError):
    """A hook that was accepted before."""


class HookStale(RequestError):
    """A hook that was signed long ago."""


class NoSuchJob(RequestError):
    """No job has this id, or it was long ago."""


class JobsUnavailable(RequestError):
    """Jobs can be neither kept nor read now."""


class Kind(NamedTuple):
    """How an error is answered. `code` is stable: programs may rely on it."""

    status: HTTPStatus
    code: str
    title: str
    detail: str


# The first row that fits counts. An empty detail is the exception's own message.
TABLE: tuple[tuple[type[Exception], Kind], ...] = (
    (BadParameter, Kind(HTTPStatus.BAD_REQUEST, "invalid_parameter", later("That cannot be asked"), "")),
    (
        LoginRequired,
        Kind(
            HTTPStatus.UNAUTHORIZED,
            "login_required",
            later("Only for the author"),
            later("Log in with the author's password; the name does not matter."),
        ),
    ),
    (
        NoSuchPage,
        Kind(
            HTTPStatus.NOT_FOUND,
            "page_not_found",
            later("No such page of results"),
            later("The results end before this page."),
        ),
    ),
    (
        NoSuchArticle,
        Kind(
            HTTPStatus.NOT_FOUND, "article_not_found", later("No such article"), later("No article has this address.")
        ),
    ),
    (
        ArticleGone,
        Kind(
            HTTPStatus.GONE,
            "article_gone",
            later("This article is gone"),
            later("It was here and has been taken back."),
        ),
    ),
    (
        PostError,
        Kind(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "article_unreadable",
            later("This article cannot be read"),
            later("Its file has an error. Its author can see it with “backmatter index”."),
        ),
    ),
    (
        IndexMissing,
        Kind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "index_missing",
            later("Nothing is indexed yet"),
            later("There is no index. Build it with “backmatter index”."),
        ),
    ),
    (
        IndexDamaged,
        Kind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "index_damaged",
            later("The index cannot be read"),
            later("Build it again with “backmatter index --full”."),
        ),
    ),
    (
        IndexLocked,
        Kind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "index_locked",
            later("The index is being written"),
            later("Another process is writing it. Try again soon."),
        ),
    ),
    (
        IndexUnavailable,
        Kind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "index_unavailable",
            later("The index does not answer"),
            later("The machines that keep it cannot be reached. Try again soon."),
        ),
    ),
    (
        HookUnsigned,
        Kind(
            HTTPStatus.UNAUTHORIZED,
            "hook_unsigned",
            later("Not signed with the secret"),
            later("Sign the body as GitHub does (X-Hub-Signature-256), or send the secret as a bearer token."),
        ),
    ),
    (
        HookReplayed,
        Kind(
            HTTPStatus.CONFLICT, "hook_replayed", later("Accepted before"), later("This very body was accepted before.")
        ),
    ),
    (
        HookStale,
        Kind(
            HTTPStatus.FORBIDDEN,
            "hook_stale",
            later("Too old"),
            later("The body says that it was made more than a day ago."),
        ),
    ),
    (
        RequestEntityTooLarge,
        Kind(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body_too_large",
            later("Too large"),
            later("The body is larger than anything that is asked for here."),
        ),
    ),
    (NoSuchJob, Kind(HTTPStatus.NOT_FOUND, "job_not_found", later("No such job"), later("No job has this address."))),
    (
        JobsUnavailable,
        Kind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "jobs_unavailable",
            later("Jobs cannot be kept"),
            later("Jobs can be neither kept nor read now. Try again soon."),
        ),
    ),
    (
        NotFound,
        Kind(HTTPStatus.NOT_FOUND, "not_found", later("Nothing is here"), later("This address leads nowhere.")),
    ),
    (
        MethodNotAllowed,
        Kind(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "method_not_allowed",
            later("Only for reading"),
            later("This address can only be read: use GET or HEAD."),
        ),
    ),
    (
        Exception,
        Kind(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal_error",
            later("Something broke"),
            later("The fault is ours, and it has been written to the log."),
        ),
    ),
)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as RFC 9457 wants it: https://www.rfc-editor.org/rfc/rfc9457#section-3.

    `type` is left out, which means `about:blank`: `title` is the status's own phrase, and `code` tells errors apart.
    """

    title: str
    status: int
    code: str
    detail: str
    parameter: str | None = None
    allowed: str | None = None


def answer(error: Exception) -> Response:
    """Answer an error, whatever it is, in the shape that the asked address speaks."""
    kind = kind_of(error)
    if kind.code == "internal_error":
        current_app.logger.error("internal error", exc_info=error)
    speaks_json = request.path.startswith("/api/") or request.path in SPEAKING_JSON
    response = _json(kind, error) if speaks_json else _page(kind, error)
    response.headers["Cache-Control"] = "no-store"
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    if isinstance(error, LoginRequired):
        response.headers["WWW-Authenticate"] = 'Basic realm="author", charset="UTF-8"'
    if isinstance(error, HookUnsigned):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def kind_of(error: Exception) -> Kind:
    """Find an error's row in the table; HTTP errors without one keep their status."""
    kind = next(kind for cause, kind in TABLE if isinstance(error, cause))
    if kind.code == "internal_error" and isinstance(error, HTTPException) and error.code and error.code < 500:
        status = HTTPStatus(error.code)
        return Kind(status, "bad_request", status.phrase, later("The request cannot be understood."))
    return kind


def _detail(kind: Kind, error: Exception) -> str:
    return kind.detail or str(error)


def _json(kind: Kind, error: Exception) -> Response:
    problem = Problem(
        title=kind.status.phrase,
        status=kind.status,
        code=kind.code,
        detail=_detail(kind, error),
        parameter=getattr(error, "parameter", None),
        allowed=getattr(error, "allowed", None),
    )
    return Response(msgspec.json.encode(problem), kind.status, content_type="application/problem+json")


def _page(kind: Kind, error: Exception) -> Response:
    detail = error.explained if isinstance(error, BadParameter) else gettext(_detail(kind, error))
    page = render_template("error.html", title=gettext(kind.title), detail=detail)
    return varying(Response(page, kind.status))
