"""The author's search of what readers do not find yet, and these posts as they will look."""

from typing import cast
from urllib.parse import quote, urlencode

from flask import Blueprint, current_app, request
from msgspec.structs import replace

from ...index.engines import open_engine
from ...index.engines.base import Engine, Snapshot
from ...index.model import Hit
from ...index.posts.addresses.slugs import SAFE
from ...index.query.analysed import analyse
from ...index.search.in_post import words_in
from ...index.search.search import search
from ...index.sync.drafts import held_back_index
from ...index.sync.state import absent
from ..context import journal, local
from ..errors import NoSuchArticle
from ..rendering.article_page import article_page
from ..rendering.article_reader import ArticleReader, page_medium
from ..rendering.templates import render_template
from .author import keep_private, log_in

blueprint = Blueprint("drafts", __name__, url_prefix="/author/drafts")
blueprint.before_request(log_in)
blueprint.after_request(keep_private)

# Posts that are listed: an author who has more of them adds a word.
LISTED = 50
_ENGINE = "backmatter.drafts"


@blueprint.get("")
def drafts_page() -> str:
    """Search the posts that are held back; without words, list them."""
    text = request.args.get("q", "").strip()
    snapshot = _snapshot()
    held_back, _ = absent(journal().settings.index)
    results = search(snapshot, analyse(text), per_page=LISTED, editorial=journal().editorial) if snapshot else None
    return render_template(
        "drafts.html",
        text=text,
        results=results,
        urls={hit.path: _url(hit, text) for hit in results.hits} if results else {},
        reasons={post.path: post.reason for post in held_back},
    )


@blueprint.get("/<path:path>")
def draft(path: str) -> str:
    """Show a post that is held back as readers will see it."""
    snapshot = _snapshot()
    holding = snapshot.holdings().get(path) if snapshot else None
    post = snapshot.post(holding.slug) if snapshot and holding else None
    if snapshot is None or post is None:
        raise NoSuchArticle
    reader = ArticleReader(replace(journal().settings, hold_back=()), page_medium)
    shown = reader.read(post, journal().engine.snapshot())
    words = request.args.get("q", "").strip()
    found = words_in(snapshot, analyse(words), path) if words else ()
    results_url = f"{local('/author/drafts')}?{urlencode({'q': words})}"
    return article_page(shown, found, results_url)


def _snapshot() -> Snapshot | None:
    settings = journal().settings
    if _ENGINE not in current_app.extensions:
        current_app.extensions[_ENGINE] = open_engine(
            replace(settings, engine="whoosh", index=settings.drafts_index, semantic=False)
        )
    return held_back_index(cast(Engine, current_app.extensions[_ENGINE]), settings)


def _url(hit: Hit, text: str) -> str:
    """Return the address of a draft; for a search, at the section that answers."""
    path = f"{local('/author/drafts/')}{quote(hit.path, safe=SAFE)}"
    _, sign, anchor = hit.passage.url.partition("#")
    return f"{path}?{urlencode({'q': text})}{sign}{anchor}" if text else path
