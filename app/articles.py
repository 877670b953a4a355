"""The articles themselves."""

from flask import Blueprint, Response, render_template

from app import conditional, formats, views
from app.errors import NoSuchArticle
from app.insights import watching
from app.journal import journal
from app.library import Article
from app.words import language, varying
from index.engine import Snapshot
from index.related import related

blueprint = Blueprint("articles", __name__)
blueprint.after_request(varying)


@blueprint.get("/articles/<path:slug>")
def article(slug: str) -> Response:
    """Show an article that the index knows, as its file has it now."""
    here = journal()
    snapshot = here.engine.snapshot()
    post = snapshot.post(slug)
    if post is None:
        raise NoSuchArticle
    shown = here.library.article(post.path, snapshot)
    tag = conditional.tag_of("article", language(), here.edition, snapshot.generation, slug, shown.post.fingerprint)
    watching.followed(shown.post.url)
    return conditional.answer(tag, lambda: _page(shown, snapshot))


def _page(shown: Article, snapshot: Snapshot) -> Response:
    post = shown.post
    page = render_template(
        "article.html",
        post=post,
        body=shown.html,
        tags=views.tag_links(post.tags),
        contents=views.contents(post),
        reading_time=formats.reading_time(len(post.text.split())),
        related=related(snapshot, post),
    )
    return Response(page)
