"""`backmatter serve` with one route more, `/empty`, which returns `{}`: what app and server cost by themselves."""

from flask import Response

from backmatter.app import cli as serving
from backmatter.app.server.gateway import Gateway
from backmatter.app.server.request_counts import RequestCounts
from backmatter.index.cli.commands import main
from backmatter.index.settings import Settings

_load_app = serving.load_app


def load_app(settings: Settings, counts: RequestCounts) -> Gateway:
    """Make the application and add the route."""
    gateway = _load_app(settings, counts)
    gateway.application.add_url_rule("/empty", "empty", lambda: Response(b"{}", mimetype="application/json"))
    return gateway


if __name__ == "__main__":
    from tests.bench import served  # Server processes find the loader by its module's name, not in this process's main.

    serving.load_app = served.load_app
    main()
