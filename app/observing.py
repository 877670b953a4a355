"""Every answer, as those who keep the server running see it: which route, not which address; how it went; how long."""

from collections.abc import Callable, Sequence
from time import perf_counter

from flask import Flask, Response, g, request
from msgspec import Struct


class Served(Struct, frozen=True, kw_only=True):
    """One answer.

    Attributes:
        route: The pattern of the address, like `/articles/<path:slug>`; "" where nothing has it.
        seconds: From the request's arrival in the application to its answer.
        size: Of the body, in bytes; None where it is not known.
        query: What was searched for.
    """

    method: str
    route: str
    status: int
    seconds: float
    size: int | None
    query: str


def observe(app: Flask, observers: Sequence[Callable[[Served], object]]) -> None:
    """Tell observers of every answer."""
    app.before_request(_start)

    def tell(response: Response) -> Response:
        served = _served(response)
        for observer in observers:
            observer(served)
        return response

    app.after_request(tell)


def _start() -> None:
    g.started = perf_counter()


def _served(response: Response) -> Served:
    return Served(
        method=request.method if request.url_rule else "",
        route=request.url_rule.rule if request.url_rule else "",
        status=response.status_code,
        seconds=perf_counter() - g.started,
        size=response.content_length,
        query=request.args.get("q", ""),
    )
