"""The errors of requests, and one table of what every error is in HTTP."""

from typing import NamedTuple

from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge, UnsupportedMediaType

from ..index.errors import DatabaseUnusable, IndexDamaged, IndexLocked, IndexMissing, IndexUnavailable
from .i18n import gettext, later

_NOT_ALLOWED = later("The parameter “%(parameter)s” must be %(allowed)s.")


class RequestError(Exception):
    """A request that cannot be answered.

    Attributes:
        challenge: The WWW-Authenticate header: how to log in.
        retry_after: Seconds after which to try again, if that helps.
    """

    challenge = ""
    retry_after = 0


class BadParameter(RequestError):
    """A parameter has an invalid value.

    Attributes:
        parameter: Its name.
        allowed: What it must be, in words. The value itself is not repeated: a client can send any text.
    """

    def __init__(self, parameter: str, allowed: str, **values: object) -> None:
        """Take the name, and what is allowed as a translatable message with the values to fill in there."""
        self.parameter, self.allowed = parameter, allowed % values
        self._message, self._values = allowed, values
        super().__init__(_NOT_ALLOWED % {"parameter": parameter, "allowed": self.allowed})

    @property
    def translated(self) -> str:
        """The message in the reader's language."""
        return gettext(_NOT_ALLOWED, parameter=self.parameter, allowed=gettext(self._message, **self._values))


class LoginRequired(RequestError):
    """A page or an endpoint that needs a secret."""

    challenge = 'Basic realm="author", charset="UTF-8"'


class NoSuchPage(RequestError):
    """A page of results before the first or beyond the last.

    Attributes:
        last: The last page that there is, as far as it is known.
    """

    def __init__(self, last: int = 1) -> None:
        self.last = last
        super().__init__()


class CursorExpired(RequestError):
    """A cursor of a generation that is no longer the current one."""


class NoSuchArticle(RequestError):
    """No visible article has this address."""


class ArticleGone(RequestError):
    """The index has an article whose file is missing or must no longer be shown."""


class HostInvalid(RequestError):
    """A request without a Host header, with several, or with one that names no host."""


class LengthRequired(RequestError):
    """A body that comes in chunks, so that its length is unknown."""


class BodyTimeout(RequestError):
    """A body that has not arrived in time."""


class BodiesPending(RequestError):
    """More bodies are on their way than the server waits for."""


class TooManyRequests(RequestError):
    """A client has sent more requests than it may within a minute."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__()


class HookUnsigned(RequestError):
    """A hook that is not signed with the secret."""

    challenge = "Bearer"


class HookReplayed(RequestError):
    """A hook that was accepted before."""


class HookStale(RequestError):
    """A hook whose body is dated too long ago."""


class NoSuchJournal(RequestError):
    """No journal of this server has the host and the path of the request."""


class NoSuchJob(RequestError):
    """No job has this id, or it was deleted since."""


class JobsUnavailable(RequestError):
    """The database of jobs cannot be read or written."""


class ErrorKind(NamedTuple):
    """How an error is answered. `code` is stable: programs may rely on it. Without `detail`, the error has its own."""

    error: type[Exception]
    status: int
    code: str
    title: str
    detail: str = ""


# The first row that matches an error counts.
ERROR_KINDS = (
    ErrorKind(BadParameter, 400, "invalid_parameter", later("Invalid parameter")),
    ErrorKind(
        LoginRequired,
        401,
        "login_required",
        later("Only for the author"),
        later("Log in with the author's password; the name does not matter."),
    ),
    ErrorKind(
        NoSuchPage, 404, "page_not_found", later("No such page of results"), later("The results end before this page.")
    ),
    ErrorKind(
        CursorExpired,
        410,
        "cursor_expired",
        later("The cursor has expired"),
        later("The index has changed since this cursor was made. Begin again with “cursor=*”."),
    ),
    ErrorKind(NoSuchJournal, 404, "journal_not_found", later("No such journal"), later("No journal has this address.")),
    ErrorKind(NoSuchArticle, 404, "article_not_found", later("No such article"), later("No article has this address.")),
    ErrorKind(
        ArticleGone,
        410,
        "article_gone",
        later("This article is gone"),
        later("It was published here and has been withdrawn."),
    ),
    ErrorKind(
        IndexMissing,
        503,
        "index_missing",
        later("Nothing is indexed yet"),
        later("There is no index. Build it with “backmatter index”."),
    ),
    ErrorKind(
        IndexDamaged,
        503,
        "index_damaged",
        later("The index cannot be read"),
        later("Build it again with “backmatter index”."),
    ),
    ErrorKind(
        IndexLocked,
        503,
        "index_locked",
        later("The index is being written"),
        later("Another process is writing it. Try again soon."),
    ),
    ErrorKind(
        IndexUnavailable,
        503,
        "index_unavailable",
        later("The index is unavailable"),
        later("It cannot be reached. Try again soon."),
    ),
    ErrorKind(
        HookUnsigned,
        401,
        "hook_unsigned",
        later("Not signed with the secret"),
        later("Sign the body as GitHub does (X-Hub-Signature-256), or send the secret as a bearer token."),
    ),
    ErrorKind(
        HookReplayed,
        409,
        "hook_replayed",
        later("Already accepted"),
        later("A hook with the same body was accepted before."),
    ),
    ErrorKind(HookStale, 403, "hook_stale", later("Too old"), later("The time in the body is more than a day ago.")),
    ErrorKind(
        RequestEntityTooLarge, 413, "body_too_large", later("Too large"), later("The body of the request is too large.")
    ),
    ErrorKind(
        UnsupportedMediaType,
        415,
        "unsupported_media_type",
        later("Unsupported type of content"),
        later("Send the body as “application/json”."),
    ),
    ErrorKind(HostInvalid, 400, "host_invalid", later("Invalid request"), later("Send exactly one Host header.")),
    ErrorKind(
        BodyTimeout, 408, "body_timeout", later("Too slow"), later("The body of the request did not arrive in time.")
    ),
    ErrorKind(
        LengthRequired,
        411,
        "length_required",
        later("Invalid request"),
        later("Send the length of the body in a Content-Length header, and no chunks."),
    ),
    ErrorKind(
        TooManyRequests,
        429,
        "too_many_requests",
        later("Too many requests"),
        later("This address has searched too often within a minute. Wait for one, and try again."),
    ),
    ErrorKind(
        BodiesPending,
        503,
        "bodies_pending",
        later("The server is busy"),
        later("Too many large requests are on their way. Try again soon."),
    ),
    ErrorKind(NoSuchJob, 404, "job_not_found", later("No such job"), later("No job has this address.")),
    ErrorKind(
        JobsUnavailable,
        503,
        "jobs_unavailable",
        later("Jobs are unavailable"),
        later("Jobs cannot be read or written now. Try again soon."),
    ),
    ErrorKind(
        DatabaseUnusable,
        503,
        "statistics_unavailable",
        later("Statistics are unavailable"),
        later("What readers looked for cannot be read. “backmatter doctor” shows why."),
    ),
    ErrorKind(NotFound, 404, "not_found", later("Page not found"), later("There is nothing at this address.")),
    ErrorKind(
        MethodNotAllowed,
        405,
        "method_not_allowed",
        later("Only for reading"),
        later("This address can only be read: use GET or HEAD."),
    ),
    ErrorKind(
        Exception,
        500,
        "internal_error",
        later("Something went wrong"),
        later("The error is ours and has been written to the log."),
    ),
)
