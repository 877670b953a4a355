"""Whether the process lives, and whether it can answer: for whatever watches over it."""

import msgspec
from flask import Blueprint, Response

from app.journal import journal
from index.errors import IndexUnavailable

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers at all."""
    return _status({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> Response:
    """Say that there is an index to answer from, and how its cluster is; without one, the error says why not."""
    engine = journal().engine
    ready: dict[str, object] = {"status": "ready", "generation": engine.snapshot().generation}
    health = engine.health()
    if health and health.status == "red":
        raise IndexUnavailable(f"{engine.place}: parts of the index are on no node; start the nodes that are down")
    return _status(ready | ({"cluster": health} if health else {}))


def _status(value: dict[str, object]) -> Response:
    response = Response(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
