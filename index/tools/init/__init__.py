"""Recognize the generator of a site in a directory, and what its configuration says that Backmatter needs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ...posts.site_rules import rule_notes
from ...settings import Generator
from .astro import recognize_astro
from .detected_site import DetectedSite
from .docusaurus import recognize_docusaurus
from .eleventy import recognize_eleventy
from .ghost import recognize_ghost
from .hexo import recognize_hexo
from .hugo import recognize_hugo
from .jekyll import recognize_jekyll
from .mkdocs import recognize_mkdocs
from .pelican import recognize_pelican
from .plain_files import (
    is_mostly_unread,
    recognize_built,
    recognize_output,
    recognize_posts,
    unread_files,
)
from .zola import recognize_zola

__all__ = ["DetectedSite", "recognize", "unread_files"]

USUAL_OUTPUT: Mapping[Generator, tuple[str, ...]] = {
    "astro": ("dist",),
    "docusaurus": ("build",),
    "eleventy": ("_site",),
    "hexo": ("public",),
    "hugo": ("public",),
    "jekyll": ("_site",),
    "mkdocs": ("site",),
    "pelican": ("output",),
    "zensical": ("site",),
    "zola": ("public",),
}
"""Where each generator builds its site, unless its configuration says otherwise."""
RECOGNIZERS: tuple[Callable[[Path], DetectedSite | None], ...] = (
    recognize_zola,
    recognize_hugo,
    recognize_pelican,
    recognize_mkdocs,
    recognize_docusaurus,
    recognize_astro,
    recognize_eleventy,
    recognize_hexo,
    recognize_jekyll,
    recognize_ghost,
    recognize_output,
    recognize_built,
    recognize_posts,
)
"""From the plainest sign to the weakest: Hexo and Jekyll share a file's name, and any directory may hold HTML."""


def recognize(root: Path, *, built: bool = False) -> DetectedSite | None:
    """Return what is known of the site in a directory, or None where there is no sign of one.

    Built pages are chosen where the sources are not read, or most of them are of a kind that is not.

    Args:
        root: The directory.
        built: Whether built pages are chosen wherever there are some.

    Raises:
        InputError: The generator's configuration cannot be read.
    """
    if built:
        return recognize_output(root) or recognize_built(root)
    site = next((site for recognizer in RECOGNIZERS if (site := recognizer(root))), None)
    if not site or site.generator == "html":
        return site
    if is_mostly_unread(root, site) and (output := recognize_built(root)):
        return output
    names = (site.output,) if site.output else USUAL_OUTPUT.get(site.generator, ())
    folder = next((name for name in names if _has_pages(root / name)), "")
    return replace(site, built=folder, notes=tuple(_notes(root, site, folder)))


def _has_pages(folder: Path) -> bool:
    """Check whether a folder has built pages, be it only in folders, as of several languages."""
    return any(next(folder.glob(pattern), None) for pattern in ("*.html", "*/*.html", "*/*/*.html"))


def _notes(root: Path, site: DetectedSite, built: str) -> Iterator[str]:
    yield from site.notes
    yield from rule_notes(root, site.content, site.generator)
    unread = unread_files(root)
    if unread:
        yield f"{unread[0].upper()}{unread[1:]}."
    if built:
        yield f"The built pages in {built} decide what is published; init --built searches these alone."
