"""Figures for Prometheus, of all server processes together: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from functools import cached_property
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from app.errors import LoginRequired
from app.insights.secret import knows
from app.journal import journal
from app.observing import Served
from index.engine import Engine
from index.errors import IndexUnavailable
from index.model import Health

if TYPE_CHECKING:
    from prometheus_client import Gauge

# Seconds. A remembered answer takes half a millisecond, a search some; beyond a second something is wrong.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

STATUSES = ("green", "yellow", "red")


class Metrics:
    """Counts the answers of one server process; shows those of all of them."""

    def __init__(self) -> None:
        # Imported where they are made: the library decides at its import whether processes share their figures.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._own = CollectorRegistry()
        self._requests = Counter("backmatter_requests", "Answers.", ("method", "route", "status"), registry=self._own)
        self._seconds = Histogram(
            "backmatter_request_seconds", "Time to answer.", ("route",), buckets=BUCKETS, registry=self._own
        )
        self._generation = Gauge("backmatter_generation", "Of the index.", registry=self._own, multiprocess_mode="max")

    @cached_property
    def _cluster(self) -> "dict[str, Gauge]":
        """The figures of a cluster; made once there is one."""
        from prometheus_client import Gauge

        said = {
            "status": "1 for the status that the index has on its cluster.",
            "nodes": "Machines of the cluster; 0 where none answers.",
            "unassigned_shards": "Parts and copies of the index that are on no machine.",
        }
        return {
            name: Gauge(
                f"backmatter_cluster_{name}",
                text,
                ("status",) if name == "status" else (),
                registry=self._own,
                multiprocess_mode="mostrecent",
            )
            for name, text in said.items()
        }

    def add(self, served: Served) -> None:
        """Count an answer."""
        self._requests.labels(served.method, served.route, str(served.status)).inc()
        self._seconds.labels(served.route).observe(served.seconds)

    def look(self, engine: Engine) -> None:
        """Take down the index's generation, and how its cluster is."""
        try:
            self._generation.set(engine.snapshot().generation)
            health = engine.health()
        except IndexUnavailable:
            health = Health("red", 0, 0)
        if health:
            for status in STATUSES:
                self._cluster["status"].labels(status).set(status == health.status)
            self._cluster["nodes"].set(health.nodes)
            self._cluster["unassigned_shards"].set(health.unassigned)

    def show(self) -> tuple[bytes, str]:
        """Give all figures and their content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        together = CollectorRegistry()
        try:
            MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        except ValueError:  # This process is the only one.
            together = self._own
        return generate_latest(together), CONTENT_TYPE_LATEST


def showing(metrics: Metrics) -> Blueprint:
    """Make the address of the figures, for whoever knows the secret."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def show() -> Response:
        if not knows(journal().settings.metrics_token):
            raise LoginRequired
        metrics.look(journal().engine)
        body, content_type = metrics.show()
        return Response(body, content_type=content_type, headers={"Cache-Control": "no-store"})

    return blueprint
