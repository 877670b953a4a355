"""Observers of every request: its route (not its address), status and duration."""

from collections.abc import Callable, Sequence
from time import perf_counter

from flask import Flask, Response, g, request
from msgspec import Struct


class ServedRequest(Struct, frozen=True, kw_only=True):
    """One request and its response.

    Attributes:
        route: The pattern of the address, like `/articles/<path:slug>`; "" if no route has it.
        seconds: From the arrival of the request in the application to its response.
        size: Bytes of the body; None if unknown.
        query: The search text.
    """

    method: str
    route: str
    status: int
    seconds: float
    size: int | None
    query: str


def observe(app: Flask, observers: Sequence[Callable[[ServedRequest], object]]) -> None:
    """Call observers with every request that is served."""
    app.before_request(_start)

    def notify(response: Response) -> Response:
        served = _served(response)
        for observer in observers:
            observer(served)
        return response

    app.after_request(notify)


def _start() -> None:
    g.started = perf_counter()


def _served(response: Response) -> ServedRequest:
    return ServedRequest(
        method=request.method if request.url_rule else "",
        route=request.url_rule.rule if request.url_rule else "",
        status=response.status_code,
        seconds=perf_counter() - g.started,
        size=response.content_length,
        query=g.get("query") or request.args.get("q", ""),
    )
