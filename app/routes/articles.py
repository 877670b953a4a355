"""Show articles."""

from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from ...index.engines.base import Snapshot
from ...index.posts.addresses.slugs import SAFE, page_address
from ...index.query.analysed import analyse
from ...index.search.neighbours import neighbours
from ...index.search.related import related
from ...index.search.search import words_in
from .. import etags, recording
from ..context import journal
from ..errors import NoSuchArticle
from ..i18n import language, vary_by_language
from ..rendering import search_page
from ..rendering.article_reader import RenderedArticle
from ..rendering.highlight import mark

blueprint = Blueprint("articles", __name__)
blueprint.after_request(vary_by_language)


@blueprint.get("/articles/<path:slug>")
def article(slug: str) -> Response:
    """Show an article that the index knows, as its file has it now."""
    here = journal()
    snapshot = here.engine.snapshot()
    post = snapshot.post(slug)
    if post is None:
        return _moved(snapshot, slug)
    shown = here.articles.read(post, snapshot)
    words = request.args.get("q", "").strip()
    state = (language(), here.edition, snapshot.generation, slug, shown.post.fingerprint, words)
    tag = etags.tag_of("article", *state)
    recording.record_visit(shown.post.url)
    return etags.cached(tag, etags.HTML_TYPE, lambda: _page(snapshot, shown, words))


def _moved(snapshot: Snapshot, slug: str) -> Response:
    """Lead from an article's old address to its new one."""
    current = snapshot.moved(page_address(slug))
    if current is None:
        raise NoSuchArticle
    address = f"/articles/{quote(current, safe=SAFE)}"
    return Response(status=308, headers={"Location": address, "Cache-Control": "no-cache"})


def _page(snapshot: Snapshot, shown: RenderedArticle, words: str) -> bytes:
    """Show an article, with what a query finds in it marked."""
    post = shown.post
    found = words_in(snapshot, analyse(words), post.path, journal().editorial) if words else ()
    older, newer = neighbours(snapshot, post)
    return render_template(
        "article.html",
        post=post,
        body=mark(shown.html, found),
        words=words,
        is_marked=bool(found),
        tags=search_page.tag_links(post.tags),
        contents=search_page.contents(post),
        related=related(snapshot, post),
        successor=snapshot.succession.latest.get(post.path),
        older=older,
        newer=newer,
    ).encode()
