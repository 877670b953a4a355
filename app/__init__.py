"""The journal over HTTP: requests in, pages and JSON out. Everything that is known about search is in `index`."""

from collections.abc import Callable

from flask import Flask
from jinja2 import StrictUndefined

from app import (
    api,
    articles,
    assets,
    component,
    discovery,
    errors,
    feeds,
    headers,
    health,
    hook,
    logs,
    media,
    metrics,
    observing,
    pages,
    words,
)
from app.insights import author, clicks
from app.journal import Journal, keep
from index.engine import Engine
from index.settings import Settings


def create_app(settings: Settings, engine: Engine) -> Flask:
    """Wire an application for one journal.

    Args:
        settings: How the journal is called and where its posts are.
        engine: Where its index is kept; asked for a snapshot by every request.
    """
    app = Flask("app", static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    # A redirect would repeat the Host header, which a client makes up.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    words.speak(app)
    opened = Journal.open(settings, engine)
    keep(app, opened)
    app.jinja_env.globals.update(pages.chrome(opened))
    for part in (pages, articles, media, feeds, discovery, component, api, health, assets):
        app.register_blueprint(part.blueprint)
    if settings.count_searches:
        app.register_blueprint(clicks.blueprint)
    if settings.author_token:
        app.register_blueprint(author.blueprint)
    _observe(app, settings)
    if settings.hook_secret:
        app.register_blueprint(hook.blueprint)
    app.register_error_handler(Exception, errors.answer)
    app.wsgi_app = headers.securing(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app


def _observe(app: Flask, settings: Settings) -> None:
    """Count and log answers, where that is asked for."""
    observers: list[Callable[[observing.Served], object]] = []
    if settings.metrics_token:
        counted = metrics.Metrics()
        observers.append(counted.add)
        app.register_blueprint(metrics.showing(counted))
    if settings.log != "errors":
        observers.append(logs.logging_requests(with_queries=settings.log == "queries"))
    if observers:
        observing.observe(app, observers)
