"""Figures for Prometheus, of all server processes together: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from flask import Blueprint, Response

from app.errors import LoginRequired
from app.insights.secret import knows
from app.journal import journal
from app.observing import Served

# Seconds. A remembered answer takes half a millisecond, a search some; beyond a second something is wrong.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


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

    def add(self, served: Served) -> None:
        """Count an answer."""
        self._requests.labels(served.method, served.route, str(served.status)).inc()
        self._seconds.labels(served.route).observe(served.seconds)

    def show(self, generation: int) -> tuple[bytes, str]:
        """Give all figures and their content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        self._generation.set(generation)
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
        body, content_type = metrics.show(journal().engine.snapshot().generation)
        return Response(body, content_type=content_type, headers={"Cache-Control": "no-store"})

    return blueprint
