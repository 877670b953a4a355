"""Metrics for Prometheus, of all worker processes: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from ...index.engines.base import Engine
from ...index.errors import IndexDamaged, IndexMissing, IndexUnavailable
from ...index.lazy import lazy
from ...index.model import Health
from ..context import Journal, journal
from ..errors import LoginRequired
from ..security import has_secret
from .observer import ServedRequest

if TYPE_CHECKING:
    from prometheus_client import Gauge

# Seconds. A cached response takes half a millisecond, a search some; beyond a second something is wrong.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

STATUSES = ("green", "yellow", "red")


class Metrics:
    """Metrics of one worker process, shown together with those of the others.

    Args:
        journal: The name of the journal whose requests are counted; "" for the only one.
    """

    def __init__(self, journal: str = "") -> None:
        # Imported here: the library decides at its import whether processes share their metrics.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        self._of = {"journal": journal} if journal else {}
        self._requests = Counter(
            "backmatter_requests", "Answers.", (*self._of, "method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "backmatter_request_seconds",
            "Time to answer.",
            (*self._of, "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._generation = Gauge(
            "backmatter_generation", "Of the index.", (*self._of,), registry=self._registry, multiprocess_mode="max"
        )

    @lazy
    def _cluster(self) -> "dict[str, Gauge]":
        """Gauges of a cluster, made when there is one."""
        from prometheus_client import Gauge

        help_texts = {
            "status": "1 for the status that the index has on its cluster.",
            "nodes": "Machines of the cluster; 0 where none answers.",
            "unassigned_shards": "Parts and copies of the index that are on no machine.",
        }
        return {
            name: Gauge(
                f"backmatter_cluster_{name}",
                text,
                (*self._of, *(("status",) if name == "status" else ())),
                registry=self._registry,
                multiprocess_mode="mostrecent",
            )
            for name, text in help_texts.items()
        }

    def add(self, served: ServedRequest) -> None:
        """Count a request."""
        self._requests.labels(*self._of.values(), served.method, served.route, str(served.status)).inc()
        self._seconds.labels(*self._of.values(), served.route).observe(served.seconds)

    def read_indexes(self, journals: Sequence[Journal]) -> None:
        """Set the gauges of all indexes: their generation and the health of their cluster."""
        for each in journals:
            self._read_index(each.engine, (each.settings.journal.name,) if self._of else ())

    def _read_index(self, engine: Engine, journal: tuple[str, ...]) -> None:
        def set_gauge(gauge: "Gauge", value: float, *labels: str) -> None:
            (gauge.labels(*journal, *labels) if journal or labels else gauge).set(value)

        try:
            set_gauge(self._generation, engine.snapshot().generation)
            health = engine.health()
        except IndexUnavailable:
            health = Health("red", 0, 0)
        except (IndexMissing, IndexDamaged):  # Of one journal, of which its own readers are told.
            return
        if health:
            for status in STATUSES:
                set_gauge(self._cluster["status"], status == health.status, status)
            set_gauge(self._cluster["nodes"], health.nodes)
            set_gauge(self._cluster["unassigned_shards"], health.unassigned)

    def exposition(self) -> tuple[bytes, str]:
        """Return all metrics and their content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        all_processes = CollectorRegistry()
        try:
            MultiProcessCollector(all_processes)  # type: ignore[no-untyped-call]
        except ValueError:  # This process is the only one.
            all_processes = self._registry
        return generate_latest(all_processes), CONTENT_TYPE_LATEST


def metrics_blueprint(metrics: Metrics) -> Blueprint:
    """Return the blueprint of the endpoint, which needs the secret."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def show() -> Response:
        if not has_secret(journal().settings.server.metrics_token):
            raise LoginRequired
        metrics.read_indexes(journal().journals)
        body, content_type = metrics.exposition()
        return Response(body, content_type=content_type, headers={"Cache-Control": "no-store"})

    return blueprint
