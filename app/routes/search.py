"""The pages on which readers search and browse."""

from dataclasses import replace

from flask import Blueprint, Response, request
from msgspec import structs
from werkzeug.datastructures import MultiDict

from ...index.engines.base import Snapshot
from ...index.model import Facet, Results
from ...index.query.analysed import analyse
from ...index.search.in_post import section_passages
from ...index.search.search import search, ways_on
from .. import etags, recording
from ..context import journal
from ..errors import NoSuchArticle, NoSuchPage
from ..i18n import gettext, language, reader_language, vary_by_language
from ..rendering.result_links import FacetView, Link, facet_views
from ..rendering.search_page import search_view, section_views
from ..rendering.templates import render_template
from ..search.parameters import read_search_request
from ..search.request import SearchRequest
from ..search.result_pages import answer_search
from .feeds import feed_urls

blueprint = Blueprint("pages", __name__)
blueprint.after_request(vary_by_language)


@blueprint.get("/")
@blueprint.get("/search")
def results_page() -> Response:
    """Show the results of a query, or the newest posts without a query."""
    search_request = read_search_request(request.args, journal().settings.per_page, journal().settings.facets)
    search_request = replace(search_request, quoted=True)
    snapshot, edition = journal().searched(search_request.journals)
    at_home = request.path == "/" and not request.args
    reader = reader_language(journal().settings.language)
    languages = language(), snapshot.nearest_language(reader)
    tag = etags.tag_of("page", languages, edition, snapshot.generation, search_request, at_home)
    response = etags.cached(tag, etags.HTML_TYPE, lambda: _page(snapshot, search_request, at_home, reader))
    recording.record_search(search_request, snapshot.generation, "submitted")
    return response


@blueprint.get("/search/sections")
def sections_page() -> Response:
    """Show what the sections of an article say that have words of a query; the results take it in on demand."""
    search_request = read_search_request(request.args, journal().settings.per_page, journal().settings.facets)
    path, snapshot = request.args.get("path", ""), journal().engine.snapshot()
    tag = etags.tag_of("sections", language(), journal().edition, snapshot.generation, search_request, path)
    return etags.cached(tag, etags.HTML_TYPE, lambda: _sections(snapshot, search_request, path))


def _sections(snapshot: Snapshot, search_request: SearchRequest, path: str) -> bytes:
    query = analyse(search_request.text, facets=search_request.facets)
    found = section_passages(snapshot, query, path, None, journal().editorial) if query.leaves else {}
    if not found:
        raise NoSuchArticle
    return render_template(
        "sections.html", search_request=search_request, passages=section_views(search_request, found.values())
    ).encode()


@blueprint.errorhandler(NoSuchPage)
def to_the_last_page(error: NoSuchPage) -> Response:
    """Lead from a page that a search does not have to the last one that it has."""
    given = MultiDict((name, value) for name, value in request.args.items(multi=True) if name != "page")
    search_request = read_search_request(given, journal().settings.per_page, journal().settings.facets)
    headers = {"Location": search_request.page_url(error.last), "Cache-Control": "no-store"}
    return Response(status=303, headers=headers)


def _page(snapshot: Snapshot, search_request: SearchRequest, at_home: bool, reader: str) -> bytes:
    results = answer_search(snapshot, search_request, journal().editorial, language=reader)
    recording.record_outcome(search_request, results)
    results = structs.replace(results, facets=_facets(snapshot, search_request, results))
    return render_template(
        "search.html",
        search_request=search_request,
        results=results,
        view=search_view(search_request, results),
        ways=() if results.total else _ways(snapshot, search_request),
        feeds=feed_urls(search_request),
        topics=() if results.total else _topics(snapshot),
        at_home=at_home,
    ).encode()


def _facets(snapshot: Snapshot, search_request: SearchRequest, results: Results) -> dict[str, tuple[Facet, ...]]:
    """Return the facets; all but those of tags also have values that are not chosen, which would add results."""

    def unfiltered(name: str, **filters: tuple[object, ...]) -> tuple[Facet, ...]:
        wider = replace(search_request, **filters)  # type: ignore[arg-type]
        if wider == search_request:
            return results.facets.get(name, ())
        return search(
            snapshot, structs.replace(search_request.query, filters=wider.filters, sort="relevance"), per_page=1
        ).facets.get(name, ())

    chosen = search_request.chosen
    of_keys = {
        name: unfiltered(name, chosen=tuple(pair for pair in chosen if pair[0] != name))
        for name in dict.fromkeys(name for name, _ in chosen)
    }
    common = {"year": unfiltered("year", years=()), "language": unfiltered("language", languages=())}
    return {**results.facets, **common, **of_keys}


def _ways(snapshot: Snapshot, search_request: SearchRequest) -> tuple[Link, ...]:
    """Return searches that have results, similar to one that has none."""
    without_filters = () if not search_request.is_narrowed else _unfiltered(snapshot, search_request)
    return without_filters + tuple(
        Link(text, SearchRequest(text=text).url()) for text in ways_on(snapshot, search_request.query)
    )


def _unfiltered(snapshot: Snapshot, search_request: SearchRequest) -> tuple[Link, ...]:
    wider: Results = search(snapshot, structs.replace(search_request.query, filters=(), sort="relevance"), per_page=1)
    label = gettext("%(query)s, without filters", query=search_request.text.strip() or gettext("Everything"))
    url = search_request.url(tags=(), years=(), languages=(), first_month="", last_month="", chosen=())
    return (Link(label, url, count=wider.total),) if wider.total else ()


def _topics(snapshot: Snapshot) -> tuple[FacetView, ...]:
    """Return all tags of the journal, for a search without results."""
    return facet_views(SearchRequest(), {"tag": search(snapshot, SearchRequest().query, per_page=1).facets["tag"]})
