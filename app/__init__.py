"""The web application: requests in, pages and JSON out. Searching itself is in `index`."""

from collections.abc import Callable

from flask import Flask

from ..index.engines.base import Engine
from ..index.settings import Settings
from . import security
from .context import Journal, attach
from .operations import logs, metrics, observer, rate_limit
from .rendering import formats, structured_data, templates
from .rendering.error_response import error_response
from .routes import (
    api,
    api_search,
    articles,
    assets,
    author,
    clicks,
    component,
    discovery,
    drafts,
    feeds,
    health,
    media,
    openapi,
    privacy,
    reindex,
    search,
    texts,
)
from .server.gateway import BodyRule
from .server.request_counts import RequestCounts

ROUTES = (
    search,
    articles,
    texts,
    media,
    feeds,
    discovery,
    component,
    api,
    api_search,
    openapi,
    health,
    assets,
    privacy,
)


def create_app(
    settings: Settings,
    engine: Engine,
    counts: RequestCounts | None = None,
    journals: list[Journal] | None = None,
) -> Flask:
    """Create the application for one journal.

    Args:
        settings: Its settings.
        engine: Keeps its index; every request takes a snapshot of it.
        counts: Counts the requests of clients, together with other processes that have the same one.
        journals: The journals that this process serves, which this one joins.
    """
    app = Flask(__name__, static_folder=None)
    # A redirect would repeat the Host header, which a client can set to anything.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    journal = Journal.open(settings, engine, journals)
    attach(app, journal)
    templates.install(
        app, journal.theme, journal=journal, local=journal.local, formats=formats, structured_data=structured_data
    )
    _register_routes(app, settings)
    _observe(app, settings)
    if settings.server.rate_limit:
        rate_limit.limit_requests(app, counts or RequestCounts(), settings.server.rate_limit, settings.server.proxies)
    app.register_error_handler(Exception, error_response)
    app.wsgi_app = security.add_security_headers(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app


def _register_routes(app: Flask, settings: Settings) -> None:
    """Add the routes, those of the author and the insights as the settings say."""
    for route in ROUTES:
        app.register_blueprint(route.blueprint)
    if settings.insights.count:
        app.register_blueprint(clicks.blueprint)
    if settings.insights.token:
        app.register_blueprint(author.blueprint)
        app.register_blueprint(drafts.blueprint)
    if settings.hooks.secret:
        app.register_blueprint(reindex.blueprint)


def body_rules(settings: Settings) -> dict[str, BodyRule]:
    """Return what POST requests may send, by path."""
    return {
        "/clicks": clicks.click_body(settings),
        "/api/v1/reindex": reindex.HOOK_BODY,
        "/api/v1/search": api_search.SEARCH_BODY,
    }


def _observe(app: Flask, settings: Settings) -> None:
    """Count and log requests as the settings say."""
    observers: list[Callable[[observer.ServedRequest], object]] = []
    if settings.server.metrics_token:
        collected = metrics.Metrics(settings.journal.name)
        observers.append(collected.add)
        app.register_blueprint(metrics.metrics_blueprint(collected))
    if settings.server.log != "errors":
        observers.append(logs.request_logger(settings.journal.name, with_queries=settings.server.log == "queries"))
    if observers:
        observer.observe(app, observers)
