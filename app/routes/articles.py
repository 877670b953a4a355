"""Show articles, as pages and as Markdown."""

from urllib.parse import parse_qsl, quote, urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from ...index.engines.base import Snapshot
from ...index.model import Post
from ...index.posts.addresses.slugs import SAFE, page_address
from ...index.query.analysed import analyse
from ...index.search.in_post import section_passages, words_in
from ...index.search.neighbours import neighbours
from ...index.search.related import related
from .. import etags, recording
from ..context import journal, local
from ..errors import NoSuchArticle, RequestError
from ..i18n import language, vary_by_language
from ..rendering.article_page import article_page
from ..rendering.article_reader import RenderedArticle
from ..rendering.search_page import marking
from ..search.parameters import read_search_request
from ..search.request import SearchRequest
from .texts import MARKDOWN_SUFFIX, MARKDOWN_TYPE, markdown_url

blueprint = Blueprint("articles", __name__)
blueprint.after_request(vary_by_language)


@blueprint.get("/articles/<path:slug>")
def article(slug: str) -> Response:
    """Show an article that the index knows, as its file has it now."""
    snapshot = journal().engine.snapshot()
    post = snapshot.post(slug)
    as_text = slug.endswith(MARKDOWN_SUFFIX) and post is None
    if as_text:
        slug = slug.removesuffix(MARKDOWN_SUFFIX)
        post = snapshot.post(slug)
    if post is None:
        return _moved(snapshot, slug, MARKDOWN_SUFFIX if as_text else "")
    if as_text or _prefers_markdown():
        return _negotiated(slug, _markdown(snapshot, post))
    return _negotiated(slug, _shown(snapshot, post))


def _shown(snapshot: Snapshot, post: Post) -> Response:
    here = journal()
    shown = here.articles.read(post, snapshot)
    words = request.args.get("q", "").strip()
    anchor = request.args.get("at", "")
    if words and anchor:
        return _landing(snapshot, shown.post, words, anchor)
    results_url = _results_url(words)
    state = (language(), here.edition, snapshot.generation, post.slug, shown.post.fingerprint, words, results_url)
    tag = etags.tag_of("article", *state)
    recording.record_visit(shown.post.url)
    return etags.cached(tag, etags.HTML_TYPE, lambda: _page(snapshot, shown, words, results_url))


def _markdown(snapshot: Snapshot, post: Post) -> Response:
    """Return an article as Markdown."""
    here = journal()
    article = here.texts.read(post, snapshot)
    tag = etags.tag_of("markdown", here.edition, snapshot.generation, post.slug, article.post.fingerprint)
    recording.record_visit(article.post.url)
    return etags.cached(tag, MARKDOWN_TYPE, article.text.encode)


def _prefers_markdown() -> bool:
    """Check whether a client asks for Markdown by name, and does not like HTML better."""
    accepted = request.accept_mimetypes
    return accepted.best_match(("text/html", "text/markdown"), "text/html") == "text/markdown"


def _negotiated(slug: str, response: Response) -> Response:
    """Say where the article is in the other form, and that the Accept header chooses."""
    response.vary.add("Accept")
    response.headers["Link"] = f'<{markdown_url(slug)}>; rel="alternate"; type="text/markdown"'
    return response


def _moved(snapshot: Snapshot, slug: str, suffix: str) -> Response:
    """Lead to an article from its old address, and from its own with a slash, or as that of a file, at its end."""
    asked = page_address(slug)
    current = asked if asked != slug and snapshot.post(asked) else snapshot.moved(asked)
    if current is None:
        raise NoSuchArticle
    address = local(f"/articles/{quote(current, safe=SAFE)}{suffix}")
    return Response(status=308, headers={"Location": address, "Cache-Control": "no-cache"})


def _landing(snapshot: Snapshot, post: Post, words: str, anchor: str) -> Response:
    """Lead to the sentence of a section that has the words; to the section, where there is none."""
    found = section_passages(snapshot, analyse(words), post.path, {anchor}, journal().editorial)
    url = found[anchor].url if anchor in found else f"{post.url}#{quote(anchor)}"
    address = marking(urlencode({"q": words}))(url)
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-cache"})


def _results_url(words: str) -> str:
    """Return the address of the results that the reader comes from, with their page, order and filters."""
    settings = journal().settings
    given = MultiDict(parse_qsl(recording.parameters_of(request.referrer or "")) or [("q", words)])
    try:
        before = read_search_request(given, settings.per_page, settings.facets)
    except RequestError:
        before = SearchRequest(text=words)
    return before.page_url(before.page)


def _page(snapshot: Snapshot, shown: RenderedArticle, words: str, results_url: str) -> bytes:
    """Show an article, with what a query finds in it marked."""
    post = shown.post
    found = words_in(snapshot, analyse(words), post.path, journal().editorial) if words else ()
    older, newer = neighbours(snapshot, post)
    return article_page(
        shown,
        found,
        results_url,
        related=related(snapshot, post),
        successor=snapshot.succession.latest.get(post.path),
        older=older,
        newer=newer,
    ).encode()
