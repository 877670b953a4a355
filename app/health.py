"""Whether the process lives, and whether it can answer: for whatever watches over it."""

import msgspec
from flask import Blueprint, Response

from app.journal import journal

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers at all."""
    return _status({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> Response:
    """Say that there is an index to answer from; without one, the error says why not."""
    snapshot = journal().engine.snapshot()
    return _status({"status": "ready", "generation": snapshot.generation})


def _status(value: dict[str, object]) -> Response:
    response = Response(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
