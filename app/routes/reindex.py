"""Deploy hooks: a request that is signed with the secret starts an update of the index.

A hook is signed over its body alone, as by GitHub and Gitea, so only the body can be trusted: the id and the date of a
delivery are headers, which anybody who replays a hook can change. So the same signature is accepted only once. A time
in the body is signed, too, and must be recent; GitHub's pushes have one. A hook can only start an update, which reads
the posts as they are now, so a body without a time is accepted however late it comes: the update is still wanted.
"""

import hmac
import re
from datetime import UTC, datetime, timedelta

import msgspec
from flask import Blueprint, Response, request, url_for

from ...index.errors import DatabaseUnusable
from ...index.sync.jobs import Job, Jobs, Replayed
from ...index.sync.webhook import SIGNATURE, sign
from ..context import journal
from ..errors import HookReplayed, HookStale, HookUnsigned, JobsUnavailable, NoSuchJob
from ..server.gateway import BodyRule, HeaderLookup

blueprint = Blueprint("reindex", __name__, url_prefix="/api/v1/reindex")

# GitHub's pushes are some 10 kB, and with two thousand commits a few megabytes.
MAX_BODY = 5_000_000
# A hook that was not delivered is sent again, by hand, within a day.
MAX_AGE = timedelta(days=1)
SIGNATURE_FORM = re.compile("sha256=[0-9a-f]{64}")


class Repository(msgspec.Struct):
    """A repository in GitHub's push event; `pushed_at` is in seconds since 1970."""

    pushed_at: int | datetime | None = None


class HookBody(msgspec.Struct):
    """The part of a body that is used: when it was made. `timestamp` is for hooks other than GitHub's."""

    timestamp: int | datetime | None = None
    repository: Repository | None = None


@blueprint.post("")
def request_job() -> Response:
    """Request a job that updates the index."""
    signature = _authenticate(journal().settings.hooks.secret)
    try:
        with Jobs.open(journal().settings.jobs_file) as jobs:
            job = jobs.ask("hook", signature)
    except Replayed:
        raise HookReplayed from None
    except DatabaseUnusable as error:
        raise JobsUnavailable from error
    response = _job_response(job, 202)
    response.headers["Location"] = url_for("reindex.show_job", name=job.id)
    return response


@blueprint.get("/<name>")
def show_job(name: str) -> Response:
    """Return the state and the result of a job."""
    try:
        with Jobs.open(journal().settings.jobs_file) as jobs:
            job = jobs.get(name)
    except DatabaseUnusable as error:
        raise JobsUnavailable from error
    if job is None:
        raise NoSuchJob
    return _job_response(job, 200)


def _job_response(job: Job, status: int) -> Response:
    response = Response(msgspec.json.encode(job), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _authenticate(secret: str) -> str:
    """Check that a request proves knowledge of the secret; return its signature, "" for a bearer token.

    Raises:
        HookUnsigned: It does not.
        HookStale: The time in its body is too long ago.
    """
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        # A request with the secret itself cannot be replayed by others: they would need the secret.
        _require(authorization, f"Bearer {secret}")
        return ""
    # Before the body is read: who shows no signature must not keep a worker waiting for one.
    if not _is_signed(request.headers):
        raise HookUnsigned
    given = request.headers[SIGNATURE]
    request.max_content_length = MAX_BODY
    body = request.get_data(cache=False)
    signature = sign(secret, body)
    _require(given, signature)
    signed_at = _time_of(body)
    if signed_at and datetime.now(UTC) - signed_at > MAX_AGE:
        raise HookStale
    return signature


def _is_signed(headers: HeaderLookup) -> bool:
    """Check that a request is to be authenticated by its body, and has what looks like a signature of it."""
    return headers.get("Authorization") is None and bool(SIGNATURE_FORM.fullmatch(headers.get(SIGNATURE) or ""))


HOOK_BODY = BodyRule(MAX_BODY, _is_signed)


def _require(actual: str, expected: str) -> None:
    """Compare in constant time."""
    if not hmac.compare_digest(actual.encode("utf-8", "replace"), expected.encode()):
        raise HookUnsigned


def _time_of(body: bytes) -> datetime | None:
    """Return the time in a body, None if there is none in a known form."""
    try:
        sent = msgspec.json.decode(body, type=HookBody)
        stated = sent.timestamp or (sent.repository and sent.repository.pushed_at)
        if not isinstance(stated, int):
            return stated if stated and stated.tzinfo else None
        return datetime.fromtimestamp(stated, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError, RecursionError):
        return None
