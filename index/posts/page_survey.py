"""Read what a generator built, for the judge: each page once, until it changes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from urllib.parse import urljoin

from ..errors import PostError
from ..model import Source
from ..settings import Settings, is_web_address
from .bounded import read_bounded
from .page_matching import BuiltPage, BuiltPages, address_key, heading_words, page_settings, sketch

HEAD_LENGTH = 100_000
"""Characters of a page in which its canonical link is looked for."""

_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_CANONICAL = re.compile(r"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_REDIRECT = "a redirect to "


def survey_built(settings: Settings, known: Mapping[str, BuiltPage], sources: Iterable[Source]) -> BuiltPages:
    """Return the built site: its pages, of which only those are read that are not known as they are now.

    Args:
        settings: The settings.
        known: Pages by path, from an earlier survey.
        sources: The files of all built pages.
    """
    pages = list(sources)
    fresh = [source for source in pages if source.path not in known or known[source.path].stamp != source.stamp]
    outcomes = list(read_bounded(partial(_read_page, settings=page_settings(settings)), fresh))
    read = {page.path: page for page in outcomes if isinstance(page, BuiltPage)}
    unread = [outcome for outcome in outcomes if isinstance(outcome, PostError)]
    there = {source.path: read.get(source.path) or known.get(source.path) for source in pages}
    folder = settings.built_folders[0]
    name = settings.built if is_web_address(settings.built) else folder.name
    return BuiltPages(folder, name, filter(None, there.values()), settings, unread)


def _read_page(source: Source, settings: Settings) -> BuiltPage:
    from .addresses.headings import HeadingIdMaker
    from .extraction.extract import Extractor
    from .reader import read_with

    text, front, post = read_with(source, settings, Extractor(HeadingIdMaker("github")))
    named = next(_canonical(text), "") if settings.base_url and not front.values else ""
    url = _absolute(named, post.url, settings.base_url)
    leads_to = post.no_article.removeprefix(_REDIRECT) if post.no_article.startswith(_REDIRECT) else ""
    is_copy = bool(url) and address_key(url, settings.base_url) != address_key(post.url, settings.base_url)
    return BuiltPage(
        path=source.path,
        stamp=source.stamp,
        url=url or post.url,
        is_named=bool(url) or bool(front.values),
        leads_to=_absolute(leads_to, post.url, "") or (url if is_copy else ""),
        title=post.title,
        language=post.language,
        unlisted=post.unlisted,
        headings=heading_words(post.sections),
        words=sketch(post.text),
        aliases=post.aliases,
    )


def _canonical(text: str) -> Iterator[str]:
    for link in _LINK.findall(text, 0, HEAD_LENGTH):
        if _CANONICAL.search(link) and (address := _HREF.search(link)):
            yield address[1]


def _absolute(address: str, page: str, base_url: str) -> str:
    """Return an address that a page names, "" for one that is not on the site."""
    try:
        url = urljoin(page, address) if address else ""
    except ValueError:
        return ""
    return url if url.startswith(base_url) else ""
