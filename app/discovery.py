"""What tells programs where things are: browsers how to search here, crawlers what is worth reading."""

import msgspec
from flask import Blueprint, Response, render_template, request

from app import conditional
from app.asking import Asking
from app.journal import journal
from app.xml import document
from index.engine import Snapshot
from index.model import Article
from index.query import Everything
from index.settings import Settings
from index.suggest import suggest as complete

blueprint = Blueprint("discovery", __name__)

# https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
OPENSEARCH = "application/opensearchdescription+xml; charset=utf-8"
SUGGESTIONS = "application/x-suggestions+json"
# The longest that OpenSearch allows.
SHORT_NAME, LONG_NAME = 16, 48
# The most addresses that a sitemap may have: https://www.sitemaps.org/protocol.html
MAX_ADDRESSES = 50_000


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Describe the search, for a browser that wants it among its search engines."""
    here = journal()
    tag = conditional.tag_of("opensearch", here.edition)
    return conditional.remembered(
        tag,
        OPENSEARCH,
        lambda: document(
            "opensearch.xml",
            short_name=shortened(here.settings.title, SHORT_NAME),
            long_name=shortened(here.settings.title, LONG_NAME),
        ),
    )


def shortened(name: str, most: int) -> str:
    """Cut a name after a whole word, or within its first where that is too long already."""
    if len(name) <= most:
        return name
    return name[: most + 1].rpartition(" ")[0].rstrip() or name[:most]


@blueprint.get("/suggest")
def suggest() -> Response:
    """Complete a query as browsers ask for it: the query, completions, what they are, where they lead."""
    text = request.args.get("q", "")
    snapshot = journal().engine.snapshot()
    tag = conditional.tag_of("browser's suggestions", journal().edition, snapshot.generation, text)
    return conditional.remembered(tag, SUGGESTIONS, lambda: _suggestions(snapshot, text))


def _suggestions(snapshot: Snapshot, text: str) -> bytes:
    found = complete(snapshot, text)
    urls = [journal().absolute(suggestion.url or Asking(text=suggestion.query).url()) for suggestion in found]
    return msgspec.json.encode((text, [s.title for s in found], [s.section for s in found], urls))


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages that are at home here; articles that link to the author's own site are for its own sitemap."""
    here = journal()
    snapshot = here.engine.snapshot()
    tag = conditional.tag_of("sitemap", here.edition, snapshot.generation)
    return conditional.remembered(
        tag,
        "application/xml",
        lambda: document("sitemap.xml", articles=_at_home(snapshot, here.settings)),
    )


def _at_home(snapshot: Snapshot, settings: Settings) -> list[Article]:
    if settings.has_own_site:
        return []
    return [match.article for match in snapshot.find(Everything(), sort="newest", limit=MAX_ADDRESSES - 1).matches]


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers what not to read. Pages of results are not named: their `noindex` can only be seen by reading."""
    text = render_template("robots.txt", sitemap=journal().absolute("/sitemap.xml"))
    return conditional.answer(conditional.tag_of(text), lambda: Response(text, content_type="text/plain"))
