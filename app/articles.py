"""The articles themselves."""

from flask import Blueprint, Response, render_template, request

from app import conditional, views
from app.errors import NoSuchArticle
from app.insights import watching
from app.journal import journal
from app.library import Article
from app.marks import mark
from app.words import language, varying
from index.engine import Snapshot
from index.neighbours import neighbours
from index.related import related
from index.search import words_in

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
    words = request.args.get("q", "").strip()
    state = (language(), here.edition, snapshot.generation, slug, shown.post.fingerprint, words)
    tag = conditional.tag_of("article", *state)
    watching.followed(shown.post.url)
    return conditional.remembered(tag, conditional.HTML, lambda: _page(snapshot, shown, words))


def _page(snapshot: Snapshot, shown: Article, words: str) -> bytes:
    """Show an article, with what a query finds in it marked."""
    post = shown.post
    found = words_in(snapshot, words, post.path, journal().editorial) if words else ()
    older, newer = neighbours(snapshot, post)
    return render_template(
        "article.html",
        post=post,
        body=mark(shown.html, found),
        words=words,
        is_marked=bool(found),
        tags=views.tag_links(post.tags),
        contents=views.contents(post),
        related=related(snapshot, post),
        older=older,
        newer=newer,
    ).encode()
