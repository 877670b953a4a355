"""Health checks: whether the process lives, and whether it can answer."""

from typing import Literal

import msgspec
from flask import Blueprint, Response
from msgspec import UNSET, Struct, UnsetType

from ...index.errors import IndexUnavailable
from ...index.model import Health
from ..context import journal

blueprint = Blueprint("health", __name__)


class Alive(Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"]


class Ready(Struct, frozen=True):
    """There is an index."""

    status: Literal["ready"]
    generation: int
    cluster: Health | UnsetType = UNSET


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer, to show that the process lives."""
    return _status(Alive("ok"))


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer with the generation of the index, and the health of its cluster; an error says why it cannot be read."""
    engine = journal().engine
    snapshot = engine.snapshot()
    snapshot.verify()
    generation = snapshot.generation
    health = engine.health()
    if health is None:
        return _status(Ready("ready", generation))
    if health.status == "red":
        raise IndexUnavailable(f"{engine.location}: shards of the index are on no node; start the nodes that are down")
    return _status(Ready("ready", generation, health))


def _status(answer: Alive | Ready) -> Response:
    response = Response(msgspec.json.encode(answer), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
