"""The JSON API but for searches, which `api_search` answers; `openapi` describes it."""

import msgspec
from flask import Blueprint, Response, request

from ...index.engines.base import Snapshot
from ...index.model import Article, Related, Suggestion
from ...index.query.analysed import analyse
from ...index.search.related import related
from ...index.search.suggest import suggest
from .. import etags
from ..context import journal
from ..errors import NoSuchArticle
from ..search.parameters import read_journals
from ..security import allow_origins

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.after_request(allow_origins)


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


@blueprint.get("/suggest")
def suggestions() -> Response:
    """Return suggestions for a partial query."""
    text = request.args.get("q", "")
    snapshot, edition = journal().searched(read_journals(request.args))
    tag = etags.tag_of("suggest", edition, snapshot.generation, text)
    return etags.cached(tag, etags.JSON_TYPE, lambda: _suggestions(snapshot, text))


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
    return etags.cached(tag, etags.JSON_TYPE, lambda: _related(snapshot, article))


def _related(snapshot: Snapshot, article: Article) -> bytes:
    articles = related(snapshot, article)
    return msgspec.json.encode(RelatedArticles(path=article.path, generation=snapshot.generation, articles=articles))
