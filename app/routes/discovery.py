"""Descriptions for programs: OpenSearch for browsers, a sitemap and robots.txt for crawlers."""

import msgspec
from flask import Blueprint, Response, request

from ...index.engines.base import Snapshot
from ...index.model import Article, Suggestion
from ...index.query.analysed import analyse
from ...index.query.tree import Everything
from ...index.search.suggest import suggest
from ...index.settings import Settings
from .. import etags
from ..context import journal, local
from ..rendering.templates import render_template
from ..rendering.xml_document import render_xml
from ..search.request import SearchRequest

blueprint = Blueprint("discovery", __name__)

# https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
OPENSEARCH_TYPE = "application/opensearchdescription+xml; charset=utf-8"
SUGGESTIONS_TYPE = "application/x-suggestions+json"
# The most characters that OpenSearch allows.
MAX_SHORT_NAME, MAX_LONG_NAME = 16, 48
# The most addresses that a sitemap may list: https://www.sitemaps.org/protocol.html
MAX_ADDRESSES = 50_000


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Describe the search, so that a browser can add it to its search engines."""
    here = journal()
    tag = etags.tag_of("opensearch", here.edition)
    return etags.cached(
        tag,
        OPENSEARCH_TYPE,
        lambda: render_xml(
            "opensearch.xml",
            short_name=shortened(here.settings.title, MAX_SHORT_NAME),
            long_name=shortened(here.settings.title, MAX_LONG_NAME),
        ),
    )


def shortened(name: str, most: int) -> str:
    """Cut a name after a word; within its first word if that is too long."""
    if len(name) <= most:
        return name
    return name[: most + 1].rpartition(" ")[0].rstrip() or name[:most]


@blueprint.get("/suggest")
def browser_suggestions() -> Response:
    """Return suggestions as browsers expect them: the query, titles, descriptions and URLs."""
    text = request.args.get("q", "")
    snapshot = journal().engine.snapshot()
    tag = etags.tag_of("browser's suggestions", journal().edition, snapshot.generation, text)
    return etags.cached(tag, SUGGESTIONS_TYPE, lambda: _suggestions(snapshot, text))


def _suggestions(snapshot: Snapshot, text: str) -> bytes:
    suggestions = suggest(snapshot, analyse(text))
    urls = [journal().absolute(suggestion.url or _search_url(suggestion)) for suggestion in suggestions]
    return msgspec.json.encode((text, [s.title for s in suggestions], [s.section for s in suggestions], urls))


def _search_url(suggestion: Suggestion) -> str:
    """Return the address of a completed query, or of the articles with a tag or of a year."""
    match suggestion.kind:
        case "tag":
            return SearchRequest(tags=(suggestion.title,)).url()
        case "year":
            return SearchRequest(years=(suggestion.title,)).url()
        case _:
            return SearchRequest(text=suggestion.query).url()


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the articles that are hosted here; those of the author's own site belong in its own sitemap."""
    here = journal()
    snapshot = here.engine.snapshot()
    tag = etags.tag_of("sitemap", here.edition, snapshot.generation)
    return etags.cached(
        tag,
        "application/xml",
        lambda: render_xml("sitemap.xml", articles=_hosted_here(snapshot, here.settings)),
    )


def _hosted_here(snapshot: Snapshot, settings: Settings) -> list[Article]:
    if settings.has_own_site:
        return []
    return [match.article for match in snapshot.find(Everything(), sort="newest", limit=MAX_ADDRESSES - 1).matches]


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Return the rules for crawlers. Pages of results are allowed: crawlers must read them to see their `noindex`."""
    text = render_template("robots.txt", sitemap=journal().absolute(local("/sitemap.xml")))
    return etags.conditional(etags.tag_of(text), lambda: Response(text, content_type="text/plain"))
