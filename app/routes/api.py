"""The JSON API; `openapi.py` describes it."""

from dataclasses import replace

import msgspec
from flask import Blueprint, Response, request

from ...index.engines.base import Snapshot
from ...index.model import Article, Related, Suggestion
from ...index.query.analysed import analyse
from ...index.search.related import related
from ...index.search.suggest import suggest
from .. import etags, recording
from ..context import journal
from ..errors import NoSuchArticle
from ..i18n import reader_language, vary_by_language
from ..search_request import SearchRequest, answer_search, read_explain, read_per_page, read_search_request
from ..security import allow_origins

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.after_request(allow_origins)

JSON_TYPE = "application/json"


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """Autocomplete: articles, sections and completions for a partial query."""

    query: str
    generation: int
    suggestions: tuple[Suggestion, ...]


class RelatedArticles(msgspec.Struct, frozen=True, kw_only=True):
    """Articles about the same as another one, most similar first, those in its language before others."""

    path: str
    generation: int
    articles: tuple[Related, ...]


@blueprint.get("/search")
def search_results() -> Response:
    """Return a page of results."""
    settings = journal().settings
    search_request = read_search_request(request.args, read_per_page(request.args, settings.per_page), settings.facets)
    search_request = replace(search_request, explain=read_explain(request.args))
    snapshot = journal().engine.snapshot()
    reader = reader_language(settings.language)
    nearest = snapshot.nearest_language(reader)
    tag = etags.tag_of("search", nearest, journal().edition, snapshot.generation, search_request)
    response = etags.cached(tag, JSON_TYPE, lambda: _results(snapshot, search_request, reader))
    vary_by_language(response)
    recording.record_search(search_request, snapshot.generation, "typed")
    return response


def _results(snapshot: Snapshot, search_request: SearchRequest, reader: str) -> bytes:
    results = answer_search(snapshot, search_request, journal().editorial, language=reader)
    recording.record_outcome(search_request, results)
    return msgspec.json.encode(results)


@blueprint.get("/suggest")
def suggestions() -> Response:
    """Return suggestions for a partial query."""
    text = request.args.get("q", "")
    snapshot = journal().engine.snapshot()
    tag = etags.tag_of("suggest", journal().edition, snapshot.generation, text)
    return etags.cached(tag, JSON_TYPE, lambda: _suggestions(snapshot, text))


def _suggestions(snapshot: Snapshot, text: str) -> bytes:
    answer = Suggestions(query=text, generation=snapshot.generation, suggestions=suggest(snapshot, analyse(text)))
    return msgspec.json.encode(answer)


@blueprint.get("/articles/<path:slug>/related")
def related_articles(slug: str) -> Response:
    """Return the articles that are about the same as another one."""
    snapshot = journal().engine.snapshot()
    article = snapshot.post(slug)
    if article is None:
        raise NoSuchArticle
    tag = etags.tag_of("related", journal().edition, snapshot.generation, slug)
    return etags.cached(tag, JSON_TYPE, lambda: _related(snapshot, article))


def _related(snapshot: Snapshot, article: Article) -> bytes:
    articles = related(snapshot, article)
    return msgspec.json.encode(RelatedArticles(path=article.path, generation=snapshot.generation, articles=articles))
