"""`backmatter serve` with one route more, `/empty`, which gives `{}`: what app and server cost by themselves."""

from flask import Flask, Response

from app import cli as serving
from index.cli import main
from index.settings import Settings

_load = serving.load


def load(settings: Settings) -> Flask:
    """Make the application and add the route."""
    app = _load(settings)
    app.add_url_rule("/empty", "empty", lambda: Response(b"{}", mimetype="application/json"))
    return app


if __name__ == "__main__":
    from tests.bench import served  # Server processes find the loader by its module's name, not in this process's main.

    serving.load = served.load
    main()
