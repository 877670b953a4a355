"""Which generator makes a site of a directory, and what its own configuration says that Backmatter wants to know."""

from collections.abc import Callable
from pathlib import Path

from index.generators import eleventy, ghost, hexo, hugo, jekyll, mkdocs, others, pelican
from index.generators.found import Found

__all__ = ["Found", "recognize"]

READERS: tuple[Callable[[Path], Found | None], ...] = (
    others.read_zola,
    hugo.read,
    pelican.read,
    mkdocs.read,
    others.read_docusaurus,
    others.read_astro,
    eleventy.read,
    hexo.read,
    jekyll.read,
    ghost.read_ghost,
    others.read_html,
    others.read_posts,
)
"""From the plainest sign to the weakest: Hexo and Jekyll share a file's name, and any directory may hold HTML."""


def recognize(root: Path) -> Found | None:
    """Look at a directory; give what is known of the site, or None where there is no sign of one.

    Raises:
        InputError: The generator's configuration cannot be read.
    """
    return next((found for reader in READERS if (found := reader(root))), None)
