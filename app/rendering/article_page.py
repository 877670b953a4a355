"""An article's page: its text with what a query finds in it marked, its list of contents, and links to others."""

from collections.abc import Collection
from dataclasses import dataclass

from ...index.model import Article, Post, Related, Section
from ..search.request import SearchRequest
from .article_reader import RenderedArticle
from .result_links import tag_links
from .templates import render_template

# A list of contents is worth its place from here on.
MIN_CONTENTS = 3
# Deeper headings are details.
MAX_CONTENTS_LEVEL = 3


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line in an article's list of contents; `depth` from 0."""

    title: str
    anchor: str
    depth: int


def article_page(
    shown: RenderedArticle,
    found: Collection[str],
    results_url: str,
    *,
    related: Collection[Related] = (),
    successor: Article | None = None,
    older: Article | None = None,
    newer: Article | None = None,
) -> str:
    """Return the page of an article with these words marked, which leads back to results and on to other articles."""
    from .highlight import mark  # As all that parses articles, it is loaded with the first one.

    return render_template(
        "article.html",
        post=shown.post,
        body=mark(shown.html, found),
        results_url=results_url,
        is_marked=bool(found),
        tags=tag_links(shown.post.tags, SearchRequest().adding("tag")),
        contents=contents(shown.post),
        related=related,
        successor=successor,
        older=older,
        newer=newer,
    )


def contents(post: Post) -> tuple[ContentsEntry, ...]:
    """Return an article's list of contents; empty for an article of few sections."""
    listed = [section for section in post.sections if _is_listed(section, post.title)]
    if len(listed) < MIN_CONTENTS:
        return ()
    top = min(section.level for section in listed)
    return tuple(ContentsEntry(section.title, section.anchor, section.level - top) for section in listed)


def _is_listed(section: Section, title: str) -> bool:
    repeats_title = section.level == 1 and section.title == title
    return bool(section.anchor and section.title) and section.level <= MAX_CONTENTS_LEVEL and not repeats_title
