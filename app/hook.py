"""Deploy hooks: whoever knows the secret may have the index brought up to the posts. Without a secret there are none.

A hook is signed over its body alone, as GitHub and Gitea do it, so only the body can be trusted: a delivery's id and
date are headers, which whoever replays a hook makes up. Hence the signature itself must not come twice. A time in the
body is signed too, and must be recent; GitHub's pushes have one. All that a hook can bring about is a run that finds
the posts as they are, so a body without a time is taken however late it comes: it was held up and is still wanted.
"""

import hmac
import sqlite3
from datetime import UTC, datetime, timedelta

import msgspec
from flask import Blueprint, Response, request, url_for

from app.errors import HookReplayed, HookStale, HookUnsigned, JobsUnavailable, NoSuchJob
from app.journal import journal
from index.jobs import Job, Jobs, Replayed
from index.webhook import SIGNATURE, sign

blueprint = Blueprint("hook", __name__, url_prefix="/api/v1/reindex")

# GitHub's pushes are some 10 kB, and with two thousand commits a few megabytes.
MAX_BODY = 5_000_000
# A redelivery by hand, of a hook that did not get through, is made within a day.
MAX_AGE = timedelta(days=1)


class Repository(msgspec.Struct):
    """What GitHub says of a repository; the time of the push in seconds since 1970."""

    pushed_at: int | datetime | None = None


class Told(msgspec.Struct):
    """What counts in a hook's body: when it was made. `timestamp` is for those who write their own."""

    timestamp: int | datetime | None = None
    repository: Repository | None = None


@blueprint.post("")
def ask() -> Response:
    """Have the index brought up to the posts, soon."""
    mark = _mark(journal().settings.hook_secret)
    try:
        with Jobs.open(journal().settings.jobs) as jobs:
            job = jobs.ask("hook", mark)
    except Replayed:
        raise HookReplayed from None
    except sqlite3.Error as error:
        raise JobsUnavailable from error
    response = _shown(job, 202)
    response.headers["Location"] = url_for("hook.tell", name=job.id)
    return response


@blueprint.get("/<name>")
def tell(name: str) -> Response:
    """Say how far a job is, and what came of it."""
    try:
        with Jobs.open(journal().settings.jobs) as jobs:
            job = jobs.get(name)
    except sqlite3.Error as error:
        raise JobsUnavailable from error
    if job is None:
        raise NoSuchJob
    return _shown(job, 200)


def _shown(job: Job, status: int) -> Response:
    response = Response(msgspec.json.encode(job), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _mark(secret: str) -> str:
    """Find out that a request is from somebody who knows the secret; give what it must not bring twice.

    Raises:
        HookUnsigned: It is not.
        HookStale: It was signed long ago.
    """
    given = request.headers.get("Authorization")
    if given is not None:
        # Whoever sends the secret itself proves it anew each time.
        _require(given, f"Bearer {secret}")
        return ""
    request.max_content_length = MAX_BODY
    body = request.get_data(cache=False)
    signature = sign(secret, body)
    _require(request.headers.get(SIGNATURE, ""), signature)
    signed = _time(body)
    if signed and datetime.now(UTC) - signed > MAX_AGE:
        raise HookStale
    return signature


def _require(given: str, expected: str) -> None:
    """Compare in a time that tells nothing of how much is right."""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise HookUnsigned


def _time(body: bytes) -> datetime | None:
    """Give the time that a body states; None where it states none that we know."""
    try:
        told = msgspec.json.decode(body, type=Told)
        stated = told.timestamp or (told.repository and told.repository.pushed_at)
        if not isinstance(stated, int):
            return stated if stated and stated.tzinfo else None
        return datetime.fromtimestamp(stated, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError, UnicodeDecodeError):
        return None
