"""The journal for language models: what there is (https://llmstxt.org/), and its newest articles in full."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response

from ...index.engines.base import Snapshot
from ...index.model import Hit
from ...index.posts.addresses.slugs import SAFE
from ...index.query.analysed import analyse
from ...index.search.search import search
from .. import etags
from ..context import Journal, journal, local
from ..errors import ArticleGone, NoSuchArticle

blueprint = Blueprint("texts", __name__)

MARKDOWN_TYPE = "text/markdown; charset=utf-8"
MARKDOWN_SUFFIX = ".md"
# Articles that `llms.txt` lists, newest first: some 30,000 tokens, a part of what a model reads at once.
MAX_LISTED = 500
# Bytes of `llms-full.txt`, some 60,000 tokens; to render them takes half a second, once a generation.
MAX_FULL = 250_000


def markdown_url(slug: str) -> str:
    """Return the address of an article as Markdown, below the server's."""
    return local(f"/articles/{quote(slug, safe=SAFE)}{MARKDOWN_SUFFIX}")


@blueprint.get("/llms.txt")
def llms() -> Response:
    """List the newest articles, each with its address as Markdown."""
    here = journal()
    snapshot = here.engine.snapshot()
    tag = etags.tag_of("llms", here.edition, snapshot.generation)
    return etags.cached(tag, MARKDOWN_TYPE, lambda: "".join(_listing(here, snapshot)).encode())


@blueprint.get("/llms-full.txt")
def llms_full() -> Response:
    """Return the newest articles in full, as many as there is room for."""
    here = journal()
    snapshot = here.engine.snapshot()
    tag = etags.tag_of("llms in full", here.edition, snapshot.generation)
    return etags.cached(tag, MARKDOWN_TYPE, lambda: "\n".join(_articles(here, snapshot)).encode())


def _listing(here: Journal, snapshot: Snapshot) -> Iterator[str]:
    total = snapshot.stats().posts
    yield f"# {here.settings.title}\n\n> {': '.join(filter(None, (here.settings.kind, f'{total} articles.')))} "
    yield f"Search them at {here.absolute(local('/api/v1/search?q='))}, as JSON with the sentence that answers.\n\n"
    yield "## Articles\n\n" if total <= MAX_LISTED else f"## The newest {MAX_LISTED} articles\n\n"
    for hit in _newest(snapshot):
        date = f"{hit.date:%Y-%m-%d}" if hit.date else ""
        about = ", ".join(filter(None, (date, *hit.tags)))
        yield f"- [{_in_brackets(hit.title)}]({_url(here, snapshot, hit)}){f': {about}' if about else ''}\n"


def _articles(here: Journal, snapshot: Snapshot) -> Iterator[str]:
    left = MAX_FULL
    for hit in _newest(snapshot):
        post = snapshot.post(snapshot.holdings()[hit.path].slug)
        try:
            text = here.texts.read(post, snapshot).text if post else ""
        except (ArticleGone, NoSuchArticle):  # Its file was changed or removed since.
            continue
        text = f"{text}\nSource: {here.absolute(hit.url)}\n"
        left -= len(text.encode())
        if left < 0:
            return
        yield text


def _newest(snapshot: Snapshot) -> tuple[Hit, ...]:
    return search(snapshot, analyse("", sort="newest"), per_page=MAX_LISTED).hits


def _url(here: Journal, snapshot: Snapshot, hit: Hit) -> str:
    return here.absolute(markdown_url(snapshot.holdings()[hit.path].slug))


def _in_brackets(title: str) -> str:
    return " ".join(title.split()).replace("[", "(").replace("]", ")")
