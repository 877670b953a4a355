"""Search for programs, as JSON; `openapi.py` describes it."""

from dataclasses import replace

import msgspec
from flask import Blueprint, Response, request

from app import conditional
from app.asking import Asking, ask, read, read_explain, read_per_page
from app.cors import sharing
from app.errors import NoSuchArticle
from app.insights import watching
from app.journal import journal
from app.openapi import DESCRIPTION
from index.engine import Snapshot
from index.model import Article, Related, Suggestion
from index.related import related as near
from index.suggest import suggest as complete

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.after_request(sharing)

JSON = "application/json"


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """What a half-typed query already means."""

    query: str
    generation: int
    suggestions: tuple[Suggestion, ...]


class RelatedArticles(msgspec.Struct, frozen=True, kw_only=True):
    """What is about the same as an article, most alike first."""

    path: str
    generation: int
    articles: tuple[Related, ...]


@blueprint.get("/search")
def search() -> Response:
    """Answer a query."""
    asking = read(request.args, read_per_page(request.args, journal().settings.per_page))
    asking = replace(asking, explain=read_explain(request.args))
    snapshot = journal().engine.snapshot()
    tag = conditional.tag_of("search", journal().edition, snapshot.generation, asking)
    response = conditional.remembered(tag, JSON, lambda: _results(snapshot, asking))
    watching.searched(asking, snapshot.generation, "typed")
    return response


def _results(snapshot: Snapshot, asking: Asking) -> bytes:
    results = ask(snapshot, asking, journal().editorial)
    watching.found(asking, results)
    return msgspec.json.encode(results)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Complete a query."""
    text = request.args.get("q", "")
    snapshot = journal().engine.snapshot()
    tag = conditional.tag_of("suggest", journal().edition, snapshot.generation, text)
    return conditional.remembered(tag, JSON, lambda: _suggestions(snapshot, text))


def _suggestions(snapshot: Snapshot, text: str) -> bytes:
    suggestions = complete(snapshot, text)
    return msgspec.json.encode(Suggestions(query=text, generation=snapshot.generation, suggestions=suggestions))


@blueprint.get("/articles/<path:slug>/related")
def related(slug: str) -> Response:
    """Give the articles that are about the same as one."""
    snapshot = journal().engine.snapshot()
    article = snapshot.post(slug)
    if article is None:
        raise NoSuchArticle
    tag = conditional.tag_of("related", journal().edition, snapshot.generation, slug)
    return conditional.remembered(tag, JSON, lambda: _related(snapshot, article))


def _related(snapshot: Snapshot, article: Article) -> bytes:
    found = near(snapshot, article)
    return msgspec.json.encode(RelatedArticles(path=article.path, generation=snapshot.generation, articles=found))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe this interface."""
    tag = conditional.tag_of("openapi", journal().edition)
    return conditional.remembered(tag, JSON, lambda: msgspec.json.encode(DESCRIPTION))
