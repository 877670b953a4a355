"""From files to posts: find them, read them, decide who may see them.

The parsers are loaded with the first post that is read: a run that finds nothing changed does without them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..errors import PostError
from ..model import Post, Source
from ..settings import Settings
from .discover import Listing, discover
from .page_matching import BuiltPage, BuiltPages, page_settings
from .visibility import held_back, hides_itself

__all__ = [
    "Listing",
    "built_pages",
    "discover",
    "fingerprint",
    "held_back",
    "hides_itself",
    "load_parsers",
    "page_settings",
    "read_post",
    "read_within_limits",
]


def read_post(source: Source, settings: Settings, site: BuiltPages | None = None) -> Post:
    """Read a post, and let the built site judge it.

    Raises:
        PostError: It cannot be read; with the reason, and the line where one is known.
    """
    from .reader import read_post

    if site is None:
        return read_post(source, settings)
    if source.root == site.folder:
        return replace(read_post(source, page_settings(settings)), url=site.pages[source.path].url)
    return site.judge(source, read_post(source, settings))


def load_parsers() -> None:
    """Load what reads posts, once and not in each process that is forked; it takes as long as reading fifty posts."""
    from . import reader  # noqa: F401


def read_within_limits(
    sources: Sequence[Source], settings: Settings, site: BuiltPages | None = None
) -> Iterator[Post | PostError]:
    """Yield each post, in order, or the reason why it cannot be read: it may take a limited time and memory."""
    load_parsers()
    from .bounded import read_bounded

    return read_bounded(partial(read_post, settings=settings, site=site), sources)


def built_pages(settings: Settings, known: Mapping[str, BuiltPage], sources: Sequence[Source]) -> BuiltPages:
    """Return the built site, of which only those pages are read that are not known as they are now."""
    from .page_survey import survey_built

    return survey_built(settings, known, sources)


def fingerprint(source: Source, settings: Settings) -> str:
    """Hash a post's bytes and what else shapes it.

    Raises:
        PostError: The file cannot be read.
    """
    from .reader import fingerprint

    return fingerprint(source, settings)
