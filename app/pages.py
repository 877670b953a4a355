"""The pages on which readers search and browse."""

from dataclasses import replace

from flask import Blueprint, Response, render_template, request

from app import conditional, formats, metadata
from app.asking import Asking, ask, read
from app.feeds import addresses
from app.insights import watching
from app.journal import Journal, journal
from app.views import FacetView, Link, facet_views, search_view
from app.words import gettext, language, varying
from index.engine import Snapshot
from index.model import Facet, Results
from index.search import search as find
from index.search import ways_on

blueprint = Blueprint("pages", __name__)
blueprint.after_request(varying)


def chrome(here: Journal) -> dict[str, object]:
    """What every template needs; it does not change between requests."""
    return {
        "journal": here.settings,
        "assets": here.assets,
        "absolute": here.absolute,
        "formats": formats,
        "metadata": metadata,
    }


@blueprint.get("/")
@blueprint.get("/search")
def search() -> Response:
    """Show what a query finds, or the newest posts where nothing is asked for."""
    asking = read(request.args, journal().settings.per_page)
    snapshot = journal().engine.snapshot()
    at_home = request.path == "/" and not request.args
    tag = conditional.tag_of("page", language(), journal().edition, snapshot.generation, asking, at_home)
    response = conditional.remembered(tag, conditional.HTML, lambda: _page(snapshot, asking, at_home))
    watching.searched(asking, snapshot.generation, "submitted")
    return response


def _page(snapshot: Snapshot, asking: Asking, at_home: bool) -> bytes:
    results = ask(snapshot, asking, journal().editorial, quoted=True)
    watching.found(asking, results)
    results = replace(results, facets=_facets(snapshot, asking, results))
    return render_template(
        "search.html",
        asking=asking,
        results=results,
        view=search_view(asking, results),
        ways=() if results.total else _ways(snapshot, asking),
        feeds=addresses(asking),
        topics=() if results.total else _topics(snapshot),
        at_home=at_home,
    ).encode()


def _facets(snapshot: Snapshot, asking: Asking, results: Results) -> dict[str, tuple[Facet, ...]]:
    """Give what there is to choose from: where years or languages are chosen, also those that would add to the list."""

    def without(name: str, **none: tuple[str, ...]) -> tuple[Facet, ...]:
        wider = replace(asking, **none)  # type: ignore[arg-type]
        if wider == asking:
            return results.facets[name]
        return find(snapshot, asking.text, per_page=1, filters=wider.filters, exact=asking.exact).facets[name]

    return {**results.facets, "year": without("year", years=()), "language": without("language", languages=())}


def _ways(snapshot: Snapshot, asking: Asking) -> tuple[Link, ...]:
    """Give searches that find something, near one that found nothing."""
    without_filters = () if not asking.is_narrowed else _unfiltered(snapshot, asking)
    return without_filters + tuple(Link(text, Asking(text=text).url()) for text in ways_on(snapshot, asking.text))


def _unfiltered(snapshot: Snapshot, asking: Asking) -> tuple[Link, ...]:
    wider: Results = find(snapshot, asking.text, per_page=1, exact=asking.exact)
    label = gettext("%(query)s, without filters", query=asking.text.strip() or gettext("Everything"))
    return (Link(label, asking.url(tags=(), years=(), languages=()), count=wider.total),) if wider.total else ()


def _topics(snapshot: Snapshot) -> tuple[FacetView, ...]:
    """Give the whole journal's tags, for somebody who found nothing."""
    return facet_views(Asking(), {"tag": find(snapshot, "", per_page=1).facets["tag"]})
